import { parseDocument } from 'yaml';
import { spanSeconds } from '../base/span.ts';
import type { Tree } from '../base/tree.ts';
import { syntaxError } from './promql.ts';
import { selectorsOf } from './selectors.ts';

/** An alert with everything that decides when it fires. */
export interface TimedAlert {
  readonly path: string;
  readonly alert: string;
  readonly expr: string;
  readonly holdSeconds: number;
  /** `keep_firing_for`: how long it goes on firing after its condition has ended. */
  readonly keepSeconds: number;
  readonly labels: Readonly<Record<string, string>>;
  /** Seconds between two evaluations of its group. */
  readonly interval: number;
}

/** A recorded metric. Several rules may record one, with different labels. */
export interface Recorded {
  readonly path: string;
  readonly record: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly interval: number;
}

export interface TimedRules {
  readonly alerts: readonly TimedAlert[];
  readonly recorded: readonly Recorded[];
}

interface WrittenRule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr?: unknown;
  readonly for?: unknown;
  readonly keep_firing_for?: unknown;
  readonly labels?: Readonly<Record<string, unknown>> | null;
}

/**
 * Reads the rendered rule files among others.
 *
 * @param evaluation seconds between two evaluations of a group that does not say itself
 */
export function timedRules(files: Tree, evaluation: number): TimedRules {
  const alerts: TimedAlert[] = [];
  const recorded: Recorded[] = [];
  for (const [path, text] of files) {
    if (!/^prometheus\/rules\/[^/]+\.yml$/.test(path)) continue;
    const { groups } = (parseDocument(text, { merge: true }).toJS() ?? {}) as {
      groups?: readonly { interval?: unknown; rules?: readonly WrittenRule[] }[];
    };
    for (const group of groups ?? [])
      for (const rule of group.rules ?? []) {
        const labels = Object.fromEntries(Object.entries(rule.labels ?? {}).map(([label, value]) => [label, String(value)]));
        const common = { path, expr: String(rule.expr), labels, interval: seconds(group.interval) || evaluation };
        if (rule.alert !== undefined)
          alerts.push({ ...common, alert: rule.alert, holdSeconds: seconds(rule.for), keepSeconds: seconds(rule.keep_firing_for) });
        else if (rule.record !== undefined) recorded.push({ ...common, record: rule.record });
      }
  }
  return { alerts, recorded };
}

function seconds(span: unknown): number {
  return spanSeconds(String(span ?? '0')) ?? 0;
}

/** The metrics whose records are others than before, or read such a metric. */
export function changedRecords(now: readonly Recorded[], before: readonly Recorded[]): ReadonlySet<string> {
  const names = new Set(now.map(({ record }) => record));
  const definition = (rules: readonly Recorded[], name: string): string =>
    JSON.stringify(
      rules
        .filter(({ record }) => record === name)
        .map(({ expr, labels }) => [normal(expr), Object.entries(labels).sort()])
        .sort(),
    );
  return withReaders(new Set([...names].filter((name) => definition(now, name) !== definition(before, name))), now);
}

/** Some records, and those that read them, directly or through others. */
export function withReaders(names: ReadonlySet<string>, rules: readonly Recorded[]): ReadonlySet<string> {
  const found = new Set(names);
  for (let size = -1; size !== found.size;) {
    size = found.size;
    for (const { record, expr } of rules) if (readsAny(expr, found)) found.add(record);
  }
  return found;
}

/** Alerts that fire at other times than before: new ones, and those whose condition, hold time or severity is another. */
export function changedAlerts(now: TimedRules, before: TimedRules): readonly string[] {
  const records = changedRecords(now.recorded, before.recorded);
  const timing = ({ alert, expr, holdSeconds, keepSeconds, labels }: TimedAlert): string =>
    JSON.stringify([alert, normal(expr), holdSeconds, keepSeconds, labels['severity']]);
  const known = new Set(before.alerts.map(timing));
  const changed = now.alerts.filter((alert) => !known.has(timing(alert)) || readsAny(alert.expr, records));
  return [...new Set(changed.map(({ alert }) => alert))];
}

function readsAny(expr: string, names: ReadonlySet<string>): boolean {
  return names.size > 0 && syntaxError(expr) === undefined && selectorsOf(expr).some(({ metric }) => names.has(metric));
}

/** An expression without the layout that does not count. */
function normal(expr: string): string {
  return expr.replace(/\s+/g, ' ').trim();
}
