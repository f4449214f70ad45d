import { explainBlindness, nothingToRead, type AlertCheck, type Blindness, type SelectorFacts } from './blind.ts';
import { neutralised } from '../rules/neutralised.ts';
import { selectorsOf, type Selector } from '../rules/selectors.ts';
import type { LoadedRule, PrometheusApi } from '../clients/prometheus.ts';

/** Queries that run side by side: Prometheus itself allows 20. */
const AT_ONCE = 8;

/** What the exporters' contracts and the modules know of a metric's name. */
export interface Known {
  readonly owners: (metric: string) => readonly string[];
  readonly collectorOff: (metric: string) => string | undefined;
  /** What it cannot be read from. */
  readonly without: (metric: string) => string | undefined;
}

/** Checks every loaded alert of a running Prometheus: does its condition have series, so that it can fire? */
export async function checkAlerts(prometheus: PrometheusApi, known: Known): Promise<readonly AlertCheck[]> {
  // Fires only while `npm run test-alert` provides its metric.
  const rules = (await prometheus.rules()).filter(({ kind, name }) => kind === 'alerting' && name !== 'TestAlert');
  const checks: AlertCheck[] = [];
  const next = rules.values();
  const work = async (): Promise<void> => {
    for (const rule of next) checks.push(await checkAlert(prometheus, rule, known));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return checks.sort((a, b) => (a.alert < b.alert ? -1 : 1));
}

async function checkAlert(prometheus: PrometheusApi, { name, query, labels }: LoadedRule, known: Known) {
  return { alert: name, severity: labels['severity'] ?? '', blind: await blindness(prometheus, query, known) };
}

async function blindness(prometheus: PrometheusApi, expr: string, known: Known): Promise<Blindness | undefined> {
  let unread: Blindness | undefined;
  for (const alternative of neutralised(expr)) {
    if ((await count(prometheus, alternative)) === 0) continue;
    const nothing = nothingToRead(alternative, known.without);
    if (nothing === undefined) return undefined;
    unread = nothing;
  }
  if (unread !== undefined) return unread;
  return explainBlindness(
    await Promise.all(selectorsOf(expr).map(async (selector) => factsOf(prometheus, selector))),
    known.owners,
    known.collectorOff,
  );
}

async function factsOf(prometheus: PrometheusApi, selector: Selector): Promise<SelectorFacts> {
  const metric = selector.metric === '' ? selector.text : selector.metric;
  const labels = [...new Set(selector.matchers.map(({ label }) => label))];
  const [named, selected, ...values] = await Promise.all([
    count(prometheus, metric),
    count(prometheus, selector.text),
    ...labels.map(async (label) => (await prometheus.query(`count by (${label}) (${metric})`)).map((sample) => sample.labels[label] ?? '')),
  ]);
  return { selector, named, selected, values: new Map(labels.map((label, index) => [label, values[index] ?? []])) };
}

async function count(prometheus: PrometheusApi, expr: string): Promise<number> {
  return (await prometheus.query(`count(${expr})`))[0]?.value ?? 0;
}
