import type { CHANNEL_SETTINGS, ChannelSecretKey } from '../settings/channels.ts';
import type { SETTINGS } from '../settings/table.ts';
import type { TWILIO_SECRET } from '../settings/twilio.ts';

/** One value of a channel: a plain setting of `.env`, or a secret. */
export interface ChannelField {
  readonly key: ChannelSecretKey | keyof typeof CHANNEL_SETTINGS | keyof typeof SETTINGS | typeof TWILIO_SECRET.key;
  /** Option of `npm run configure`. */
  readonly flag: string;
  readonly ask: string;
  /** The channel is off without it. */
  readonly needed: boolean;
}

/** One notification channel. */
export interface ChannelEntry {
  readonly name: string;
  readonly title: string;
  /** Where its values come from. */
  readonly help: string;
  readonly fields: readonly ChannelField[];
}

const needed = (key: ChannelField['key'], flag: string, ask: string): ChannelField => ({ key, flag, ask, needed: true });
const optional = (key: ChannelField['key'], flag: string, ask: string): ChannelField => ({ key, flag, ask, needed: false });

/** Every channel of Alertmanager, in the order in which `npm run configure` offers them. */
export const CHANNELS: readonly ChannelEntry[] = [
  {
    name: 'slack',
    title: 'Slack',
    help: 'api.slack.com/apps: your app, Incoming Webhooks',
    fields: [
      needed('SLACK_WEBHOOK_URL', 'slack-webhook', 'Incoming webhook'),
      optional('SLACK_CHANNEL', 'slack-channel', "Channel (empty: the webhook's own)"),
    ],
  },
  {
    name: 'email',
    title: 'Email',
    help: 'any SMTP server; port 587 uses STARTTLS, port 465 TLS',
    fields: [
      needed('SMTP_HOST', 'smtp-host', 'SMTP server, host or host:port'),
      optional('SMTP_PORT', 'smtp-port', 'Port'),
      optional('SMTP_USER', 'smtp-user', 'User (empty: no login)'),
      optional('SMTP_PASSWORD', 'smtp-password', 'Password'),
      optional('SMTP_REQUIRE_TLS', 'smtp-require-tls', 'Require TLS (true or false)'),
      needed('SMTP_FROM', 'email-from', 'Sender'),
      optional('EMAIL_CRITICAL', 'email-critical', 'Who gets critical alerts'),
      optional('EMAIL_WARNING', 'email-warning', 'Who gets warnings'),
      optional('EMAIL_SECURITY', 'email-security', 'Also gets security alerts (empty: no one)'),
      optional('EMAIL_DBA', 'email-dba', 'Also gets database alerts (empty: no one)'),
      optional('EMAIL_ML', 'email-ml', 'Also gets machine-learning alerts (empty: no one)'),
    ],
  },
  {
    name: 'pagerduty',
    title: 'PagerDuty',
    help: 'the service, Integrations, Events API v2',
    fields: [needed('PAGERDUTY_ROUTING_KEY', 'pagerduty-key', 'Integration key')],
  },
  {
    name: 'sms',
    title: 'SMS through a gateway',
    help: "a gateway that accepts Alertmanager's webhook",
    fields: [needed('SMS_WEBHOOK_URL', 'sms-webhook', 'Address of the gateway')],
  },
  {
    name: 'twilio',
    title: 'SMS through Twilio',
    help: 'console.twilio.com shows account SID and auth token; a gateway (sms-webhook) takes precedence',
    fields: [
      needed('TWILIO_ACCOUNT_SID', 'twilio-sid', 'Account SID'),
      needed('TWILIO_AUTH_TOKEN', 'twilio-token', 'Auth token'),
      needed('TWILIO_FROM', 'twilio-from', 'Sender: a number, a messaging service MG…, or a name'),
      needed('SMS_TO', 'sms-to', 'On-call numbers, as +4915112345678'),
    ],
  },
  {
    name: 'ntfy',
    title: 'Push (ntfy)',
    help: 'the address of your topic; choose a name that is hard to guess',
    fields: [needed('NTFY_URL', 'ntfy-url', 'Topic, as in https://ntfy.sh/my-secret-topic')],
  },
  {
    name: 'telegram',
    title: 'Telegram',
    help: '@BotFather gives the token; the chat is a number, groups have a negative one',
    fields: [needed('TELEGRAM_BOT_TOKEN', 'telegram-token', 'Token of the bot'), needed('TELEGRAM_CHAT_ID', 'telegram-chat', 'Chat')],
  },
  {
    name: 'discord',
    title: 'Discord',
    help: 'settings of the channel, Integrations, Webhooks',
    fields: [needed('DISCORD_WEBHOOK_URL', 'discord-webhook', 'Webhook')],
  },
  {
    name: 'teams',
    title: 'Microsoft Teams',
    help: 'Workflows, "Post to a channel when a webhook request is received"',
    fields: [needed('TEAMS_WEBHOOK_URL', 'teams-webhook', 'Address of the workflow')],
  },
  {
    name: 'opsgenie',
    title: 'Opsgenie',
    help: 'Settings, Integrations, API',
    fields: [needed('OPSGENIE_API_KEY', 'opsgenie-key', 'API key')],
  },
  {
    name: 'webhook',
    title: 'Webhook',
    help: "any program that accepts Alertmanager's webhook",
    fields: [needed('WEBHOOK_URL', 'webhook-url', 'Address')],
  },
  {
    name: 'appwrite',
    title: 'Appwrite function',
    help: 'the domain of the function',
    fields: [needed('APPWRITE_FUNCTION_URL', 'appwrite-url', 'Address')],
  },
  {
    name: 'deadman',
    title: "Dead-man's switch",
    help: 'a check at healthchecks.io or similar, with a period of 2 minutes',
    fields: [needed('DEADMAN_URL', 'deadman-url', 'Ping address')],
  },
];

/** Name of the receiver with just one channel; only test alerts reach it. */
export function testReceiver(channel: string): string {
  return `test-${channel}`;
}

/** The label of a test alert for one channel. */
export const TEST_CHANNEL_LABEL = 'test_channel';
