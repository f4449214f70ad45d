import type { Firing } from './simulate.ts';

/** How an alert on disk differs from the one in force, over the same time. */
export interface Difference {
  /** It would have fired, and did not. */
  readonly added: readonly Firing[];
  /** It fired, and would not have. */
  readonly gone: readonly Firing[];
}

/**
 * Compares what would have fired with what did. Two are the same if they overlap and no label says otherwise: the labels that a rule adds or keeps may have
 * changed.
 *
 * @param slack seconds by which they may miss each other, such as the difference of two hold times
 */
export function compare(simulated: readonly Firing[], recorded: readonly Firing[], slack: number): Difference {
  const isSame = (a: Firing, b: Firing): boolean =>
    a.from <= (b.until ?? Infinity) + slack &&
    b.from <= (a.until ?? Infinity) + slack &&
    Object.entries(a.labels).every(([label, value]) => !(label in b.labels) || RULE_LABELS.has(label) || b.labels[label] === value);
  return {
    added: simulated.filter((firing) => !recorded.some((other) => isSame(firing, other))),
    gone: recorded.filter((firing) => !simulated.some((other) => isSame(firing, other))),
  };
}

/** Labels that say nothing of where it fires. */
const RULE_LABELS: ReadonlySet<string> = new Set(['alertname', 'alertstate', 'severity', 'category', 'notify_sms']);
