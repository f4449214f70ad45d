import { TEST_CHANNEL_LABEL, testReceiver } from '../alertmanager/channel-catalog.ts';
import { CATEGORIES, SEVERITIES } from '../rules/labels.ts';
import { withoutSecrets } from './delivery-advice.ts';
import { integrationsOf, type AlertmanagerConfig } from '../alertmanager/render.ts';

/** One delivery channel of an alert: an integration of a receiver, numbered as Alertmanager logs it (`slack[0]`). */
export interface Channel {
  readonly receiver: string;
  readonly integration: string;
  /** Whether resolved notifications are sent too. */
  readonly sendsResolved: boolean;
}

/** What Alertmanager logged about one channel. Times are milliseconds since the epoch. */
export interface Delivery extends Channel {
  /** When the alert was first delivered; undefined if it was not. */
  readonly deliveredAt: number | undefined;
  /** When the resolved notification was delivered. */
  readonly resolvedAt: number | undefined;
  /** The last error of a failed attempt. */
  readonly error: string | undefined;
}

/** The channels of some receivers. */
export function channelsOf(config: AlertmanagerConfig, receivers: readonly string[]): readonly Channel[] {
  return config.receivers
    .filter(({ name }) => receivers.includes(name))
    .flatMap((receiver) => {
      const counts = new Map<string, number>();
      const flags = Object.entries(receiver).flatMap(([key, list]) =>
        key.endsWith('_configs') && Array.isArray(list) ? (list as readonly Readonly<Record<string, unknown>>[]) : [],
      );
      return integrationsOf(receiver).map((kind, index) => {
        const number = counts.get(kind) ?? 0;
        counts.set(kind, number + 1);
        return { receiver: receiver.name, integration: `${kind}[${number}]`, sendsResolved: flags[index]?.['send_resolved'] !== false };
      });
    });
}

/** Names of the channels that can be tested individually in a rendered configuration. */
export function testableChannels(config: AlertmanagerConfig): readonly string[] {
  const prefix = testReceiver('');
  return config.receivers.flatMap(({ name }) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : []));
}

/**
 * Reads each channel's delivery from Alertmanager's log (logfmt, level debug): lines of the groups with the nonce.
 *
 * @param endedAt when the alert was ended: later deliveries are resolved notifications
 */
export function deliveriesFrom(
  log: string,
  nonce: string,
  channels: readonly Channel[],
  endedAt = Number.POSITIVE_INFINITY,
): readonly Delivery[] {
  const lines = log
    .split('\n')
    .filter((line) => line.includes(`nonce=\\"${nonce}\\"`))
    .map(parseLogfmt);
  return channels.map((channel) => {
    const own = lines.filter((line) => line['receiver'] === channel.receiver && line['integration'] === channel.integration);
    const times = own.filter((line) => line['msg'] === 'Notify success').map((line) => Date.parse(line['time'] ?? ''));
    const attempted = own.filter((line) => line['err'] !== undefined).at(-1)?.['err'];
    const failed = lines.map((line) => givenUp(line, channel)).findLast((why) => why !== undefined) ?? attempted;
    return {
      ...channel,
      deliveredAt: times.find((time) => time <= endedAt),
      resolvedAt: times.find((time) => time > endedAt),
      error: failed === undefined ? undefined : withoutSecrets(failed),
    };
  });
}

/** Why Alertmanager gave up on a channel. It logs this once per receiver, after the last channel was sent or given up. */
function givenUp({ msg, err }: Readonly<Record<string, string>>, { receiver, integration }: Channel): string | undefined {
  if (msg !== 'Notify for alerts failed' || err === undefined) return undefined;
  const start = `${receiver}/${integration}: `;
  const own = err.split(/(?:\\n|\n)+(?=[^\s/]+\/\w+\[\d+\]: )/).find((part) => part.startsWith(start));
  return own?.slice(start.length).replace(/^notify retry canceled (due to unrecoverable error )?after \d+ attempts: /, '');
}

/** The fields of one logfmt line. */
export function parseLogfmt(line: string): Readonly<Record<string, string>> {
  const fields = [...line.matchAll(/([\w.]+)=(?:"((?:[^"\\]|\\.)*)"|(\S*))/g)];
  return Object.fromEntries(
    fields.map(([, key = '', quoted, bare]) => [key, quoted === undefined ? (bare ?? '') : quoted.replace(/\\(["\\])/g, '$1')]),
  );
}

/** The labels of a test alert from the command's options, or what is wrong with them. */
export function testLabels(
  severity: string,
  category: string,
  extra: readonly string[],
  nonce: string,
): { readonly labels: Readonly<Record<string, string>> } | { readonly wrong: string; readonly fix: string } {
  if (!SEVERITIES.includes(severity)) return { wrong: `--severity ${severity} is not a severity`, fix: `One of ${SEVERITIES.join(', ')}.` };
  if (!CATEGORIES.includes(category)) return { wrong: `--category ${category} is not a category`, fix: `One of ${CATEGORIES.join(', ')}.` };
  const labels: Record<string, string> = {};
  for (const pair of extra) {
    const [, name, value] = /^([a-zA-Z_]\w*)=(.+)$/.exec(pair) ?? [];
    if (name === undefined || value === undefined || name.startsWith('__'))
      return { wrong: `--label ${pair} is not a label`, fix: '--label name=value' };
    if (FIXED.has(name))
      return {
        wrong: `--label ${name} cannot be set`,
        fix:
          name === 'severity' || name === 'category'
            ? `--${name} ${value}`
            : name === TEST_CHANNEL_LABEL
              ? `--channel ${value}`
              : 'It is set by Prometheus or by this command.',
      };
    // The history service rejects longer ones.
    if (value.length > LONGEST_VALUE)
      return { wrong: `--label ${name} is ${value.length} characters long`, fix: `At most ${LONGEST_VALUE} characters.` };
    labels[name] = value;
  }
  return { labels: { ...labels, severity, category, nonce } };
}

/** Seconds that a test alert fires unless it is ended: enough for its four waits, but within the history service's limit. */
export function ttlSeconds(withinMs: number): number {
  return Math.min(Math.ceil(withinMs / 1000) * 4, 600);
}

const LONGEST_VALUE = 200;

/** A label as `amtool config routes test` reads it: quoted, because it interprets braces, quotes and commas. */
export function amtoolPair(name: string, value: string): string {
  return `${name}="${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

const FIXED = new Set(['alertname', 'severity', 'category', 'nonce', 'job', 'instance', 'cluster', TEST_CHANNEL_LABEL]);
