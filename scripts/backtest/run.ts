import { inputFailure, stackFailure } from '../base/failure.ts';
import { error } from '../base/problem.ts';
import type { Report } from '../base/report.ts';
import { prometheusApi, type PrometheusApi } from '../clients/prometheus.ts';
import { didYouMean } from '../alertmanager/shape.ts';
import { selectorsOf, selectsNothing } from '../rules/selectors.ts';
import type { TimedAlert } from '../rules/recorded.ts';
import { addressesOf } from '../settings/addresses.ts';
import type { PlainSettings } from '../settings/table.ts';
import { ask, evaluate, removedAlerts } from './evaluate-io.ts';
import type { AlertResult, Backtest, Skipped } from './result.ts';
import { rulesOnDisk, type DiskRules } from './rules-io.ts';

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
  const over = { foreign: rules.foreign, start, end, step: asked.step, signal };
  const alerts: AlertResult[] = [];
  const skipped: Skipped[] = [];
  await report.step('rules evaluated over the stored history', async (detail) => {
    for (const [index, rule] of chosen.entries()) {
      signal.throwIfAborted();
      detail(`${index + 1} of ${chosen.length}, ${rule.alert}`);
      const result = await evaluate(prometheus, rule, over);
      if ('why' in result) skipped.push(result);
      else alerts.push(result);
    }
    if (asked.alerts.length === 0) alerts.push(...(await removedAlerts(prometheus, new Set(rules.alerts.map(({ alert }) => alert)), over)));
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
