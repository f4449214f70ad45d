import { parse } from 'yaml';
import { digestOf } from '../../../scripts/base/digest.ts';
import type { Tree } from '../../../scripts/base/tree.ts';
import { syntaxError } from '../../../scripts/rules/promql.ts';
import { selectorsOf } from '../../../scripts/rules/selectors.ts';
import { moduleName } from '../../../scripts/rules/invariants.ts';
import { ruleGroups, type Rule } from '../mutation/rule-mutants.ts';
import { casesAbout, testFile, type TestFile } from '../mutation/trials.ts';
import type { Subject } from './open.ts';

/** The files that proofs depend on, by path. */
export interface ProofSources {
  readonly rules: Tree;
  /** Promtool's test files. */
  readonly tests: Tree;
  /** `prometheus/prometheus.yml` and `prometheus/scrape/<module>.yml`. */
  readonly scrape: Tree;
  /** `docker-compose.yml` and `exporters/<module>/compose.yml`. */
  readonly compose: Tree;
  readonly alertmanager: string;
  /** The drills of each alert: their faults, and the source of everything they consist of. */
  readonly drills: ReadonlyMap<string, { readonly faults: readonly string[]; readonly source: string }>;
}

/** A rule with what matters of its group and of its annotations. */
interface ParsedRule {
  readonly name: string;
  readonly path: string;
  readonly rule: Rule;
  readonly text: string;
}

/** Every alert and every recorded metric, with the digests of what their proofs depend on. */
export function proofSubjects(sources: ProofSources): readonly Subject[] {
  const rules = [...sources.rules].flatMap(([path, text]) => parsedRules(path, text)).filter(({ rule }) => !isConstant(rule));
  const recorded = new Map(rules.flatMap(({ name, rule, text }) => (rule.record === undefined ? [] : [[name, { rule, text }] as const])));
  const tests = [...sources.tests.values()].map(testFile);
  const routes = routing(sources.alertmanager);
  return rules.map(({ name, path, rule, text }) => {
    const whole = [text, ...readMetrics(rule.expr, recorded)].join('\n');
    const exporter = exporterOf(moduleName(path), sources);
    const drills = sources.drills.get(name);
    // Only those of a service that has promises are made, and rules that are made are not mutated.
    const isMade = !path.startsWith('prometheus/rules/');
    return {
      alert: name,
      faults: drills?.faults ?? [],
      digests: {
        ...(isMade ? {} : { mutants: digest({ whole, tests: casesOf(tests, rule) }) }),
        ...(isMade || rule.alert === undefined ? {} : { fleet: digest({ whole, exporter }) }),
        ...(drills === undefined ? {} : { drills: digest({ whole, exporter, routes, drill: drills.source }) }),
      },
    };
  });
}

const digest = (parts: Readonly<Record<string, string>>): string => digestOf(Object.entries(parts)).slice(0, 12);

function parsedRules(path: string, text: string): readonly ParsedRule[] {
  return ruleGroups(text).flatMap(({ rules, name: _, ...group }) =>
    rules.map((rule) => {
      const { annotations, ...rest } = rule as Rule & { readonly annotations?: Readonly<Record<string, string>> };
      // Of annotations only what is filled in: the words around it change nothing about when an alert fires.
      const filled = Object.entries(annotations ?? {}).flatMap(([key, value]) => [key, ...(value.match(/\{\{.*?\}\}/gs) ?? [])]);
      return { name: rule.alert ?? rule.record ?? '', path, rule, text: canonical({ group, rest, filled }) };
    }),
  );
}

/** A recorded metric that reads no series, such as the names of covered jobs: there is nothing to prove about it. */
function isConstant({ record, expr }: Rule): boolean {
  return record !== undefined && syntaxError(expr) === undefined && selectorsOf(expr).length === 0;
}

/** The recorded metrics that an expression reads, and those that they read. One may read itself, to keep its last value. */
function readMetrics(
  expr: string,
  recorded: ReadonlyMap<string, { readonly rule: Rule; readonly text: string }>,
  seen: ReadonlySet<string> = new Set(),
): readonly string[] {
  // Other checks say what is wrong with it.
  if (syntaxError(expr) !== undefined) return [];
  return selectorsOf(expr).flatMap(({ metric }) => {
    const found = seen.has(metric) ? undefined : recorded.get(metric);
    return found === undefined ? [] : [found.text, ...readMetrics(found.rule.expr, recorded, new Set([...seen, metric]))];
  });
}

/** The cases that name a rule, with their input, without the words of annotations. Any case may read a recorded metric. */
function casesOf(tests: readonly TestFile[], { alert, record }: Rule): string {
  const groups = tests.flatMap((file) => file.tests ?? []);
  const own = groups.flatMap(({ name: _, ...group }) => {
    const { alert_rule_test: cases = [], promql_expr_test: states = [] } = record === undefined ? casesAbout(group, alert ?? '') : group;
    const { alert_rule_test: __, promql_expr_test: ___, ...given } = group;
    return record === undefined && cases.length + states.length === 0
      ? []
      : [{ ...given, cases: cases.map(withoutWords), ...(states.length === 0 ? {} : { states }) }];
  });
  return own.map(canonical).sort().join('\n');
}

function withoutWords(testCase: object): object {
  const expected = (testCase as { readonly exp_alerts?: readonly object[] | null }).exp_alerts ?? [];
  return { ...testCase, exp_alerts: expected.map((alert) => ({ ...alert, exp_annotations: undefined })) };
}

/** How a module's figures come about: the image of its exporter, its scrape jobs, and the settings of all jobs. */
function exporterOf(module: string, { scrape, compose }: ProofSources): string {
  const file = module === 'stack' ? 'docker-compose.yml' : `exporters/${module}/compose.yml`;
  const services = (parse(compose.get(file) ?? '{}', { merge: true }) as Compose | null)?.services ?? {};
  const images = Object.entries(services).map(([name, { image = '' }]) => `${name} ${image}`);
  const global: unknown = parse(scrape.get('prometheus/prometheus.yml') ?? '{}');
  const jobs: unknown = parse(scrape.get(`prometheus/scrape/${module}.yml`) ?? '{}');
  return canonical({ images, global, jobs });
}

interface Compose {
  readonly services?: Readonly<Record<string, { readonly image?: string }>>;
}

/** The part of Alertmanager's configuration that decides what reaches whom, and when. */
function routing(text: string): string {
  const config = parse(text, { merge: true }) as Readonly<Record<string, unknown>> & {
    readonly global?: { readonly resolve_timeout?: unknown };
  };
  return canonical([config['route'], config['inhibit_rules'], config['time_intervals'], config.global?.resolve_timeout]);
}

/** A value as text that does not depend on the order of keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
