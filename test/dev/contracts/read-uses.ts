import { dashboardUses, rulesUses, type Use } from './uses.ts';
import { renderSlo } from '../../../scripts/rules/render-slo.ts';
import { readTree } from '../../../scripts/base/files.ts';

/** Every expression of this checkout: rules, what SLO files become, and dashboards, those of the user included. */
export async function readUses(root: string): Promise<readonly Use[]> {
  const [rules, slos, boards] = await Promise.all(
    ['prometheus/rules', 'prometheus/slo', 'grafana/dashboards'].map(async (folder) => readTree(root, folder)),
  );
  const ofRules = [...(rules ?? [])].filter(([path]) => /\.ya?ml$/.test(path)).flatMap(([path, text]) => rulesUses(path, text));
  const ofSlos = [...(slos ?? [])]
    .filter(([path]) => /\.ya?ml$/.test(path))
    .flatMap(([path, text]) =>
      rulesUses(path, renderSlo(path, text, { sources: new Map(), runbooksUrl: '', retention: '30d' }).rules?.text ?? ''),
    );
  const ofBoards = [...(boards ?? [])].filter(([path]) => path.endsWith('.json')).flatMap(([path, text]) => dashboardUses(path, text));
  return [...ofRules, ...ofSlos, ...ofBoards];
}
