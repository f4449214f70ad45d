import { inputFailure, stackFailure } from '../base/failure.ts';
import { error } from '../base/problem.ts';
import type { Report } from '../base/report.ts';
import { prometheusApi, type PrometheusApi, type RangeSeries, type TimeRange } from '../clients/prometheus.ts';
import { didYouMean } from '../alertmanager/shape.ts';
import { inlined } from '../rules/inline.ts';
import { selectorsOf, selectsNothing } from '../rules/selectors.ts';
import type { TimedAlert } from '../rules/recorded.ts';
import { addressesOf } from '../settings/addresses.ts';
import type { PlainSettings } from '../settings/table.ts';
import { compare } from './compare.ts';
import { costOf, planned, remarkOf, stepOf } from './plan.ts';
import { wakes, type AlertResult, type Backtest, type Skipped } from './result.ts';
import { rulesOnDisk, type DiskRules } from './rules-io.ts';
import { pagesOf, simulate } from './simulate.ts';

/** What is asked for. */
export interface Asked {
  readonly root: string;
  readonly settings: PlainSettings;
  readonly days: number;
  /** Seconds between two looks, if the user says. */
  readonly step: number | undefined;
  /** None for all. */
  readonly alerts: readonly string[];
}

/** Evaluates the rules on disk over what Prometheus has stored. Throws a `Failure` if a rule has a mistake, or an alert is not known. */
export async function backtest(asked: Asked, report: Report, signal: AbortSignal): Promise<Backtest> {
  const prometheus = prometheusApi(addressesOf(asked.settings).prometheus);
  const end = Math.floor(Date.now() / 1000);
  const askedStart = end - Math.round(asked.days * 86_400);
  const rules = await rulesOnDisk(asked.root, asked.settings, askedStart);
  const chosen = chosenAlerts(rules, asked.alerts);
  const start = await report.step('the oldest data found', async () => oldest(prometheus, askedStart, end));
  const alerts: AlertResult[] = [];
  const skipped: Skipped[] = [];
  await report.step('rules evaluated over the stored history', async (detail) => {
    for (const [index, rule] of chosen.entries()) {
      signal.throwIfAborted();
      detail(`${index + 1} of ${chosen.length}, ${rule.alert}`);
      const result = await evaluate(prometheus, rule, { rules, start, end, asked, signal });
      if ('why' in result) skipped.push(result);
      else alerts.push(result);
    }
    detail(`${chosen.length} alerts`);
  });
  const read = new Set(chosen.flatMap(({ expr }) => selectorsOf(expr).map(({ metric }) => metric)));
  const computed = [...rules.foreign.keys()].filter((name) => read.has(name));
  return { start, end, askedStart: start > askedStart ? askedStart : undefined, alerts, skipped, computed };
}

function chosenAlerts({ alerts }: DiskRules, names: readonly string[]): readonly TimedAlert[] {
  // What reads no series fires always or never.
  if (names.length === 0) return alerts.filter(({ expr }) => !selectsNothing(expr));
  const known = [...new Set(alerts.map(({ alert }) => alert))];
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw inputFailure(
      unknown.map((name) =>
        error('arguments', `${name} is not an alert of the modules that are on`, didYouMean(name, known) ?? 'See prometheus/rules/.'),
      ),
    );
  return alerts.filter(({ alert }) => names.includes(alert));
}

/** The oldest time with data, to a thousandth of the range. */
async function oldest(prometheus: PrometheusApi, start: number, end: number): Promise<number> {
  const step = Math.max(15, Math.floor((end - start) / 1000));
  const [up] = await ask(async () => prometheus.range('count(up)', { start, end, step }));
  const [first] = up?.times ?? [];
  if (first === undefined)
    throw stackFailure([error('Prometheus', 'has stored nothing in this time', 'Let it run for a while, or raise --days.')]);
  return first;
}

interface Over {
  readonly rules: DiskRules;
  readonly start: number;
  readonly end: number;
  readonly asked: Asked;
  readonly signal: AbortSignal;
}

async function evaluate(prometheus: PrometheusApi, rule: TimedAlert, over: Over): Promise<AlertResult | Skipped> {
  const { alert, labels, holdSeconds, keepSeconds } = rule;
  const whole = inlined(rule.expr, over.rules.foreign);
  if ('why' in whole) return { alert, why: `${whole.why}; that was not recorded all the time` };
  const step = stepOf(rule.interval, over.end - over.start, over.asked.step);
  // Aligned, as evaluations are: the same times whenever it is run.
  const range = { start: Math.ceil(over.start / step) * step, end: Math.floor(over.end / step) * step, step };
  const series = await seriesOf(prometheus, whole.expr);
  const plan = planned(range, costOf(whole.expr, step, series));
  if ('why' in plan) return { alert, why: plan.why };
  const matching = `alertname="${alert}", alertstate="firing"`;
  try {
    const conditions = await queried(prometheus, whole.expr, plan.parts, over.signal);
    const fired = await queried(prometheus, `ALERTS{${matching}}`, plan.parts, over.signal);
    const firings = simulate(conditions, { holdSeconds, keepSeconds, step, end: range.end }).map((firing) => ({
      ...firing,
      labels: { ...firing.labels, ...labels },
    }));
    const inForce = simulate(fired, { holdSeconds: 0, keepSeconds: 0, step, end: range.end });
    const remark = remarkOf(rule.expr, holdSeconds, step);
    return {
      ...{ alert, severity: labels['severity'] ?? '', wakes: wakes(labels), step, firings },
      ...compare(firings, inForce, holdSeconds + step),
      pages: pagesOf(
        firings.filter((firing) => wakes(firing.labels)),
        range.end,
      ),
      pagesInForce: pagesOf(
        inForce.filter((firing) => wakes(firing.labels)),
        range.end,
      ),
      ...(remark === undefined ? {} : { remark }),
    };
  } catch (failure) {
    if (over.signal.aborted || !/HTTP 4|HTTP 5/.test(String(failure))) throw failure;
    return {
      alert,
      why: `Prometheus answers ${/"error":"((?:[^"\\]|\\.)*)/.exec(String(failure))?.[1]?.replaceAll('\\"', '"') ?? String(failure)}`,
    };
  }
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
async function ask<T>(query: () => Promise<T>): Promise<T> {
  try {
    return await query();
  } catch (failure) {
    if (!(failure instanceof Error) || failure.message.includes('answers HTTP')) throw failure;
    throw stackFailure([error('Prometheus', `does not answer: ${failure.message}`, 'npm run status; npm run logs -- prometheus')]);
  }
}
