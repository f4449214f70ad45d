import { readProbes } from '../../../exporters/vector/canaries.ts';
import { error, type Problem } from '../../base/problem.ts';
import type { Tree } from '../../base/tree.ts';
import type { VectorItem } from './databases.ts';

export const CANARIES = 'exporters/vector/canaries.yml';

/** The canaries that the exporter would skip, each with its line. */
export function canaryProblems(sources: Tree, settings: { readonly VECTOR_INSTANCES: readonly VectorItem[] }): readonly Problem[] {
  const targets = settings.VECTOR_INSTANCES.map(({ target }) => target);
  return readProbes(sources.get(CANARIES) ?? '', targets).problems.map(({ line, message }) =>
    error(`${CANARIES}:${line}`, message, 'The comments of the file list the allowed keys.'),
  );
}
