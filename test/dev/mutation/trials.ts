import type { Tree } from '../../../scripts/base/tree.ts';
import { digestOf } from '../../../scripts/base/digest.ts';
import { mutantsOf, ruleGroups, type Mutant, type Rule, type RuleGroup } from './rule-mutants.ts';
import { posix } from 'node:path';
import { isScalar, parseDocument, visit } from 'yaml';

/** A promtool test file, with what is read of it here. */
export interface TestFile {
  readonly rule_files?: readonly string[];
  readonly tests?: readonly TestGroup[];
  readonly [field: string]: unknown;
}

interface TestGroup {
  readonly alert_rule_test?: readonly { readonly alertname?: string }[];
  readonly promql_expr_test?: readonly { readonly expr?: string }[];
  readonly [field: string]: unknown;
}

/** One question to promtool: do these tests pass with these rules? Its file is named by its content, so an answer holds as long as that does. */
export interface Trial {
  /** Name of its test file in the folder that promtool is given. */
  readonly file: string;
  readonly files: readonly (readonly [name: string, text: string])[];
}

/** A rule or a mutant of it, with all trials that show whether its tests notice. */
export interface Subject {
  readonly path: string;
  readonly name: string;
  /** Undefined for the rule as it stands, which must pass. */
  readonly mutant: Mutant | undefined;
  readonly trials: readonly Trial[];
}

/**
 * Every rule of a file as it stands, and every mutant of it, each with its trials.
 *
 * A trial holds only the rule in question, the recorded metrics, and the tests that name the alert: nothing else can change its outcome, and
 * promtool needs a twentieth of the time. A recorded metric is tried with everything, since any alert may read it.
 *
 * @param tests every promtool test file by its path; those that load `path` are used
 * @param sources every rule file by its path, for tests that load several
 */
export function subjectsOf(path: string, tests: Tree, sources: Tree): readonly Subject[] {
  const text = sources.get(path) ?? '';
  const groups = ruleGroups(text);
  const loading = [...tests]
    // Most files load another module's rules, and reading them takes longer than this.
    .filter(([, testText]) => testText.includes(posix.basename(path)))
    .map(([testPath, testText]) => [testPath, testFile(testText)] as const)
    .filter(([testPath, file]) => loaded(testPath, file).includes(path));
  const trials = (name: string, alone: boolean, changed: readonly RuleGroup[]): readonly Trial[] =>
    loading.flatMap(([testPath, file]) => {
      const chosen = alone ? testsOf(file, name) : (file.tests ?? []);
      const others = loaded(testPath, file).filter((other) => other !== path);
      const rules = [
        alone ? only(changed, name) : changed,
        ...others.map((other) => (alone ? only(ruleGroups(sources.get(other) ?? ''), name) : ruleGroups(sources.get(other) ?? ''))),
      ];
      return chosen.length === 0 ? [] : [trial({ ...file, tests: chosen }, rules)];
    });
  const whole = groups
    .flatMap(({ rules }) => rules)
    .map((rule) => ({ path, name: nameOf(rule), mutant: undefined, trials: trials(nameOf(rule), isAlone(rule), groups) }));
  const mutants = mutantsOf(path, text).map((mutant) => ({
    path,
    name: mutant.name,
    mutant,
    trials: trials(mutant.name, isAlone(mutant.rule), replaced(groups, mutant)),
  }));
  return [...whole, ...mutants];
}

/** Whether only its own tests can detect a change of the rule: no rule reads the alert, and it reads no other. */
const isAlone = (rule: Rule): boolean => rule.alert !== undefined && !/\bALERTS/.test(rule.expr);

const nameOf = (rule: Rule): string => rule.alert ?? rule.record ?? '';

/** Reads a test file. `values: 0x60`, sixty zeros in promtool's notation, would be the number 96 to a reader of YAML. */
export function testFile(text: string): TestFile {
  const document = parseDocument(text);
  visit(document, {
    Pair: (_, { key, value }) => {
      if (isScalar(key) && key.value === 'values' && isScalar(value) && value.source !== undefined) value.value = value.source;
    },
  });
  return (document.toJS() ?? {}) as TestFile;
}

function loaded(testPath: string, file: TestFile): readonly string[] {
  return (file.rule_files ?? []).map((name) => posix.join(posix.dirname(testPath), name));
}

/** The tests that name an alert, with its cases only. */
function testsOf(file: TestFile, alert: string): readonly TestGroup[] {
  return (file.tests ?? [])
    .map((test) => ({ ...test, ...casesAbout(test, alert) }))
    .filter(({ alert_rule_test: cases, promql_expr_test: states }) => cases.length + states.length > 0);
}

/** The cases of a test that ask for an alert by its name, or for its state. */
export function casesAbout(test: TestGroup, alert: string): Required<Pick<TestGroup, 'alert_rule_test' | 'promql_expr_test'>> {
  return {
    alert_rule_test: (test.alert_rule_test ?? []).filter(({ alertname }) => alertname === alert),
    promql_expr_test: (test.promql_expr_test ?? []).filter(({ expr = '' }) => expr.startsWith(`ALERTS{alertname="${alert}"`)),
  };
}

/** The groups with one alert and the recorded metrics. */
function only(groups: readonly RuleGroup[], alert: string): readonly RuleGroup[] {
  return groups
    .map((group) => ({ ...group, rules: group.rules.filter((rule) => rule.alert === undefined || rule.alert === alert) }))
    .filter(({ rules }) => rules.length > 0);
}

function replaced(groups: readonly RuleGroup[], { group, index, rule }: Mutant): readonly RuleGroup[] {
  return groups.map((each, at) => (at === group ? { ...each, rules: each.rules.map((old, i) => (i === index ? rule : old)) } : each));
}

/** JSON is YAML in which nothing can be taken for something else. */
function trial(test: TestFile, rules: readonly (readonly RuleGroup[])[]): Trial {
  const written = rules.filter((groups) => groups.length > 0).map((groups) => JSON.stringify({ groups }));
  const named = written.map((text) => [`${digestOf([['', text]])}.rules.json`, text] as const);
  const text = JSON.stringify({ ...test, rule_files: named.map(([name]) => name) });
  const file = `${digestOf([['', text]])}.test.json`;
  return { file, files: [...named, [file, text]] };
}
