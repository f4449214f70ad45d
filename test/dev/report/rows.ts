import type { AlertRule, RuleTestCase } from '../../../scripts/rules/files.ts';
import { moduleName, runbookProblems, ruleTestProblems } from '../../../scripts/rules/invariants.ts';
import { isOfSlo } from './slo-alerts.ts';
import { PROOFS, type DrillsProof, type MutantsProof, type Proof, type ProofLock, type Proven } from '../proof/lock.ts';
import type { OpenProof } from '../proof/open.ts';

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
  readonly runbook: boolean;
  readonly mutants: MutantsProof | undefined;
  /** Whether it has series on a stack of real exporters. */
  readonly canFire: boolean | undefined;
  /** Whether it stayed silent for ten minutes in which nothing was wrong. */
  readonly quiet: boolean | undefined;
  /** How often it would reach a person in the ordinary week. */
  readonly falseAlarms: number | undefined;
  /** The slowest of its drills. */
  readonly drill: DrillTimes | undefined;
  /** The proofs that are older than what they depend on. */
  readonly changed: readonly Proof[];
  /** The proofs that were taken over, because what they need was not available in the last run. */
  readonly earlier: readonly Proof[];
}

export interface DrillTimes {
  /** Seconds from the fault to the alert, and to its notification at the receiver. */
  readonly firing?: number;
  readonly received?: number;
  /** The messages that people got because of one fault, at most. */
  readonly messages?: number;
  /** Whether alert, notification and resolved notice came within the time limits (test/drills/shared/limits.ts). */
  readonly inTime: boolean;
}

export interface ReportSources {
  readonly rules: readonly AlertRule[];
  readonly cases: readonly RuleTestCase[];
  /** Paths of the runbook pages. */
  readonly pages: readonly string[];
  readonly lock: ProofLock;
  readonly open: readonly OpenProof[];
  /** The false alarms of the ordinary week; undefined where it was not evaluated with these rules. */
  readonly alarms: readonly { readonly alert: string }[] | undefined;
}

/** One row per alert, in the order of the files. */
export function reportRows({ rules, cases, pages, lock, open, alarms }: ReportSources): readonly AlertRow[] {
  const untested = new Set(ruleTestProblems(rules, cases).map(({ place }) => place));
  const without = new Set(runbookProblems(rules, pages).map(({ place }) => place));
  return rules.map((rule) => {
    const { mutants, fleet, drills } = lock[rule.alert] ?? {};
    const drill = timesOf(drills);
    return {
      module: moduleName(rule.path),
      alert: rule.alert,
      severity: rule.labels['severity'] ?? '',
      hold: rule.hold,
      tested: !untested.has(rule.place),
      cases: cases.filter(({ alert }) => alert === rule.alert).length,
      runbook: !without.has(rule.place),
      mutants,
      // The fleet has no alerts of SLOs. What fired in a drill can fire.
      canFire: fleet?.canFire ?? (isOfSlo(rule) && drill?.firing !== undefined ? true : undefined),
      quiet: fleet?.quiet,
      falseAlarms: isOfSlo(rule) ? undefined : alarms?.filter(({ alert }) => alert === rule.alert).length,
      drill,
      earlier: PROOFS.filter((proof) => lock[rule.alert]?.[proof]?.earlier === true),
      changed: open.flatMap(({ alert, proof, why }) => (alert === rule.alert && why === 'changed' ? [proof] : [])),
    };
  });
}

function timesOf(drills: Proven<DrillsProof> | undefined): DrillTimes | undefined {
  if (drills === undefined) return undefined;
  const faults = Object.values(drills.faults);
  const most = (key: 'firing' | 'received' | 'messages') => {
    const known = faults.flatMap((fault) => (fault[key] === undefined ? [] : [fault[key]]));
    return known.length === 0 ? {} : { [key]: Math.max(...known) };
  };
  return { ...most('firing'), ...most('received'), ...most('messages'), inTime: faults.every(({ missed }) => missed === undefined) };
}

/** Whether an alert of a severity needs a drill: critical ones and emergencies. */
export const wakesPeople = (severity: string): boolean => severity === 'critical' || severity === 'emergency';

/** The figures of all alerts together. */
export interface ReportTotals {
  readonly alerts: number;
  readonly tested: number;
  readonly cases: number;
  readonly runbooks: number;
  /** Recorded metrics count here too; in percent, rounded down to a tenth. */
  readonly mutants: MutantsProof & { readonly percent: number };
  readonly canFire: number;
  readonly quiet: number;
  readonly falseAlarms: number | undefined;
  readonly drilled: number;
  /** With emergencies. */
  readonly critical: { readonly alerts: number; readonly drilled: number; readonly inTime: number };
}

/** Adds the rows up. */
export function reportTotals(rows: readonly AlertRow[], lock: ProofLock): ReportTotals {
  const critical = rows.filter(({ severity }) => wakesPeople(severity));
  const count = (test: (row: AlertRow) => boolean): number => rows.filter(test).length;
  return {
    alerts: rows.length,
    tested: count(({ tested }) => tested),
    cases: rows.reduce((sum, { cases }) => sum + cases, 0),
    runbooks: count(({ runbook }) => runbook),
    mutants: lockScore(lock),
    canFire: count(({ canFire }) => canFire === true),
    quiet: count(({ quiet }) => quiet === true),
    falseAlarms: rows.some(({ falseAlarms }) => falseAlarms !== undefined)
      ? rows.reduce((sum, { falseAlarms = 0 }) => sum + falseAlarms, 0)
      : undefined,
    drilled: count(({ drill }) => drill !== undefined),
    critical: {
      alerts: critical.length,
      drilled: critical.filter(({ drill }) => drill !== undefined).length,
      inTime: critical.filter(({ drill }) => drill?.inTime === true).length,
    },
  };
}

/** How many mutants the rule tests notice, over all entries of a lock. */
export function lockScore(lock: ProofLock): MutantsProof & { readonly percent: number } {
  const entries = Object.values(lock).flatMap(({ mutants }) => (mutants === undefined ? [] : [mutants]));
  const sum = (key: 'killed' | 'total'): number => entries.reduce((all, entry) => all + entry[key], 0);
  const [killed, total] = [sum('killed'), sum('total')];
  return { killed, total, percent: total === 0 ? 100 : Math.floor((1000 * killed) / total) / 10 };
}
