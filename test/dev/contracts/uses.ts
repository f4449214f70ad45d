import { parse } from 'yaml';
import { selectorsOf, type LabelMatcher } from '../../../scripts/rules/selectors.ts';
import { alertRules } from '../../../scripts/rules/files.ts';

/** One expression in use: of an alert, a recorded metric or a panel. */
export interface Use {
  /** `prometheus/rules/node.yml:40`, `grafana/dashboards/overview.json`. */
  readonly place: string;
  /** Such as `alert ServerDown` or `panel "CPU"`. */
  readonly name: string;
  readonly expr: string;
  /** The metric that its result becomes; undefined where it becomes none. */
  readonly record?: string;
  /** Labels that the rule sets itself. */
  readonly sets: readonly string[];
  /** Labels of its result that are shown to people: in annotations, in legends. */
  readonly shows: readonly string[];
}

interface Rules {
  readonly groups?: readonly {
    readonly rules?: readonly { readonly record?: string; readonly expr?: string | number; readonly labels?: object }[];
  }[];
}

interface Board {
  readonly panels?: readonly Panel[];
  readonly templating?: { readonly list?: readonly { readonly name?: string; readonly query?: unknown; readonly datasource?: Source }[] };
}

interface Panel {
  readonly title?: string;
  readonly datasource?: Source;
  readonly panels?: readonly Panel[];
  readonly targets?: readonly { readonly expr?: string; readonly legendFormat?: string; readonly datasource?: Source }[];
}

type Source = { readonly uid?: string; readonly type?: string } | string | null | undefined;

/** The expressions of a rule file. Throws where it is not YAML. */
export function rulesUses(path: string, text: string): readonly Use[] {
  const alerts = alertRules(path, text).map(({ place, alert, expr, labels, annotations }) => ({
    place,
    name: `alert ${alert}`,
    expr,
    sets: Object.keys(labels),
    shows: named([...Object.values(annotations), ...Object.values(labels)].join('\n'), /\$labels\.(\w+)/g),
  }));
  const rules = ((parse(text) as Rules | null)?.groups ?? []).flatMap((group) => group.rules ?? []);
  const recorded = rules.flatMap(({ record, expr = '', labels = {} }) =>
    record === undefined
      ? []
      : [{ place: path, name: `recorded ${record}`, expr: String(expr), record, sets: Object.keys(labels), shows: [] }],
  );
  return [...recorded, ...alerts];
}

/** The expressions of a dashboard's panels and variables, those for other data sources left out. Throws where it is not JSON. */
export function dashboardUses(path: string, text: string): readonly Use[] {
  const { panels = [], templating } = JSON.parse(text) as Board;
  const ofPanels = panels.flatMap((panel) => panelUses(path, panel));
  const ofVariables = (templating?.list ?? []).flatMap(({ name = '', query, datasource }) => {
    const asked = typeof query === 'string' ? query : String((query as { query?: unknown } | undefined)?.query ?? '');
    const [, expr = '', label = ''] = /^\s*label_values\((.+),\s*(\w+)\s*\)\s*$/s.exec(asked) ?? [];
    return expr === '' || isLoki(datasource)
      ? []
      : [{ place: path, name: `variable ${name}`, expr: filledIn(expr), sets: [], shows: [label] }];
  });
  return [...ofVariables, ...ofPanels];
}

function panelUses(path: string, { title = '', datasource, panels = [], targets = [] }: Panel): readonly Use[] {
  const own = targets.flatMap(({ expr = '', legendFormat = '', datasource: of = datasource }) =>
    expr.trim() === '' || isLoki(of)
      ? []
      : [{ place: path, name: `panel "${title}"`, expr: filledIn(expr), sets: [], shows: named(legendFormat, /\{\{\s*(\w+)\s*\}\}/g) }],
  );
  return [...own, ...panels.flatMap((panel) => panelUses(path, panel))];
}

function isLoki(source: Source): boolean {
  return typeof source === 'string' ? source.toLowerCase() === 'loki' : source?.uid === 'loki' || source?.type === 'loki';
}

function named(text: string, pattern: RegExp): readonly string[] {
  return [...new Set([...text.matchAll(pattern)].map(([, label = '']) => label))];
}

/** Gives Grafana's variables a value that parses: a time where a time is asked for, a number elsewhere; those within strings stay. */
function filledIn(expr: string): string {
  const variable = /\$(?:\w+|\{[^}]+\})/g;
  return expr
    .split(/("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')/)
    .map((part, index) =>
      index % 2 === 1 ? part : part.replace(/\[[^\]]*\]/g, (range) => range.replace(variable, '5m')).replace(variable, '1'),
    )
    .join('');
}

/** Whether a matcher asks for a value, and this value is not one of Grafana's variables. */
export function picksValue({ op, value }: LabelMatcher): boolean {
  return (op === '=' || op === '=~') && value !== '' && !value.includes('$');
}

/** The labels by whose values series are picked, by metric. Throws where an expression does not parse. */
export function pickedLabels(uses: readonly Use[]): ReadonlyMap<string, ReadonlySet<string>> {
  const picked = new Map<string, Set<string>>();
  for (const { metric, matchers } of uses.flatMap(({ expr }) => selectorsOf(expr)))
    for (const matcher of matchers.filter(picksValue)) picked.set(metric, (picked.get(metric) ?? new Set<string>()).add(matcher.label));
  return picked;
}
