import { error, type Problem } from '../base/problem.ts';
import type { AlertRule } from './files.ts';
import { LONG_HOLD_SECONDS, withLostScrape } from './lost-scrape.ts';
import { secondsOf, stretched } from './samples.ts';
import { changed, labelsIn, partsOf, seriesWith } from './series.ts';
import type { AlertTest, Edge, Firing, Labels, RuleTable, Values } from './table.ts';

/** The promtool test files of a table by their path, and what is wrong with it. */
export interface GeneratedTests {
  readonly files: ReadonlyMap<string, string>;
  readonly problems: readonly Problem[];
}

/** Whether the cases of lost scrapes are made. They are most of the work: hours at every scrape. */
export type LostScrapes = 'with' | 'without' | 'only';

type Look = 'silent' | 'fires' | 'last';

interface Expected {
  readonly exp_labels: Labels;
  readonly exp_annotations: Labels;
}

/** One test of a promtool file. */
interface Situation {
  readonly name: string;
  readonly every: number;
  readonly scrape: number;
  readonly series: ReadonlyMap<string, Values>;
  /** The checked times in seconds, and whether the alert fires then: `last` is just before it ends. */
  readonly looks: ReadonlyMap<number, Look>;
  /** Only whether it fires and its labels are checked: its texts may show a value of another moment. */
  readonly textsVary?: true;
  /** The expected alert when it fires. */
  readonly firing?: Firing | Omit<Firing, 'change'>;
  /** One of the cases that `LostScrapes` is about. */
  readonly scrapeIsLost?: true;
}

/** Maximum number of checks for silence, evenly spread: at every evaluation of the shorter tests. */
const LOOKS = 20;
/** Silence is watched at least this long, unless the table sets it: the window of most rates. */
const LEAST_SECONDS = 300;

/**
 * The promtool test files of a table, one for each alert and evaluation interval.
 *
 * @param module name of the table and of its rule file
 * @param rules the alerts of that rule file: an alert's texts are expected as written there
 */
export function generateTests(
  module: string,
  table: RuleTable,
  rules: readonly AlertRule[],
  lostScrapes: LostScrapes = 'with',
): GeneratedTests {
  const problems: string[] = [];
  const files = new Map<string, object[]>();
  for (const test of table.alerts) {
    const rule = rules.find(({ alert }) => alert === test.alert);
    problems.push(...(rule === undefined ? [`${test.alert} is not an alert of prometheus/rules/${module}.yml`] : testProblems(test)));
    if (rule === undefined) continue;
    for (const situation of situationsOf(table, test, secondsOf(rule.hold)).filter((one) => isWanted(one, lostScrapes))) {
      const { first, last, wrong } = expectedAlerts(rule, table, test, situation);
      problems.push(...wrong);
      const path = `test/rules/${module}.${test.alert}-${situation.every}s.test.yml`;
      const made = promtoolTest(situation, table, test, { silent: [], fires: [first], last: [last] });
      files.set(path, [...(files.get(path) ?? []), made]);
    }
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

function situationsOf(table: RuleTable, test: AlertTest, hold: number): readonly Situation[] {
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
  const fires = [
    ...firing('fires', plain, test),
    ...Object.entries(test.fires ?? {}).flatMap(([when, expected]) => firing(`fires ${when}`, changed(plain, expected.change), expected)),
  ];
  return [
    ...fires,
    ...(hold < LONG_HOLD_SECONDS ? [] : fires.map((situation) => afterLostScrape(situation, test, hold))),
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

const isWanted = ({ scrapeIsLost }: Situation, wanted: LostScrapes): boolean =>
  wanted === 'with' || (scrapeIsLost === true) === (wanted === 'only');

/** The alert fires at the same moment, unless the table says why a lost scrape may start its hold anew: then it does. */
function afterLostScrape(situation: Situation, { restartedByLostScrape }: AlertTest, hold: number): Situation {
  const { from, at: always = '' } = situation.firing ?? {};
  const { firesAt, ...observed } = withLostScrape(situation, hold, secondsOf(from ?? always));
  const ends = restartedByLostScrape === undefined ? 'although' : 'not in time where';
  return {
    ...situation,
    ...observed,
    textsVary: true,
    scrapeIsLost: true,
    name: `${situation.name} ${ends} a scrape is lost`,
    looks: new Map([[firesAt, restartedByLostScrape === undefined ? 'fires' : 'silent']]),
  };
}

function momentsOf({ from, at, until }: Omit<Firing, 'change'>, every: number): ReadonlyMap<number, Look> {
  const first = secondsOf(from ?? at ?? '');
  const looks = new Map<number, Look>();
  if (from !== undefined && first >= every) looks.set(first - every, 'silent');
  looks.set(first, 'fires');
  if (until !== undefined) looks.set(secondsOf(until) - every, 'last').set(secondsOf(until), 'silent');
  return looks;
}

/** The expected alert at its start and just before its end, and what in the table does not fit its texts. */
function expectedAlerts(
  rule: AlertRule,
  table: RuleTable,
  test: AlertTest,
  { name, firing }: Situation,
): { readonly first: Expected; readonly last: Expected; readonly wrong: readonly string[] } {
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
  { name, every, scrape, series, looks, textsVary }: Situation,
  table: RuleTable,
  test: AlertTest,
  expected: Record<Look, readonly Expected[]>,
): object {
  const { alert } = test;
  const base = { ...table.labels, ...test.labels };
  // One sample more than the last check needs.
  const samples = Math.ceil((Math.max(...looks.keys()) + every) / scrape) + 1;
  return {
    name: `${alert} ${name}`,
    interval: `${scrape}s`,
    input_series: [...series].map(([key, values]) => ({ series: withBase(key, base), values: stretched(values, samples) })),
    ...(textsVary === true
      ? {
          promql_expr_test: [...looks].map(([at, look]) => ({
            // promtool names no test where an expression fails, but it repeats the expression.
            expr: `ALERTS{alertname="${alert}", alertstate="firing"} # ${name}`,
            eval_time: `${at}s`,
            exp_samples: expected[look].map(({ exp_labels: labels }) => ({
              labels: seriesWith('ALERTS', { alertname: alert, alertstate: 'firing', ...labels }),
              value: 1,
            })),
          })),
        }
      : { alert_rule_test: [...looks].map(([at, look]) => ({ eval_time: `${at}s`, alertname: alert, exp_alerts: expected[look] })) }),
  };
}

function withBase(key: string, base: Labels): string {
  return seriesWith(key, {}, withoutEmpty({ ...base, ...labelsIn(key) }));
}
