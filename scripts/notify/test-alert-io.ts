import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Outcome } from './show.ts';
import { interruption } from '../base/command.ts';
import { CHANNELS } from '../alertmanager/channel-catalog.ts';
import { addressesOf, type Addresses } from '../settings/addresses.ts';
import { deliveryAdvice } from './delivery-advice.ts';
import { amtoolPair, channelsOf, deliveriesFrom, testableChannels, ttlSeconds } from './deliveries.ts';
import type { Channel, Delivery } from './deliveries.ts';
import { inputFailure, stackFailure } from '../base/failure.ts';
import { error, type Problem } from '../base/problem.ts';
import { HISTORY_RECEIVER, type AlertmanagerConfig } from '../alertmanager/render.ts';
import type { PlainSettings } from '../settings/table.ts';
import { alertmanagerApi, type HeldAlert } from '../clients/alertmanager.ts';
import { compose } from '../engine/compose.ts';
import { readIfThere } from '../base/files.ts';
import { historyApi } from '../clients/history.ts';
import { prometheusApi } from '../clients/prometheus.ts';
import { logSince, stackState } from '../engine/stack-state.ts';
import type { Workspace } from '../engine/workspace.ts';

const POLL_MS = 250;
const CONFIG = '.effective/alertmanager/alertmanager.yml';

/** Throws if no channel has this name, or if the running configuration lacks it. */
export async function requireChannel(root: string, channel: string): Promise<void> {
  const known = CHANNELS.map(({ name }) => name);
  if (!known.includes(channel))
    throw inputFailure([error('arguments', `--channel ${channel} is not a channel`, `One of ${known.join(', ')}.`)]);
  const testable = testableChannels(await effectiveConfig(root));
  if (testable.includes(channel)) return;
  const set = testable.length === 0 ? 'no channel is' : `${testable.join(', ')} ${testable.length === 1 ? 'is' : 'are'}`;
  throw stackFailure([
    error(`channel ${channel}`, `is not set up in the running stack; ${set}`, 'npm run configure sets it up; npm run up applies it.'),
  ]);
}

/** The channels that an alert with these labels would reach, as amtool reads the running configuration. Nothing is sent. */
export async function routeTestAlert({ root, exec }: Workspace, labels: Readonly<Record<string, string>>): Promise<readonly Channel[]> {
  const pairs = Object.entries({ alertname: 'TestAlert', ...labels }).map(([name, value]) => amtoolPair(name, value));
  const command = [
    'exec',
    '-T',
    'alertmanager',
    '/bin/amtool',
    'config',
    'routes',
    'test',
    '--config.file=/etc/alertmanager/alertmanager.yml',
    ...pairs,
  ];
  const { code, stdout, stderr } = await compose(exec, root, command, { timeoutMs: 30_000 });
  if (code !== 0) throw stackFailure([error('amtool config routes test', stderr.trim(), 'npm run status')]);
  return channelsOf(await effectiveConfig(root), stdout.trim().split(','));
}

/** Sends a test alert end to end, waits for every delivery, ends it, and waits for the resolved notifications. */
export async function deliverTestAlert(
  place: Workspace,
  settings: PlainSettings,
  { labels, nonce, withinMs }: { readonly labels: Readonly<Record<string, string>>; readonly nonce: string; readonly withinMs: number },
): Promise<Outcome> {
  const { root, report, signal } = place;
  const at = addressesOf(settings);
  const history = historyApi(at.history);
  const config = await effectiveConfig(root);
  const waiting = { signal, withinMs };
  interruption.state = 'The test alert is being ended.';
  const sentAt = Date.now();
  await reach('history', 'service history', async () => history.raiseTestAlert(labels, ttlSeconds(withinMs)));
  try {
    const held = await travel(place, at, nonce, waiting);
    const channels = channelsOf(
      config,
      held.receivers.map(({ name }) => name),
    );
    const look = async (endedAt?: number): Promise<readonly Delivery[]> =>
      deliveriesFrom(await alertmanagerLog(place, settings, sentAt), nonce, channels, endedAt);
    const arrived = await report.step('delivered', async (detail) => {
      const result = await until(
        async () => look(),
        (all) => all.every(isReached),
        waiting,
      );
      detail(`${result.filter(isReached).length} of ${result.length}`);
      return result;
    });
    const problems: Problem[] = arrived.filter((delivery) => !isReached(delivery)).map(notReached);
    problems.push(...(await report.step('found in the history', async () => inHistory(history, nonce, 'firing', waiting))));
    await history.endTestAlert(nonce);
    const endedAt = Date.now();
    const isOpen = (delivery: Delivery): boolean => isReached(delivery) && delivery.sendsResolved && delivery.resolvedAt === undefined;
    const resolved = await report.step('resolved notices sent', async (detail) => {
      const result = await until(
        async () => look(endedAt),
        (all) => !all.some(isOpen),
        waiting,
      );
      detail(`${result.filter(({ resolvedAt }) => resolvedAt !== undefined).length}`);
      return result;
    });
    problems.push(...(await inHistory(history, nonce, 'resolved', waiting)));
    problems.push(
      ...resolved
        .filter(isOpen)
        .map(({ receiver, integration }) =>
          error(`receiver ${receiver}`, `${integration} got no resolved notification`, 'npm run logs -- alertmanager'),
        ),
    );
    return { nonce, sentAt, deliveries: resolved, problems };
  } finally {
    await history.endTestAlert(nonce).catch(() => undefined);
  }
}

interface Waiting {
  readonly signal: AbortSignal;
  readonly withinMs: number;
}

/** Follows the alert from the metric through Prometheus into Alertmanager. The first stage that it misses is the problem. */
async function travel({ report }: Workspace, at: Addresses, nonce: string, waiting: Waiting): Promise<HeldAlert> {
  const prometheus = prometheusApi(at.prometheus);
  const alertmanager = alertmanagerApi(at.alertmanager);
  await report.step('metric scraped by Prometheus', async () => {
    const found = await until(
      async () => reach('prometheus', 'service prometheus', async () => prometheus.query(`pharos_test_alert{nonce="${nonce}"}`)),
      (samples) => samples.length > 0,
      waiting,
    );
    if (found.length === 0)
      throw stackFailure([error('Prometheus', 'does not scrape the history service', `See its targets: ${at.prometheus}/targets`)]);
  });
  await report.step('alert firing', async () => {
    const found = await until(
      async () => (await prometheus.alerts()).filter((alert) => alert.labels['nonce'] === nonce && alert.state === 'firing'),
      (alerts) => alerts.length > 0,
      waiting,
    );
    if (found.length === 0)
      throw stackFailure([
        error('Prometheus', 'has the metric, but the rule TestAlert does not fire', 'Is it in prometheus/rules/stack.yml? npm run reload'),
      ]);
  });
  return report.step('received by Alertmanager', async (detail) => {
    const find = async (): Promise<HeldAlert | undefined> =>
      (await reach('alertmanager', 'service alertmanager', async () => alertmanager.alerts())).find(
        ({ labels }) => labels['nonce'] === nonce,
      );
    const held = await until(find, (alert) => alert !== undefined, waiting);
    if (held === undefined)
      throw stackFailure([error('Alertmanager', 'does not get the alert from Prometheus', 'npm run logs -- prometheus alertmanager')]);
    const [silence] = held.status.silencedBy;
    if (silence !== undefined)
      throw stackFailure([
        error(
          'Alertmanager',
          `the test alert is silenced by ${silence} until ${await alertmanager.silenceEnd(silence)}`,
          `End the silence: ${at.alertmanager}/#/silences/${silence}`,
        ),
      ]);
    if (held.status.inhibitedBy.length > 0)
      throw stackFailure([
        error(
          'Alertmanager',
          `the test alert is inhibited by ${held.status.inhibitedBy.join(', ')}`,
          'See inhibit_rules in alertmanager/alertmanager.yml.',
        ),
      ]);
    detail(`routed to ${receiversOf(held).join(', ')}`);
    return held;
  });
}

/** Names of the receivers that Alertmanager selected, deduplicated: two routes may share one. */
function receiversOf({ receivers }: HeldAlert): readonly string[] {
  return [...new Set(receivers.map(({ name }) => name))];
}

async function inHistory(
  history: ReturnType<typeof historyApi>,
  nonce: string,
  status: string,
  waiting: Waiting,
): Promise<readonly Problem[]> {
  const rows = await until(
    async () => history.find('nonce', nonce),
    (found) => found.some((row) => row.status === status),
    waiting,
  );
  if (rows.some((row) => row.status === status)) return [];
  return [
    error(
      `receiver ${HISTORY_RECEIVER}`,
      rows.length === 0 ? 'accepted the alert but does not list it' : `does not show the alert as ${status}`,
      'npm run logs -- history',
    ),
  ];
}

function notReached({ receiver, integration, error: why }: Delivery): Problem {
  return error(
    `receiver ${receiver}`,
    `${integration} was not reached${why === undefined ? ' in time' : `: ${why}`}`,
    deliveryAdvice(integration, why),
  );
}

const isReached = ({ deliveredAt }: Delivery): boolean => deliveredAt !== undefined;

async function effectiveConfig(root: string): Promise<AlertmanagerConfig> {
  const text = await readIfThere(join(root, CONFIG));
  if (text === undefined) throw stackFailure([error('the stack', 'has not been started yet', 'npm run up')]);
  return parse(text) as AlertmanagerConfig;
}

async function alertmanagerLog({ docker }: Workspace, settings: PlainSettings, sinceMs: number): Promise<string> {
  const container = (await stackState(docker, settings.COMPOSE_PROJECT_NAME)).find(({ service }) => service === 'alertmanager');
  return container === undefined ? '' : logSince(docker, container.id, sinceMs);
}

/** Polls until the answer is the expected one or the time is over; returns the last answer. */
async function until<T>(ask: () => Promise<T>, enough: (value: T) => boolean, { signal, withinMs }: Waiting): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const value = await ask();
    if (enough(value) || Date.now() > deadline) return value;
    await sleep(POLL_MS, undefined, { signal });
  }
}

/** Turns "does not answer" into a problem of that service. */
async function reach<T>(service: string, place: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (failure) {
    throw stackFailure([
      error(
        place,
        `does not answer: ${failure instanceof Error ? failure.message : String(failure)}`,
        `npm run status; npm run logs -- ${service}`,
      ),
    ]);
  }
}
