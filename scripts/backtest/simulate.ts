import type { RangeSeries } from '../clients/prometheus.ts';

/** One time that an alert fires. All times are in seconds since 1970. */
export interface Firing {
  readonly labels: Readonly<Record<string, string>>;
  readonly from: number;
  /** Undefined if it still fires at the end. */
  readonly until: number | undefined;
}

/** What decides when an alert fires, besides its condition. */
export interface Timing {
  readonly holdSeconds: number;
  readonly keepSeconds: number;
  /** Seconds between two evaluations. */
  readonly step: number;
  /** The last evaluation. */
  readonly end: number;
}

/**
 * When an alert fires whose condition was true at the times of the series: after `for` without a gap, until the first evaluation without it at which
 * `keep_firing_for` is over. So does Prometheus (rules/alerting.go).
 */
export function simulate(series: readonly RangeSeries[], timing: Timing): readonly Firing[] {
  return series
    .flatMap(({ labels: { __name__: _, ...labels }, times }) => firingsOf(times, timing).map((firing) => ({ labels, ...firing })))
    .sort((a, b) => a.from - b.from);
}

function firingsOf(times: readonly number[], { holdSeconds, keepSeconds, step, end }: Timing): readonly Omit<Firing, 'labels'>[] {
  const firings: Omit<Firing, 'labels'>[] = [];
  /** The evaluation that finds an alert over whose condition was true for the last time at `last`. */
  const overAt = (last: number): number => last + step + Math.ceil(keepSeconds / step) * step;
  let [since, last] = [Number.NaN, Number.NaN];
  let from: number | undefined;
  for (const at of times) {
    const isGap = !(at - last < 1.5 * step);
    if (isGap && from !== undefined && at > overAt(last)) {
      firings.push({ from, until: overAt(last) });
      from = undefined;
    }
    if (isGap && from === undefined) since = at;
    if (from === undefined && at - since >= holdSeconds) from = at;
    last = at;
  }
  if (from !== undefined) firings.push({ from, until: overAt(last) > end ? undefined : overAt(last) });
  return firings;
}

/** Notifications that wake a person: what fires together for one service is one message. */
export function pagesOf(firings: readonly Firing[], end: number): number {
  const busyUntil = new Map<string, number>();
  let pages = 0;
  for (const { labels, from, until = end } of [...firings].sort((a, b) => a.from - b.from)) {
    const group = labels['service'] ?? '';
    const before = busyUntil.get(group);
    if (before === undefined || from > before) pages += 1;
    busyUntil.set(group, Math.max(before ?? 0, until));
  }
  return pages;
}
