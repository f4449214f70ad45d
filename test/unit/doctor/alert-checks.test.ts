import { expect, it } from 'vitest';
import type { PrometheusApi } from '../../../scripts/clients/prometheus.ts';
import { checkAlerts, type Known } from '../../../scripts/doctor/alert-checks-io.ts';

/** A Prometheus with one alert, in which the metrics of a list have a series. */
const prometheus = (query: string, metrics: readonly string[]): PrometheusApi =>
  ({
    rules: async () => [
      { name: 'Guesses', kind: 'alerting', query, labels: { severity: 'critical' }, health: 'ok', lastError: '', interval: 15 },
    ],
    query: async (expr: string) => (metrics.some((metric) => expr.includes(metric)) ? [{ labels: {}, value: 1 }] : []),
  }) as unknown as PrometheusApi;
const known: Known = {
  owners: () => [],
  collectorOff: () => undefined,
  without: (metric) => (metric === 'logins_total' ? 'there is no log' : undefined),
};

it('says of an alert that it cannot fire where its series are there but have nothing to read', async () => {
  expect(await checkAlerts(prometheus('increase(logins_total[5m]) > 3', ['logins_total']), known)).toEqual([
    { alert: 'Guesses', severity: 'critical', blind: { kind: 'nothing to read', why: 'logins_total is there, but there is no log' } },
  ]);
});

it.each([
  ['where it reads something else', 'updates > 0', ['updates'], undefined],
  ['where one of its conditions reads something else', 'logins_total > 0 or updates > 0', ['logins_total', 'updates'], undefined],
  ['where nothing is there', 'updates > 0', [], 'name missing'],
])('judges an alert %s', async (_, query, metrics, kind) => {
  const [found] = await checkAlerts(prometheus(query, metrics), known);
  expect(found?.blind?.kind).toBe(kind);
});
