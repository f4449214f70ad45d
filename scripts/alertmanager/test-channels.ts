import { CHANNELS, TEST_CHANNEL_LABEL, testReceiver, type ChannelEntry } from './channel-catalog.ts';
import { CHANNEL_SECRETS } from '../settings/channels.ts';
import { SMS_URL } from './twilio.ts';
import { HISTORY_RECEIVER, type AlertmanagerConfig, type Integration, type Receiver, type Route } from './config.ts';

/** Sends a test alert without the grouping delays of real alerts. Grouping by nonce keeps two tests apart. */
export const TEST_TIMES: Route = {
  group_by: ['alertname', 'nonce'],
  group_wait: '0s',
  group_interval: '5s',
  repeat_interval: '1h',
};

/**
 * Gives every configured channel its own receiver, reached only by a test alert with the label of that channel. The history gets it too.
 * Does not change the given configuration.
 *
 * @param config the rendered configuration, with its credentials
 */
export function withTestChannels(config: AlertmanagerConfig): AlertmanagerConfig {
  const receivers = CHANNELS.flatMap((channel) => receiverOf(channel, config.receivers) ?? []);
  const routes = receivers.map(({ name }): Route => ({
    receiver: name,
    matchers: ['alertname="TestAlert"', `${TEST_CHANNEL_LABEL}="${name.slice(testReceiver('').length)}"`],
    ...TEST_TIMES,
  }));
  const present = config.route.routes ?? [];
  // After the history, which stores every alert and continues.
  const behind = present.findLastIndex((route) => route.receiver === HISTORY_RECEIVER && route.continue === true) + 1;
  return {
    ...config,
    route: { ...config.route, routes: [...present.slice(0, behind), ...routes, ...present.slice(behind)] },
    receivers: [...config.receivers, ...receivers],
  };
}

/** The channel's integrations of all receivers, each once: email has several, for its several addresses. */
function receiverOf(channel: ChannelEntry, receivers: readonly Receiver[]): Receiver | undefined {
  const found = new Map<string, readonly [kind: `${string}_configs`, integration: Integration]>();
  for (const receiver of receivers) {
    for (const [kind, list] of Object.entries(receiver)) {
      if (!isKind(kind) || !Array.isArray(list)) continue;
      for (const integration of list as Integration[]) {
        const identity = identityOf(channel, kind, integration);
        if (identity !== undefined && !found.has(identity)) found.set(identity, [kind, integration]);
      }
    }
  }
  if (found.size === 0) return undefined;
  const result: Receiver = { name: testReceiver(channel.name) };
  for (const [kind, integration] of found.values()) result[kind] = [...(result[kind] ?? []), structuredClone(integration)];
  return result;
}

/** What distinguishes the integrations of one channel; undefined if the integration belongs to another channel. */
function identityOf(channel: ChannelEntry, kind: string, integration: Integration): string | undefined {
  if (kind === 'email_configs') return channel.name === 'email' ? String(integration['to']) : undefined;
  if (integration['url'] === SMS_URL) return channel.name === 'twilio' ? SMS_URL : undefined;
  const values = Object.values(integration);
  const file = Object.entries(CHANNEL_SECRETS).find(
    ([key, secret]) => channel.fields.some((field) => field.key === key) && values.includes(`/run/secrets/${secret.file}`),
  )?.[1].file;
  return file === undefined ? undefined : `${kind} ${file}`;
}

function isKind(key: string): key is `${string}_configs` {
  return key.endsWith('_configs');
}
