import { setMaxListeners } from 'node:events';
import { statfs } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AlertCheck } from '../../../scripts/doctor/blind.ts';
import type { Diagnosis } from '../../../scripts/doctor/diagnosis.ts';
import { misbehave } from '../../drills/apps.ts';
import { drillModules } from '../../drills/shared/registry.ts';
import type { DrillContext } from '../../drills/shared/drill.ts';
import { psql } from '../../support/databases.ts';
import { readEvents } from '../../week/shared/catalogue.ts';
import { eventually } from '../../support/e2e-stack.ts';
import { troubleFleet } from '../../support/fleet.ts';

/** Longer than the hold of all but the slowest warnings. */
const ORDINARY_SECONDS = 600;
/** Alerts about services whose image may be unavailable, by their service. */
const OF_SERVICES: Readonly<Record<string, string>> = { CadvisorDown: 'cadvisor', GrafanaDown: 'grafana' };

interface Labels {
  readonly alertname: string;
  /** The container's, where an alert is about one. */
  readonly name?: string;
  readonly instance?: string;
  readonly category?: string;
}

/** What fired although nothing was wrong, by the name of the alert, with the labels. */
async function firedInSilence({ stack, prefix }: DrillContext): Promise<readonly Labels[]> {
  // Since Prometheus runs: the start must not alarm anyone either.
  const query = encodeURIComponent('last_over_time(ALERTS{alertstate="firing"}[1h])');
  const { data } = await stack.json<{ data: { result: { metric: Labels }[] } }>('PROMETHEUS_PORT', `/api/v1/query?query=${query}`);
  const { alerts } = await stack.json<{ alerts: { labels: Labels }[] }>('HISTORY_PORT', '/api/v1/alerts');
  const fired = [...data.result.map(({ metric }) => metric), ...alerts.map(({ labels }) => labels)];
  if (!fired.some(({ alertname }) => alertname === 'Watchdog')) throw new Error('the Watchdog does not fire: nothing is evaluated');
  const { bavail, blocks } = await statfs('/');
  const isFull = bavail / blocks < 0.2;
  return fired.filter(({ alertname, name = prefix, instance, category }) => {
    // The module containers watches the whole engine, and what is wrong with other containers is right to fire.
    const isForeign = alertname.includes('Container') && !name.startsWith(prefix);
    // The same for this host, which may wait for updates or have open ports. The host of the drills is healthy.
    const isHost = category === 'security' && instance !== 'guarded';
    return alertname !== 'Watchdog' && !isForeign && !isHost && !(isFull && ['HighDiskUsage', 'StackVolumeFilling'].includes(alertname));
  });
}

/**
 * Lets ten minutes pass in which nothing is wrong and the events of the ordinary week happen that can happen here, then says of every alert that
 * Prometheus evaluates whether it stayed silent. What an event allows is not counted. Throws where an event cannot be brought about.
 */
export async function quietAlerts(
  context: DrillContext,
  signal: AbortSignal,
  note: (text: string) => void,
): Promise<ReadonlyMap<string, boolean>> {
  // Each wait of each event listens for its end.
  setMaxListeners(0, signal);
  const after = async (seconds: number): Promise<void> => sleep(seconds * 1000, undefined, { signal });
  const events = [...(await readEvents()).values()].filter(({ real }) => real !== undefined);
  await Promise.all([after(ORDINARY_SECONDS), ...events.map(async ({ real }) => real?.({ ...context, after }))]);
  for (const { title } of events) note(`  happened meanwhile: ${title}`);
  const allowed = new Set(events.flatMap(({ allowed: warnings = {}, informs = [] }) => [...Object.keys(warnings), ...informs]));
  const fired = (await firedInSilence(context)).filter(({ alertname }) => !allowed.has(alertname));
  for (const labels of fired) note(`  fired although nothing was wrong: ${JSON.stringify(labels)}`);
  interface Rules {
    readonly data: { readonly groups: readonly { readonly rules: readonly { readonly name: string }[] }[] };
  }
  const { data } = await context.stack.json<Rules>('PROMETHEUS_PORT', '/api/v1/rules?type=alert');
  const names = data.groups.flatMap(({ rules }) => rules.map(({ name }) => name));
  return new Map(names.map((name) => [name, !fired.some(({ alertname }) => alertname === name)]));
}

/**
 * Says of every alert that Prometheus evaluates whether it has the series that it needs; alerts about services that are not available here are
 * left out. What only exists once something went wrong is brought about for that, and ended.
 *
 * @param wanted the alerts to wait for
 */
export async function alertsWithSeries(context: DrillContext, wanted: ReadonlySet<string>): Promise<ReadonlyMap<string, boolean>> {
  const { stack, prefix } = context;
  // The metric of TestAlert is there only while the command runs, which fails where the alert does not arrive.
  const troubles = [...drillModules.values()].map(async ({ trouble }) => trouble?.(context));
  const [test] = await Promise.all([stack.run('test-alert'), troubleFleet(stack, prefix), ...troubles]);
  const services = await stack.services();
  const absent = new Set(Object.entries(OF_SERVICES).flatMap(([alert, service]) => (services.includes(service) ? [] : [alert])));
  let alerts: readonly AlertCheck[] = [];
  // Rates need two scrapes, and some figures come once a minute.
  await eventually('every alert can fire', 240, async () => {
    alerts = (JSON.parse((await stack.run('doctor', '--json')).stdout) as Diagnosis).alerts;
    return alerts.length > 0 && alerts.every(({ alert, blind }) => blind === undefined || absent.has(alert) || !wanted.has(alert));
  }).catch(() => undefined);
  await misbehave(context, 'errors', 0);
  const sleepers = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()";
  await psql(prefix, sleepers);
  return new Map([
    ...alerts.filter(({ alert }) => !absent.has(alert)).map(({ alert, blind }) => [alert, blind === undefined] as const),
    ['TestAlert', test.code === 0] as const,
  ]);
}
