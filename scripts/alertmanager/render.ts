import { HISTORY_RECEIVER, type AlertmanagerConfig, type Integration, type Receiver, type Route } from './config.ts';
import { CHANNEL_SECRETS } from '../settings/channels.ts';
import { SECRETS_MOUNT as MOUNT } from './secret-files.ts';
import { TWILIO_SECRET } from '../settings/twilio.ts';
import { throughTwilio } from './twilio.ts';
import { TEST_TIMES, withTestChannels } from './test-channels.ts';

export { HISTORY_RECEIVER } from './config.ts';
export type { AlertmanagerConfig, Receiver, Route } from './config.ts';

export interface RenderedAlertmanager {
  readonly config: AlertmanagerConfig;
  /** Files under `secrets/` that Alertmanager reads. */
  readonly secretFiles: readonly string[];
  /** Receivers without a set channel: their alerts go to the history only. */
  readonly fallenBack: readonly string[];
}

/**
 * Keeps what the settings have credentials for.
 * An integration stays when every secret file it names is set (email: SMTP_HOST and its addresses); a receiver without integrations is dropped,
 * and its routes lead to the history instead. Every leaf route gets a child for the test alert: the same receiver without the grouping delays of
 * real alerts. Every channel also gets its own receiver, for a test alert through just that channel.
 *
 * @param source the parsed `alertmanager.yml`, in which `shapeProblems` found nothing
 * @param configured keys of the secrets that have a value
 * @param channels plain settings of the channels
 * @param ownFiles files under `secrets/` of the user's own receivers
 */
export function renderAlertmanager(
  source: unknown,
  configured: ReadonlySet<string>,
  channels: Readonly<Record<string, string>>,
  ownFiles: ReadonlySet<string> = new Set(),
): RenderedAlertmanager {
  const given = structuredClone(source) as { readonly global?: Record<string, unknown> | null };
  // Alertmanager has defaults for all of it.
  let config = { ...given, global: given.global ?? {} } as AlertmanagerConfig;
  const files = new Set<string>(Object.entries(CHANNEL_SECRETS).flatMap(([key, { file }]) => (configured.has(key) ? [file] : [])));
  for (const file of ownFiles) files.add(file);
  if (configured.has(TWILIO_SECRET.key) && !configured.has('SMS_WEBHOOK_URL')) throughTwilio(config);
  renderSmtp(config, files, channels);
  config.receivers = config.receivers.map((receiver) => renderReceiver(receiver, files, channels));
  const fallenBack = config.receivers.filter((receiver) => integrationsOf(receiver).length === 0).map(({ name }) => name);
  config.receivers = config.receivers.filter(({ name }) => !fallenBack.includes(name));
  config.route = renderRoute(config.route, new Set(fallenBack));
  config = withTestChannels(config);
  const used = JSON.stringify(config);
  return { config, secretFiles: [...files].filter((file) => used.includes(`${MOUNT}${file}"`)), fallenBack };
}

/** Names of the integrations of a receiver, as Alertmanager's metrics name them: `webhook`, `slack`, … */
export function integrationsOf(receiver: Receiver): readonly string[] {
  return Object.entries(receiver).flatMap(([key, list]) =>
    key.endsWith('_configs') && Array.isArray(list) ? list.map(() => key.replace(/_configs$/, '')) : [],
  );
}

function renderSmtp({ global }: AlertmanagerConfig, files: Set<string>, channels: Readonly<Record<string, string>>): void {
  const host = channels['SMTP_HOST'] ?? '';
  if (host === '') {
    for (const key of Object.keys(global)) if (key.startsWith('smtp_')) delete global[key];
    files.delete(CHANNEL_SECRETS.SMTP_PASSWORD.file);
    return;
  }
  // An IPv6 address contains colons.
  global['smtp_smarthost'] = `${host.includes(':') ? `[${host}]` : host}:${channels['SMTP_PORT'] ?? '587'}`;
  global['smtp_from'] = channels['SMTP_FROM'];
  global['smtp_require_tls'] = channels['SMTP_REQUIRE_TLS'] !== 'false';
  if ((channels['SMTP_USER'] ?? '') !== '') global['smtp_auth_username'] = channels['SMTP_USER'];
  if (!files.has(CHANNEL_SECRETS.SMTP_PASSWORD.file)) delete global['smtp_auth_password_file'];
}

function renderReceiver(receiver: Receiver, files: ReadonlySet<string>, channels: Readonly<Record<string, string>>): Receiver {
  const kept = Object.entries(receiver).flatMap(([key, list]) => {
    if (!key.endsWith('_configs') || !Array.isArray(list)) return [[key, list]];
    const integrations = (list as Integration[]).flatMap((integration) => renderIntegration(key, integration, files, channels) ?? []);
    return integrations.length === 0 ? [] : [[key, integrations]];
  });
  return Object.fromEntries(kept) as Receiver;
}

function renderIntegration(
  kind: string,
  integration: Integration,
  files: ReadonlySet<string>,
  channels: Readonly<Record<string, string>>,
): Integration | undefined {
  if (secretsIn(integration).some((file) => !files.has(file))) return undefined;
  if (kind === 'email_configs') {
    // The checked-in address is the name of the setting that holds the real one.
    const to = channels[String(integration['to'])] ?? '';
    return to === '' || (channels['SMTP_HOST'] ?? '') === '' ? undefined : { ...integration, to };
  }
  if (kind === 'telegram_configs') {
    const chat = channels['TELEGRAM_CHAT_ID'] ?? '';
    return chat === '' ? undefined : { ...integration, chat_id: Number(chat) };
  }
  if (kind === 'slack_configs' && (channels['SLACK_CHANNEL'] ?? '') !== '') return { ...integration, channel: channels['SLACK_CHANNEL'] };
  return integration;
}

/** Secret files that a value names, at any depth: some are in an integration's `http_config`. */
function secretsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.startsWith(MOUNT) ? [value.slice(MOUNT.length)] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(secretsIn) : [];
}

const TEST_ROUTE: Route = { matchers: ['alertname="TestAlert"'], ...TEST_TIMES };

function renderRoute(route: Route, fallenBack: ReadonlySet<string>): Route {
  const fell = (child: Route): boolean => child.receiver !== undefined && fallenBack.has(child.receiver);
  // With `continue`, a fallen-back route would only notify the history twice. Without it, the route must still stop the alerts.
  const children = (route.routes ?? [])
    .filter((child) => !(fell(child) && child.continue === true))
    .map((child) => renderRoute(child, fallenBack));
  const receiver = fell(route) ? { receiver: HISTORY_RECEIVER } : {};
  return { ...route, ...receiver, routes: children.length > 0 ? children : [structuredClone(TEST_ROUTE)] };
}
