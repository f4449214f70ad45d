import * as kind from './setting-kinds.ts';
import type { Kind } from './setting-kinds.ts';
import type { Setting } from './settings-table.ts';

/** A secret of a channel: `.env` key, file under `secrets/`, shape. */
interface ChannelSecret {
  readonly file: string;
  readonly shape: Kind<string>;
}

function matching(pattern: RegExp, wrong: string, fix: string): Kind<string> {
  return (value) => (pattern.test(value) ? { value } : { wrong, fix });
}

const webhook = (start: string, name: string): Kind<string> =>
  matching(new RegExp(`^${start}`), `is not ${name}`, `It starts with ${start.replaceAll('\\', '')}`);
const anyUrl = matching(/^https?:\/\/\S+$/, 'is not a URL', 'An address that starts with https:// or http://.');
const anything = matching(/\S/, 'is empty', 'Write the secret, or remove the line.');

/** Secrets of the notification channels, by `.env` key. A channel is on when its secret is set. */
export const CHANNEL_SECRETS = {
  SLACK_WEBHOOK_URL: { file: 'slack_webhook_url', shape: webhook('https?://', 'a webhook address') },
  PAGERDUTY_ROUTING_KEY: {
    file: 'pagerduty_routing_key',
    shape: matching(
      /^[A-Za-z0-9]{32}$/,
      'is not an Events API v2 routing key',
      'The integration key of the service: 32 letters and digits.',
    ),
  },
  SMTP_PASSWORD: { file: 'smtp_password', shape: anything },
  WEBHOOK_URL: { file: 'webhook_url', shape: anyUrl },
  SMS_WEBHOOK_URL: { file: 'sms_webhook_url', shape: anyUrl },
  NTFY_URL: { file: 'ntfy_url', shape: anyUrl },
  APPWRITE_FUNCTION_URL: { file: 'appwrite_function_url', shape: anyUrl },
  TELEGRAM_BOT_TOKEN: {
    file: 'telegram_bot_token',
    shape: matching(/^\d+:[\w-]{30,}$/, 'is not a bot token', 'As BotFather gives it: 123456789:AA…'),
  },
  DISCORD_WEBHOOK_URL: { file: 'discord_webhook_url', shape: webhook('https?://', 'a webhook address') },
  TEAMS_WEBHOOK_URL: { file: 'teams_webhook_url', shape: webhook('https?://', 'a workflow address') },
  OPSGENIE_API_KEY: { file: 'opsgenie_api_key', shape: anything },
  DEADMAN_URL: { file: 'deadman_url', shape: anyUrl },
} as const satisfies Readonly<Record<string, ChannelSecret>>;

export type ChannelSecretKey = keyof typeof CHANNEL_SECRETS;

const address = /^[^\s@,<>]+@[^\s@,<>]+$/;
const addresses: Kind<string> = (value) => {
  const wrong = value
    .split(',')
    .map((part) => part.trim())
    .find((part) => part !== '' && !address.test(part));
  return wrong === undefined
    ? { value }
    : { wrong: `"${wrong}" is not an email address`, fix: 'Addresses as in oncall@example.com, comma-separated.' };
};

/** Plain settings of the channels. */
export const CHANNEL_SETTINGS = {
  SMTP_HOST: { kind: kind.optional(kind.host), fallback: '' },
  SMTP_PORT: { kind: kind.port, fallback: '587' },
  SMTP_USER: { kind: kind.text, fallback: '' },
  SMTP_FROM: { kind: addresses, fallback: '' },
  SMTP_REQUIRE_TLS: { kind: kind.oneOf('true', 'false'), fallback: 'true' },
  EMAIL_CRITICAL: { kind: addresses, fallback: '' },
  EMAIL_WARNING: { kind: addresses, fallback: '' },
  EMAIL_SECURITY: { kind: addresses, fallback: '' },
  EMAIL_DBA: { kind: addresses, fallback: '' },
  EMAIL_ML: { kind: addresses, fallback: '' },
  SLACK_CHANNEL: { kind: kind.text, fallback: '' },
  TELEGRAM_CHAT_ID: { kind: kind.optional(kind.integer(-1e15, 1e15, 'chat')), fallback: '' },
} as const satisfies Readonly<Record<string, Setting<unknown>>>;
