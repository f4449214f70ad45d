import type { Tree } from '../base/tree.ts';
import { isAlias, isMap, isScalar, isSeq, type Document, type Node } from 'yaml';
import { modules } from '../modules/index.ts';
import type { Shape } from '../modules/parts.ts';
import { error, type Problem } from '../base/problem.ts';

const group: Shape = { map: { targets: { list: 'text' }, labels: { map: {} } } };

/** The structures that rendering reads, by path. The programs' own linters check the rest, on the rendered files. */
const SHAPES: readonly (readonly [Pick<RegExp, 'test'>, Shape, string])[] = [
  [/^prometheus\/prometheus\.yml$/, { map: { global: { map: { external_labels: { map: {} } } } } }, 'global:\n  scrape_interval: 15s'],
  [
    /^prometheus\/scrape\/[^/]+\.ya?ml$/,
    { map: { scrape_configs: { list: { map: { static_configs: { list: group }, file_sd_configs: { list: { map: {} } } } } } } },
    'scrape_configs:\n  - job_name: mine\n    static_configs:\n      - targets: [mine:9100]',
  ],
  [
    /^prometheus\/rules\/[^/]+\.ya?ml$/,
    { map: { groups: { list: { map: { rules: { list: { map: { labels: { map: {} }, annotations: { map: {} } } } } } } } } },
    'groups:\n  - name: mine\n    rules:\n      - alert: Mine\n        expr: up == 0',
  ],
  ...modules.flatMap(({ shapes = [] }) =>
    shapes.map(({ path, shape, example }) => [{ test: (other: string) => other === path }, shape, example] as const),
  ),
  [
    /^grafana\/provisioning\/datasources\/[^/]+\.ya?ml$/,
    { map: { datasources: { list: { map: { uid: 'text' } } } } },
    'datasources:\n  - name: Mine\n    uid: mine\n    type: prometheus',
  ],
];

/** Where the structure of a YAML file differs from what rendering reads, each with its line. An empty value counts as missing. */
export function sourceShapeProblems(path: string, text: string, doc: Document.Parsed): readonly Problem[] {
  const [, shape, example] = SHAPES.find(([pattern]) => pattern.test(path)) ?? [];
  if (shape === undefined) return [];
  const problems: Problem[] = [];
  const visit = (given: unknown, wanted: Shape, name: string, isItem: boolean): void => {
    const node = (isAlias(given) ? given.resolve(doc) : given) as Node | null | undefined;
    if (!isItem && (node === null || node === undefined || (isScalar(node) && node.value === null))) return;
    if (wanted === 'text' ? isScalar(node) : 'map' in wanted ? isMap(node) : isSeq(node)) {
      if (wanted === 'text') return;
      if ('list' in wanted && isSeq(node)) for (const item of node.items) visit(item, wanted.list, `an entry of ${name}`, true);
      if ('map' in wanted && isMap(node))
        for (const [key, below] of Object.entries(wanted.map)) visit(node.get(key, true), below, `"${key}"`, false);
      return;
    }
    const line = text.slice(0, (given as Node | null)?.range?.[0] ?? node?.range?.[0] ?? 0).split('\n').length;
    const form = wanted === 'text' ? 'text' : 'map' in wanted ? 'a map (key: value)' : 'a list (- …)';
    problems.push(error(`${path}:${line}`, `${name} is not ${form}`, `Write it as\n${example ?? ''}`));
  };
  visit(doc.contents, shape, 'the file', false);
  return problems;
}

/** Dashboards that are not JSON, or have no uid. Grafana would skip them silently. */
export function dashboardFileProblems(sources: Tree): readonly Problem[] {
  return [...sources].flatMap(([path, text]) => {
    if (!/^grafana\/dashboards\/.*\.json$/.test(path)) return [];
    const fix = 'Export it again from Grafana (Export as JSON, classic model), or remove the file.';
    try {
      const dashboard: unknown = JSON.parse(text);
      const isNamed =
        typeof dashboard === 'object' &&
        dashboard !== null &&
        'uid' in dashboard &&
        typeof dashboard.uid === 'string' &&
        dashboard.uid !== '';
      const uid = (path.split('/').at(-1) ?? '').replace(/\.json$/, '');
      return isNamed ? [] : [error(path, 'is not a dashboard in the classic model: it has no uid', `Add "uid": "${uid}". ${fix}`)];
    } catch (failure) {
      return [error(path, `is not valid JSON: ${failure instanceof Error ? failure.message : ''}`, fix)];
    }
  });
}
