import { isMap, isSeq, LineCounter, parseDocument, type Document, type YAMLMap } from 'yaml';
import { error, type Problem } from '../base/problem.ts';

/** One alert rule with its place. */
export interface AlertRule {
  readonly path: string;
  /** `path:line` of the rule. */
  readonly place: string;
  readonly alert: string;
  readonly expr: string;
  /** Its `for` as written; empty if it has none. */
  readonly hold: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** One `alert_rule_test` entry of a promtool test file. */
export interface RuleTestCase {
  readonly path: string;
  readonly place: string;
  readonly alert: string;
  /** Whether it expects the alert to fire; a case that expects nothing passes for any name, existing or not. */
  readonly expectsFiring: boolean;
}

interface Parsed {
  readonly doc: Document.Parsed;
  readonly lineOf: (map: YAMLMap) => number;
}

function parsed(text: string): Parsed {
  const lines = new LineCounter();
  const doc = parseDocument(text, { lineCounter: lines });
  return { doc, lineOf: (map) => lines.linePos(map.range?.[0] ?? 0).line };
}

function mapsIn(parent: unknown, key: string): readonly YAMLMap[] {
  if (!isMap(parent)) return [];
  const list = parent.get(key);
  return isSeq(list) ? list.items.filter(isMap) : [];
}

function strings(map: YAMLMap, key: string): Record<string, string> {
  const value: unknown = (map.toJSON() as Record<string, unknown>)[key];
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([name, text]) => [name, String(text)]));
}

/** What is wrong with a file as YAML, each with its line. */
export function yamlProblems(path: string, text: string): readonly Problem[] {
  const lines = new LineCounter();
  return parseDocument(text, { lineCounter: lines, prettyErrors: false })
    .errors.slice(0, 3)
    .map(({ message, pos: [at] }) =>
      error(`${path}:${lines.linePos(at).line}`, `is not YAML: ${message}`, 'Fix the file; check its indentation first.'),
    );
}

/** Rules that are neither alert nor recorded metric, or have no expression. promtool finds them too, but without the line. */
export function ruleShapeProblems(path: string, text: string): readonly Problem[] {
  const { doc, lineOf } = parsed(text);
  return mapsIn(doc.contents, 'groups')
    .flatMap((group) => mapsIn(group, 'rules'))
    .flatMap((rule) => {
      const place = `${path}:${lineOf(rule)}`;
      const isSet = (key: string): boolean => String(rule.get(key) ?? '').trim() !== '';
      const kind = (['alert', 'record'] as const).find((key) => rule.has(key));
      if (kind === undefined)
        return [error(place, 'a rule is neither an alert nor a recorded metric', 'Start it with alert: or record: and its name.')];
      if (!isSet(kind)) return [error(place, `a rule has no name after ${kind}:`, 'Give it one.')];
      if (!isSet('expr')) return [error(place, `${String(rule.get(kind))} has no expression`, 'Add expr: the condition in PromQL.')];
      return [];
    });
}

/** The alert rules of a rule file. A file that does not parse has none; the parser's check reports it. */
export function alertRules(path: string, text: string): readonly AlertRule[] {
  const { doc, lineOf } = parsed(text);
  return mapsIn(doc.contents, 'groups')
    .flatMap((group) => mapsIn(group, 'rules'))
    .filter((rule) => rule.has('alert'))
    .map((rule) => ({
      path,
      place: `${path}:${lineOf(rule)}`,
      alert: String(rule.get('alert') ?? ''),
      expr: String(rule.get('expr') ?? ''),
      hold: String(rule.get('for') ?? ''),
      labels: strings(rule, 'labels'),
      annotations: strings(rule, 'annotations'),
    }));
}

/** The cases of a promtool test file, and a problem for each test without a name. */
export function ruleTests(path: string, text: string): { readonly cases: readonly RuleTestCase[]; readonly problems: readonly Problem[] } {
  const { doc, lineOf } = parsed(text);
  const tests = mapsIn(doc.contents, 'tests');
  return {
    cases: tests.flatMap((test) =>
      mapsIn(test, 'alert_rule_test').map((entry) => ({
        path,
        place: `${path}:${lineOf(entry)}`,
        alert: String(entry.get('alertname')),
        expectsFiring: mapsIn(entry, 'exp_alerts').length > 0,
      })),
    ),
    problems: tests
      .filter((test) => !test.has('name'))
      .map((test) => error(`${path}:${lineOf(test)}`, 'the test has no name', 'Describe in a sentence what it proves.')),
  };
}

/** The names of the jobs in a scrape file. */
export function jobNames(text: string): readonly string[] {
  return mapsIn(parsed(text).doc.contents, 'scrape_configs').map((job) => String(job.get('job_name')));
}
