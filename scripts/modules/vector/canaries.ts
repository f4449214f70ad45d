import { readProbes } from '../../../exporters/vector/canaries.ts';
import { error, type Problem } from '../../base/problem.ts';
import type { Tree } from '../../render/scrape.ts';
import type { PlainSettings } from '../../settings/table.ts';

export const CANARIES = 'exporters/vector/canaries.yml';

/** What the vector exporter would leave out of its canaries; nothing where the module is off. */
export function canaryProblems(sources: Tree, settings: PlainSettings): readonly Problem[] {
  if (!settings.MODULES.includes('vector')) return [];
  const targets = settings.VECTOR_INSTANCES.map(({ target }) => target);
  return readProbes(sources.get(CANARIES) ?? '', targets).problems.map(({ line, message }) =>
    error(`${CANARIES}:${line}`, message, 'The comments of the file say what an entry may have.'),
  );
}
