import { scoreOf, type Verdict } from '../mutation/score.ts';
import { error, type Problem } from '../../../scripts/base/problem.ts';
import { isOfSlo } from '../../../scripts/rules/render-slo.ts';
import type { AlertRule, RuleTestCase } from '../../../scripts/rules/files.ts';
import { moduleName, runbookProblems, ruleTestProblems } from '../../../scripts/rules/invariants.ts';

/** What is proven about one alert. */
export interface AlertRow {
  readonly module: string;
  readonly alert: string;
  readonly severity: string;
  /** Its hold time; empty where it has none. */
  readonly hold: string;
  /** Whether one test expects it to fire and another one to stay silent. */
  readonly tested: boolean;
  readonly cases: number;
  readonly mutants: { readonly killed: number; readonly total: number };
  readonly runbook: boolean;
  /** Whether it has series on a stack of real exporters; undefined where that was not looked at. */
  readonly canFire: boolean | undefined;
  /** Seconds from the fault to the alert and to its notice at the receiver, as the last drill measured them; undefined where no drill was. */
  readonly drill: Drill | undefined;
  /** Whether any drill was measured at all. */
  readonly drillsKnown: boolean;
}

export interface Drill {
  readonly toAlert?: number;
  readonly toNotification?: number;
  /** Whether alert, message and resolved notice came within what is promised of alerts of its kind (test/drills/promise.ts). */
  readonly inTime: boolean;
}

/** What other proofs left behind about alerts, by alert; undefined where they never ran. */
export type Findings = Readonly<Record<string, Readonly<Record<string, unknown>>>> | undefined;

export interface ReportSources {
  readonly rules: readonly AlertRule[];
  readonly cases: readonly RuleTestCase[];
  readonly verdicts: readonly Verdict[];
  /** Paths of the runbook pages. */
  readonly pages: readonly string[];
  readonly canFire: Findings;
  readonly drills: Findings;
}

/** Reads what another proof left behind: an object with one object per alert. */
export function readFindings(
  path: string,
  text: string | undefined,
): { readonly findings: Findings; readonly problems: readonly Problem[] } {
  if (text === undefined) return { findings: undefined, problems: [] };
  const wrong = [error(path, 'is not a JSON object with an object for each alert', 'Delete it, and run what writes it again.')];
  try {
    const value: unknown = JSON.parse(text);
    const isObject = (part: unknown): part is object => typeof part === 'object' && part !== null && !Array.isArray(part);
    if (!isObject(value) || !Object.values(value).every(isObject)) return { findings: undefined, problems: wrong };
    return { findings: value as NonNullable<Findings>, problems: [] };
  } catch {
    return { findings: undefined, problems: wrong };
  }
}

/** One row per alert, in the order of the files. */
export function reportRows({ rules, cases, verdicts, pages, canFire, drills }: ReportSources): readonly AlertRow[] {
  const untested = new Set(ruleTestProblems(rules, cases).map(({ place }) => place));
  const without = new Set(runbookProblems(rules, pages).map(({ place }) => place));
  return rules.map((rule) => {
    const own = verdicts.filter(({ path, name }) => path === rule.path && name === rule.alert);
    const { killed, total } = scoreOf(own);
    return {
      module: moduleName(rule.path),
      alert: rule.alert,
      severity: rule.labels['severity'] ?? '',
      hold: rule.hold,
      tested: !untested.has(rule.place),
      cases: cases.filter(({ alert }) => alert === rule.alert).length,
      mutants: { killed, total },
      runbook: !without.has(rule.place),
      canFire: canFire === undefined ? undefined : canItFire(rule, canFire, drills),
      drill: drillOf(drills?.[rule.alert]),
      drillsKnown: drills !== undefined,
    };
  });
}

/** What fired in a drill can fire. That the fleet says nothing tells nothing about alerts of SLOs: it has none. */
function canItFire(rule: AlertRule, canFire: NonNullable<Findings>, drills: Findings): boolean | undefined {
  const sight = canFire[rule.alert];
  if (sight !== undefined) return sight['canFire'] !== false;
  if (!isOfSlo(rule)) return false;
  return drills?.[rule.alert] === undefined ? undefined : true;
}

function drillOf(entry: Readonly<Record<string, unknown>> | undefined): Drill | undefined {
  if (entry === undefined) return undefined;
  const seconds = (name: 'toAlert' | 'toNotification') => (typeof entry[name] === 'number' ? { [name]: entry[name] } : {});
  return { ...seconds('toAlert'), ...seconds('toNotification'), inTime: entry['inTime'] === true };
}

/** The figures of all alerts together; recorded metrics count among the mutants. */
export interface ReportTotals {
  readonly alerts: number;
  readonly tested: number;
  readonly cases: number;
  readonly runbooks: number;
  readonly mutants: { readonly killed: number; readonly total: number; readonly percent: number };
  /** Undefined where it was not looked at. */
  readonly canFire: number | undefined;
  readonly drilled: number | undefined;
  readonly critical: { readonly alerts: number; readonly drilled: number; readonly inTime: number };
}

/** Adds the rows up. */
export function reportTotals(rows: readonly AlertRow[], verdicts: readonly Verdict[]): ReportTotals {
  const critical = rows.filter(({ severity }) => severity === 'critical');
  const count = (test: (row: AlertRow) => boolean): number => rows.filter(test).length;
  return {
    alerts: rows.length,
    tested: count(({ tested }) => tested),
    cases: rows.reduce((sum, { cases }) => sum + cases, 0),
    runbooks: count(({ runbook }) => runbook),
    mutants: scoreOf(verdicts),
    canFire: rows.some(({ canFire }) => canFire !== undefined) ? count(({ canFire }) => canFire === true) : undefined,
    drilled: rows.some(({ drillsKnown }) => drillsKnown) ? count(({ drill }) => drill !== undefined) : undefined,
    critical: {
      alerts: critical.length,
      drilled: critical.filter(({ drill }) => drill !== undefined).length,
      inTime: critical.filter(({ drill }) => drill?.inTime === true).length,
    },
  };
}
