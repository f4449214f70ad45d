import { join } from 'node:path';
import { addressesOf } from '../settings/addresses.ts';
import { collectorOff, collectorsOf } from './contract-collectors.ts';
import { metricOwners } from '../rules/contract.ts';
import type { ChannelHealth, DeadmanHealth, Diagnosis } from './diagnosis.ts';
import { stackFailure } from '../base/failure.ts';
import { error } from '../base/problem.ts';
import { planSecrets } from '../settings/secrets.ts';
import type { Settings } from '../settings/settings.ts';
import { readTree } from '../base/files.ts';
import { prometheusApi, type PrometheusApi } from '../clients/prometheus.ts';
import { modules } from '../modules/index.ts';
import type { Readings } from '../modules/parts.ts';
import type { AnyModule } from '../modules/spec.ts';
import { checkAlerts } from './alert-checks-io.ts';

/** Examines a running stack: alerts that cannot fire here, channels that fail, and the dead-man's switch. Changes nothing. */
export async function examine(root: string, settings: Settings): Promise<Diagnosis> {
  const prometheus = prometheusApi(addressesOf(settings.plain).prometheus);
  // A channel may be set by its file alone, as `npm run configure` does.
  const { configured } = planSecrets(settings, await readTree(join(root, 'secrets'), '.'));
  const contracts = await readTree(join(root, 'test'), 'contracts').catch(() => new Map<string, string>());
  const owners = metricOwners(contracts);
  const collectors = collectorsOf(contracts);
  try {
    const running = new Map(
      await Promise.all(collectors.map(async ({ listedIn }) => [listedIn, await runningOf(prometheus, listedIn)] as const)),
    );
    const unread = await unreadable(prometheus);
    const known = {
      owners: (metric: string) => owners.get(metric) ?? [],
      collectorOff: (metric: string) => collectorOff(metric, collectors, running),
      without: (metric: string) => unread.find(({ metrics }) => metrics.test(metric))?.without,
    };
    const [alerts, channels, deadman] = await Promise.all([
      checkAlerts(prometheus, known),
      channelHealth(prometheus),
      deadmanHealth(prometheus, configured.has('DEADMAN_URL')),
    ]);
    return { alerts, channels, deadman };
  } catch (failure) {
    const why = failure instanceof Error ? failure.message : String(failure);
    throw stackFailure([error('Prometheus', `does not answer: ${why}`, 'npm run up')]);
  }
}

async function runningOf(prometheus: PrometheusApi, listedIn: string): Promise<ReadonlySet<string>> {
  return new Set((await prometheus.query(`count by (collector) (${listedIn})`)).map(({ labels }) => labels['collector'] ?? ''));
}

/** The readings of modules that have nothing to read here. */
async function unreadable(prometheus: PrometheusApi): Promise<readonly Readings[]> {
  const readings = modules.flatMap((module: AnyModule) => module.readings ?? []);
  const found = await Promise.all(readings.map(async ({ source }) => prometheus.query(source)));
  return readings.filter((_, index) => found[index]?.length === 0);
}

async function channelHealth(prometheus: PrometheusApi): Promise<readonly ChannelHealth[]> {
  const by = 'sum by (receiver_name, integration)';
  const [sent, failed] = await Promise.all([
    prometheus.query(`${by} (increase(alertmanager_notifications_total[1h]))`),
    prometheus.query(`${by} (increase(alertmanager_notifications_failed_total[1h]))`),
  ]);
  const nameOf = (labels: Readonly<Record<string, string>>): string =>
    `${labels['receiver_name'] ?? ''} ${labels['integration'] ?? ''}`.trim();
  const failures = new Map(failed.map(({ labels, value }) => [nameOf(labels), Math.round(value)]));
  return sent
    .map(({ labels, value }) => ({ channel: nameOf(labels), sent: Math.round(value), failed: failures.get(nameOf(labels)) ?? 0 }))
    .filter((channel) => channel.sent > 0 || channel.failed > 0)
    .sort((a, b) => (a.channel < b.channel ? -1 : 1));
}

async function deadmanHealth(prometheus: PrometheusApi, configured: boolean): Promise<DeadmanHealth> {
  const sum = (name: string): string => `sum(alertmanager_${name}{receiver_name="deadman"})`;
  // Summed: failures are counted by reason, deliveries are not.
  const successes = `${sum('notifications_total')} - (${sum('notifications_failed_total')} or vector(0))`;
  // The last step of the past hour within whose 30 s (three scrapes) the counter of delivered pings grew.
  const [last] = await prometheus.query(`time() - max_over_time((timestamp(changes((${successes})[30s:5s]) > 0))[1h:15s])`);
  return { configured, lastPingSeconds: last === undefined ? undefined : Math.max(0, last.value) };
}
