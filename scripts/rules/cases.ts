import { error, type Problem } from '../base/problem.ts';
import type { AlertRule } from './files.ts';
import type { AlertTest, Change, Edge, Firing, Labels, RuleTable, SeriesChange, Values } from './table.ts';

/** The promtool test files of a table by their path, and what is wrong with it. */
export interface GeneratedTests {
  readonly files: ReadonlyMap<string, string>;
  readonly problems: readonly Problem[];
}

type Look = 'silent' | 'fires' | 'last';

/** One test of a promtool file. */
interface Situation {
  readonly name: string;
  readonly every: number;
  readonly scrape: number;
  readonly series: ReadonlyMap<string, Values>;
  /** The checked times in seconds, and whether the alert fires then: `last` is just before it ends. */
  readonly looks: ReadonlyMap<number, Look>;
  /** The expected alert when it fires. */
  readonly firing?: Firing | Omit<Firing, 'change'>;
}

/** Maximum number of checks for silence, evenly spread: at every evaluation of the shorter tests. */
const LOOKS = 20;
/** Silence is watched at least this long, unless the table sets it: the window of most rates. */
const LEAST_SECONDS = 300;
const UNITS = { w: 604_800, d: 86_400, h: 3600, m: 60, s: 1 } as const;

/** The seconds of a Prometheus duration such as `1h30m`. */
export function secondsOf(duration: string): number {
  return [...duration.matchAll(/(\d+)([wdhms])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * UNITS[unit as keyof typeof UNITS],
    0,
  );
}

/**
 * The promtool test files of a table, one for each alert and evaluation interval.
 *
 * @param module name of the table and of its rule file
 * @param rules the alerts of that rule file: an alert's texts are expected as written there
 */
export function generateTests(module: string, table: RuleTable, rules: readonly AlertRule[]): GeneratedTests {
  const problems: string[] = [];
  const files = new Map<string, object[]>();
  for (const test of table.alerts) {
    const rule = rules.find(({ alert }) => alert === test.alert);
    problems.push(...(rule === undefined ? [`${test.alert} is not an alert of prometheus/rules/${module}.yml`] : testProblems(test)));
    if (rule === undefined) continue;
    const interval = secondsOf(test.every ?? table.every ?? '15s');
    const path = `test/rules/${module}.${test.alert}-${interval}s.test.yml`;
    const made = situationsOf(table, test).map((situation) => {
      const { first, last, wrong } = expectedAlerts(rule, table, test, situation);
      problems.push(...wrong);
      return promtoolTest(situation, table, test, { silent: [], fires: [first], last: [last] });
    });
    files.set(path, [...(files.get(path) ?? []), ...made]);
  }
  const named = [...files].map(([path, tests]) => {
    const interval = /(\d+s)\.test\.yml$/.exec(path)?.[1] ?? '';
    const head = `rule_files:\n  - ../../prometheus/rules/${module}.yml\nevaluation_interval: ${interval}\n`;
    // JSON is unambiguous YAML.
    return [path, `${head}tests:\n${tests.map((test) => `  - ${JSON.stringify(test)}\n`).join('')}`] as const;
  });
  return {
    files: new Map(named),
    problems: problems.map((message) => error(`test/rules/${module}.ts`, message, 'Change the table, then run the command again.')),
  };
}

/** The table and the alert that a generated test file was made for; undefined for a hand-written file. */
export function originOf(path: string): { readonly table: string; readonly alert: string; readonly rules: string } | undefined {
  const [, module, alert = ''] = /^test\/rules\/([^/.]+)\.(\w+)-\d+s\.test\.yml$/.exec(path) ?? [];
  return module === undefined ? undefined : { table: `test/rules/${module}.ts`, alert, rules: `prometheus/rules/${module}.yml` };
}

function testProblems({ alert, series, from, at, fires, silent }: AlertTest): readonly string[] {
  const edges = Object.entries(series).flatMap(([key, values]) => (isEdge(values) ? [[key, values] as const] : []));
  return [
    ...edges
      .filter(([, { is, silent: limit, fires: beyond }]) =>
        is === 'above' ? lastOf(beyond) <= lastOf(limit) : lastOf(beyond) >= lastOf(limit),
      )
      .map(([key, { is, silent: limit, fires: beyond }]) => `${alert}: ${beyond} is not ${is} ${limit} in ${key}`),
    ...(from === undefined && at === undefined && Object.keys({ ...fires, ...silent }).length === 0
      ? [`${alert} is neither expected to fire nor to be silent`]
      : []),
  ];
}

const isEdge = (values: Values | Edge): values is Edge => typeof values === 'object';

/** The last number of some values, which is what grows or falls. */
function lastOf(values: Values): number {
  return Number(/(-?[\d.]+(?:e[+-]?\d+)?)(?:x\d+)?$/.exec(String(values))?.[1]);
}

function situationsOf(table: RuleTable, test: AlertTest): readonly Situation[] {
  const every = secondsOf(test.every ?? table.every ?? '15s');
  const scrape = secondsOf(test.scrape ?? table.scrape ?? '15s');
  const plain = new Map(Object.entries(test.series).map(([key, values]) => [key, isEdge(values) ? values.fires : values]));
  const watched = secondsOf(test.watched ?? '') || Math.max(LEAST_SECONDS, 2 * secondsOf(test.from ?? test.at ?? ''));
  const step = every * Math.max(1, Math.ceil(watched / every / LOOKS));
  const silence = new Map(Array.from({ length: Math.floor(watched / step) + 1 }, (_, index) => [index * step, 'silent'] as const));
  const common = { every, scrape };
  const firing = (name: string, series: ReadonlyMap<string, Values>, own: Omit<Firing, 'change'>): readonly Situation[] => {
    const expected = { ...(test.shown === undefined ? {} : { shown: test.shown }), ...own };
    return own.from === undefined && own.at === undefined
      ? []
      : [{ ...common, name, series, looks: momentsOf(expected, every), firing: expected }];
  };
  return [
    ...firing('fires', plain, test),
    ...Object.entries(test.fires ?? {}).flatMap(([when, expected]) => firing(`fires ${when}`, changed(plain, expected.change), expected)),
    ...Object.entries(test.series).flatMap(([key, values]) =>
      isEdge(values)
        ? [
            {
              ...common,
              name: `stays silent at ${values.silent} of ${key}`,
              series: new Map([...plain, [key, values.silent]]),
              looks: silence,
            },
          ]
        : [],
    ),
    ...Object.entries(test.silent ?? {}).map(([when, change]) => ({
      ...common,
      name: `stays silent ${when}`,
      series: changed(plain, change),
      looks: silence,
    })),
  ];
}

function momentsOf({ from, at, until }: Omit<Firing, 'change'>, every: number): ReadonlyMap<number, Look> {
  const first = secondsOf(from ?? at ?? '');
  const looks = new Map<number, Look>();
  if (from !== undefined && first >= every) looks.set(first - every, 'silent');
  looks.set(first, 'fires');
  if (until !== undefined) looks.set(secondsOf(until) - every, 'last').set(secondsOf(until), 'silent');
  return looks;
}

function changed(series: ReadonlyMap<string, Values>, change: Change): ReadonlyMap<string, Values> {
  const { labels, values } = partsOf(change);
  const all = new Map<string, Values | null>([...series, ...Object.entries(values)]);
  return new Map([...all].flatMap(([key, value]) => (value === null ? [] : [[seriesWith(key, labels), value] as const])));
}

function partsOf(change: Change): { readonly labels: Labels; readonly values: SeriesChange } {
  if (typeof change === 'string') return { labels: labelsIn(change), values: {} };
  const isBoth = (both: Change): both is readonly [string, SeriesChange] => Array.isArray(both);
  return isBoth(change) ? { labels: labelsIn(change[0]), values: change[1] } : { labels: {}, values: change };
}

const labelsIn = (text: string): Labels =>
  Object.fromEntries([...text.matchAll(/(\w+)\s*=\s*"([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]));

/** A series with further labels, which go before its own. */
function seriesWith(key: string, labels: Labels, own: Labels = labelsIn(key)): string {
  const all = Object.entries({ ...own, ...labels }).map(([name, value]) => `${name}="${value}"`);
  return `${key.replace(/\{.*$/, '')}{${all.join(', ')}}`;
}

/** The expected alert at its start and just before its end, and what in the table does not fit its texts. */
function expectedAlerts(
  rule: AlertRule,
  table: RuleTable,
  test: AlertTest,
  { name, firing }: Situation,
): { readonly first: object; readonly last: object; readonly wrong: readonly string[] } {
  const changedLabels = firing !== undefined && 'change' in firing ? partsOf(firing.change).labels : {};
  const labels = withoutEmpty({ ...table.labels, ...test.labels, ...changedLabels, ...test.result, ...firing?.result });
  const shown = firing?.shown;
  const wrong = new Set<string>();
  const filled = (text: string, value: string | undefined): string =>
    text.replace(/\{\{-?\s*(.*?)\s*-?\}\}/g, (_, template: string) => {
      const label = /^\$labels\.(\w+)$/.exec(template)?.[1];
      if (label !== undefined && labels[label] === undefined)
        wrong.add(`shows the label ${label}, which the alert does not have: give it in labels or result`);
      if (label !== undefined) return labels[label] ?? '';
      if (!/^\$value\b/.test(template))
        wrong.add(`has the template {{ ${template} }}, which a table cannot fill: test it in a .test.yml file`);
      else if (value === undefined) wrong.add('shows its value: set shown to the expected text');
      return value ?? '';
    });
  const texts = (value: string | undefined): Labels =>
    Object.fromEntries(Object.entries(rule.annotations).map(([key, text]) => [key, filled(text, value)]));
  if (shown !== undefined && !Object.values(rule.annotations).some((text) => text.includes('$value')))
    wrong.add('does not show its value: remove shown');
  const own = { severity: test.severity, category: test.category ?? table.category, ...(test.sms === true ? { notify_sms: 'true' } : {}) };
  return {
    first: { exp_labels: { ...labels, ...own }, exp_annotations: texts(shown) },
    last: { exp_labels: { ...labels, ...own }, exp_annotations: texts(firing?.lastShown ?? shown) },
    wrong: firing === undefined ? [] : [...wrong].map((message) => `${rule.alert} ${name}: its text ${message}`),
  };
}

const withoutEmpty = (labels: Labels): Labels => Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ''));

function promtoolTest(
  { name, every, scrape, series, looks }: Situation,
  table: RuleTable,
  test: AlertTest,
  expected: Record<Look, readonly object[]>,
): object {
  const { alert } = test;
  const base = { ...table.labels, ...test.labels };
  // One sample more than the last check needs.
  const samples = Math.ceil((Math.max(...looks.keys()) + every) / scrape) + 1;
  return {
    name: `${alert} ${name}`,
    interval: `${scrape}s`,
    input_series: [...series].map(([key, values]) => ({ series: withBase(key, base), values: stretched(values, samples) })),
    alert_rule_test: [...looks].map(([at, look]) => ({ eval_time: `${at}s`, alertname: alert, exp_alerts: expected[look] })),
  };
}

function withBase(key: string, base: Labels): string {
  return seriesWith(key, {}, withoutEmpty({ ...base, ...labelsIn(key) }));
}

/** Values whose last item repeats until there are `samples` of them. */
export function stretched(values: Values, samples: number): string {
  const items = String(values).trim().split(/\s+/);
  const last = items.pop() ?? '';
  if (/x\d+$/.test(last) || last === 'stale') return [...items, last].join(' ');
  const used = items.reduce((sum, item) => sum + countOf(item), 0);
  const rest = Math.max(1, samples - used);
  return [...items, last === '_' ? `_x${rest}` : `${last}x${rest - 1}`].join(' ');
}

function countOf(item: string): number {
  const [, count] = /x(\d+)$/.exec(item) ?? [];
  if (count === undefined) return 1;
  return item.startsWith('_') ? Number(count) : Number(count) + 1;
}
