import { stackFailure } from '../base/failure.ts';
import { error } from '../base/problem.ts';
import type { PrometheusApi, RangeSeries, TimeRange } from '../clients/prometheus.ts';
import { inlined } from '../rules/inline.ts';
import type { Recorded, TimedAlert } from '../rules/recorded.ts';
import { selectorsOf } from '../rules/selectors.ts';
import { compare } from './compare.ts';
import { costOf, partsOf, planned, remarkOf, stepOf } from './plan.ts';
import { wakes, type AlertResult, type Skipped } from './result.ts';
import { pagesOf, simulate, type Firing } from './simulate.ts';

/** What alerts are evaluated over. Times are in seconds since 1970. */
export interface Over {
  /** Recorded metrics that are computed from their sources. */
  readonly foreign: ReadonlyMap<string, readonly Recorded[]>;
  readonly start: number;
  readonly end: number;
  /** Seconds between two looks, if the user says. */
  readonly step: number | undefined;
  readonly signal: AbortSignal;
}

/** Parts of a query for the alerts that fired: each has few series. */
const POINTS = 10_000;

/** When an alert would have fired, and how that differs from when it did. */
export async function evaluate(prometheus: PrometheusApi, rule: TimedAlert, over: Over): Promise<AlertResult | Skipped> {
  const { alert, labels, holdSeconds, keepSeconds } = rule;
  const whole = inlined(rule.expr, over.foreign);
  if ('why' in whole) return { alert, why: `${whole.why}; that was not recorded all the time` };
  const range = alignedRange(over, rule.interval);
  try {
    const plan = planned(range, costOf(whole.expr, range.step, await seriesOf(prometheus, whole.expr)));
    if ('why' in plan) return { alert, why: plan.why };
    const conditions = await queried(prometheus, whole.expr, plan.parts, over.signal);
    const firings = simulate(conditions, { holdSeconds, keepSeconds, ...range }).map((firing) => ({
      ...firing,
      labels: { ...firing.labels, ...labels },
    }));
    const inForce = await firedBefore(prometheus, alert, range, over.signal);
    const remark = remarkOf(rule.expr, holdSeconds, range.step);
    return {
      ...{ alert, severity: labels['severity'] ?? '', wakes: wakes(labels), step: range.step, firings },
      ...compare(firings, inForce, holdSeconds + range.step),
      ...{ pages: wakingPages(firings, range.end), pagesInForce: wakingPages(inForce, range.end) },
      ...(remark === undefined ? {} : { remark }),
    };
  } catch (failure) {
    const refusal = /answers HTTP [45].*?"error":"((?:[^"\\]|\\.)*)/.exec(String(failure))?.[1];
    if (over.signal.aborted || refusal === undefined) throw failure;
    return { alert, why: `Prometheus answers: ${refusal.replaceAll('\\"', '"')}` };
  }
}

/** Alerts that fired, and are in no rule file any more. */
export async function removedAlerts(prometheus: PrometheusApi, known: ReadonlySet<string>, over: Over): Promise<readonly AlertResult[]> {
  const names = await ask(async () => prometheus.labelValues('alertname', new Date(over.start * 1000), 'ALERTS{alertstate="firing"}'));
  const range = alignedRange(over, 0);
  const results: AlertResult[] = [];
  for (const alert of names.filter((name) => !known.has(name))) {
    const gone = await firedBefore(prometheus, alert, range, over.signal);
    const severity = gone[0]?.labels['severity'] ?? '';
    const counts = { pages: 0, pagesInForce: wakingPages(gone, range.end) };
    results.push({ alert, severity, wakes: wakes(gone[0]?.labels ?? {}), step: range.step, firings: [], added: [], gone, ...counts });
  }
  return results;
}

/** Times that are multiples of the step: the same ones whenever it is run. */
function alignedRange({ start, end, step: asked }: Over, interval: number): TimeRange {
  const step = stepOf(interval, end - start, asked) || 15;
  return { start: Math.ceil(start / step) * step, end: Math.floor(end / step) * step, step };
}

async function firedBefore(prometheus: PrometheusApi, alert: string, range: TimeRange, signal: AbortSignal): Promise<readonly Firing[]> {
  const series = await queried(prometheus, `ALERTS{alertname="${alert}", alertstate="firing"}`, partsOf(range, POINTS), signal);
  return simulate(series, { holdSeconds: 0, keepSeconds: 0, ...range });
}

function wakingPages(firings: readonly Firing[], end: number): number {
  return pagesOf(
    firings.filter(({ labels }) => wakes(labels)),
    end,
  );
}

async function seriesOf(prometheus: PrometheusApi, expr: string): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  // What is gone now may have been there: the last hour counts.
  for (const { text } of selectorsOf(expr))
    counts.set(text, (await ask(async () => prometheus.query(`count(last_over_time(${text}[1h]))`)))[0]?.value ?? 1);
  return counts;
}

/** The values of an expression over all parts, one query after the other: the stack has other work to do. */
async function queried(
  prometheus: PrometheusApi,
  expr: string,
  parts: readonly TimeRange[],
  signal: AbortSignal,
): Promise<readonly RangeSeries[]> {
  const found = new Map<string, { readonly labels: RangeSeries['labels']; readonly times: number[] }>();
  for (const part of parts) {
    signal.throwIfAborted();
    for (const { labels, times } of await ask(async () => prometheus.range(expr, part))) {
      const key = JSON.stringify(Object.entries(labels).sort());
      const series = found.get(key) ?? { labels, times: [] };
      for (const at of times) series.times.push(at);
      found.set(key, series);
    }
  }
  return [...found.values()];
}

/** Turns "does not answer" into a problem; an answer that refuses a query stays as it is. */
export async function ask<T>(query: () => Promise<T>): Promise<T> {
  try {
    return await query();
  } catch (failure) {
    if (!(failure instanceof Error) || failure.message.includes('answers HTTP')) throw failure;
    throw stackFailure([error('Prometheus', `does not answer: ${failure.message}`, 'npm run status; npm run logs -- prometheus')]);
  }
}
