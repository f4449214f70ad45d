import * as kind from '../base/kinds.ts';
import type { Kind } from '../base/kinds.ts';
import type { Setting } from '../base/setting.ts';

/** A secret of a channel: `.env` key, file under `secrets/`, shape. */
interface ChannelSecret {
  readonly file: string;
  readonly shape: Kind<string>;
}

function matching(pattern: RegExp, wrong: string, fix: string): Kind<string> {
  return (value) => (pattern.test(value) ? { value } : { wrong, fix });
}

/**
 * An address of a channel. On the provider's own hosts the path must match too: people often paste
 * the channel's address from their browser. Other hosts are compatible servers, proxies and tests.
 */
const webhook =
  (host: RegExp, path: RegExp, wrong: string, fix: string): Kind<string> =>
  (value) => {
    if (!/^https?:\/\/\S+$/.test(value) || !URL.canParse(value)) return { wrong: `is not ${wrong}`, fix };
    const { hostname, pathname } = new URL(value);
    return host.test(hostname) && !path.test(`${hostname}${pathname}`) ? { wrong: `is not ${wrong}`, fix } : { value };
  };
const anyUrl: Kind<string> = (value) =>
  /^https?:\/\/\S+$/.test(value) && URL.canParse(value)
    ? { value }
    : { wrong: 'is not a URL', fix: 'An address that starts with https:// or http://.' };
const anything = matching(/\S/, 'is empty', 'Write the secret, or remove the line.');

/** Secrets of the notification channels, by `.env` key. A channel is on when its secret is set. */
export const CHANNEL_SECRETS = {
  SLACK_WEBHOOK_URL: {
    file: 'slack_webhook_url',
    shape: webhook(
      /(^|\.)slack\.com$/,
      /^hooks\.slack(-gov)?\.com\/(services\/T\w+\/B\w+\/\w+|triggers\/.+|workflows\/.+)$/,
      'an incoming webhook of Slack',
      'https://hooks.slack.com/services/T…/B…/…, from the page "Incoming Webhooks" of your Slack app.',
    ),
  },
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
  NTFY_URL: {
    file: 'ntfy_url',
    shape: webhook(
      /./,
      /^[^/]+\/([\w.-]+\/)*[\w-]{1,64}$/,
      'the address of an ntfy topic',
      'https://ntfy.sh/<topic>?template=alertmanager; a topic has up to 64 letters, digits, - and _.',
    ),
  },
  APPWRITE_FUNCTION_URL: { file: 'appwrite_function_url', shape: anyUrl },
  TELEGRAM_BOT_TOKEN: {
    file: 'telegram_bot_token',
    shape: matching(/^\d+:[\w-]{30,}$/, 'is not a bot token', 'From BotFather: 123456789:AA…'),
  },
  DISCORD_WEBHOOK_URL: {
    file: 'discord_webhook_url',
    shape: webhook(
      /(^|\.)discord(app)?\.com$/,
      /\/api\/(v\d+\/)?webhooks\/\d+\/[\w-]+$/,
      'a webhook of Discord',
      'https://discord.com/api/webhooks/…/…, from the settings of the channel, Integrations.',
    ),
  },
  TEAMS_WEBHOOK_URL: {
    file: 'teams_webhook_url',
    // Workflows replaced connectors (webhook.office.com); teams.microsoft.com is a link to a channel.
    shape: webhook(
      /(^|\.)(teams\.microsoft\.com|webhook\.office\.com)$/,
      /^$/,
      'the address of a workflow',
      'In Teams: Workflows, "Post to a channel when a webhook request is received"; it gives the address.',
    ),
  },
  OPSGENIE_API_KEY: {
    file: 'opsgenie_api_key',
    shape: matching(
      /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
      'is not an API key of Opsgenie',
      'The key of an API integration, as in 01234567-89ab-cdef-0123-456789abcdef.',
    ),
  },
  DEADMAN_URL: {
    file: 'deadman_url',
    shape: webhook(
      /^hc-ping\.com$/,
      /\/([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[\w-]{22}\/[\w-]+)$/i,
      'a ping address',
      'https://hc-ping.com/<uuid>, from the page of the check; any other address that accepts a POST works too.',
    ),
  },
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

/** Alertmanager accepts only one sender. */
const oneAddress: Kind<string> = (value) =>
  value === '' || address.test(value)
    ? { value }
    : { wrong: `"${value}" is not one email address`, fix: 'One address, as in alerts@example.com.' };

/** Plain settings of the channels. */
export const CHANNEL_SETTINGS = {
  SMTP_HOST: { kind: kind.optional(kind.hostBeside('SMTP_PORT')), fallback: '' },
  SMTP_PORT: { kind: kind.port, fallback: '587' },
  SMTP_USER: { kind: kind.text, fallback: '' },
  SMTP_FROM: { kind: oneAddress, fallback: '' },
  SMTP_REQUIRE_TLS: { kind: kind.oneOf('true', 'false'), fallback: 'true' },
  EMAIL_CRITICAL: { kind: addresses, fallback: '' },
  EMAIL_WARNING: { kind: addresses, fallback: '' },
  EMAIL_SECURITY: { kind: addresses, fallback: '' },
  EMAIL_DBA: { kind: addresses, fallback: '' },
  EMAIL_ML: { kind: addresses, fallback: '' },
  SLACK_CHANNEL: { kind: kind.text, fallback: '' },
  TELEGRAM_CHAT_ID: {
    kind: kind.optional(matching(/^-?\d{1,15}$/, 'is not a chat ID', 'A number; groups have a negative one, as -1001234567890.')),
    fallback: '',
  },
} as const satisfies Readonly<Record<string, Setting<unknown>>>;
