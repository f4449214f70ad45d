import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  answersOf,
  asTyped,
  configureRequest,
  configureUsage,
  openSecrets,
  renderConfigure,
} from '../../../scripts/notify/configure-questions.ts';
import { CHANNELS } from '../../../scripts/alertmanager/channel-catalog.ts';
import { CHANNEL_SECRETS, CHANNEL_SETTINGS } from '../../../scripts/settings/channels.ts';
import { masked, planConfigure, wrongValue, type Present } from '../../../scripts/notify/configure.ts';
import { editEnvText } from '../../../scripts/base/env-file.ts';
import { Failure } from '../../../scripts/base/failure.ts';
import { ROOT } from '../../../scripts/base/files.ts';

const HOOK = 'https://hooks.slack.com/services/T0/B0/secret';
const example = readFileSync(join(ROOT, '.env.example'), 'utf8');
const present = (env: Record<string, string> = {}, files: Record<string, string> = {}): Present => ({
  envText: editEnvText(example, env),
  secretFiles: new Map(Object.entries(files)),
});
const said = (problems: readonly { place: string; message: string }[]): string[] =>
  problems.map(({ place, message }) => `${place} ${message}`);

describe('the catalogue of channels', () => {
  it('names every setting and secret of the channels once, and no option twice', () => {
    const fields = CHANNELS.flatMap((channel) => channel.fields);
    const twilio = ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'TWILIO_FROM', 'SMS_TO'];
    expect(fields.map(({ key }) => key).sort()).toEqual(
      [...Object.keys(CHANNEL_SECRETS), ...Object.keys(CHANNEL_SETTINGS), ...twilio].sort(),
    );
    expect(new Set(fields.map(({ flag }) => flag)).size).toBe(fields.length);
    for (const { flag } of fields) expect(configureUsage()).toContain(`--${flag} `);
  });
});

describe('planConfigure', () => {
  it('puts secrets into files and the rest into .env, and names both without the secret', () => {
    const plan = planConfigure({ SLACK_WEBHOOK_URL: ` ${HOOK}\n`, SLACK_CHANNEL: '#ops' }, [], present());
    expect(plan).toMatchObject({ env: { SLACK_CHANNEL: '#ops' }, removed: [], channels: ['slack'], problems: [] });
    expect(plan.secrets).toEqual([{ file: 'slack_webhook_url', content: HOOK, uid: 65_534 }]);
    expect(renderConfigure(plan)).toContain('secrets/slack_webhook_url  https://hooks.slack.com/…  (new)');
    expect(renderConfigure(plan)).not.toContain('secret)');
    expect(JSON.stringify(plan.changes)).not.toContain(HOOK);
  });

  it('changes nothing where nothing differs', () => {
    const before = present({ SLACK_CHANNEL: '#ops' }, { slack_webhook_url: `${HOOK}\n` });
    expect(planConfigure({ SLACK_WEBHOOK_URL: HOOK, SLACK_CHANNEL: '#ops' }, [], before)).toMatchObject({
      env: {},
      secrets: [],
      changes: [],
    });
  });

  it('writes the token of Twilio into a file, and its numbers into .env', () => {
    const answers = {
      TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
      TWILIO_AUTH_TOKEN: 'a'.repeat(32),
      TWILIO_FROM: 'Pharos',
      SMS_TO: '+4915112345678',
    };
    const { TWILIO_AUTH_TOKEN: content, ...env } = answers;
    expect(planConfigure(answers, [], present())).toMatchObject({ problems: [], env, secrets: [{ file: 'twilio_auth_token', content }] });
  });

  it('keeps what is not named', () => {
    const before = present({ SLACK_CHANNEL: '#ops', WEBHOOK_URL: 'http://w' }, { slack_webhook_url: HOOK, opsgenie_api_key: 'k' });
    const plan = planConfigure({ SLACK_WEBHOOK_URL: `${HOOK}2` }, [], before);
    expect(plan).toMatchObject({ env: {}, removed: [], secrets: [{ content: `${HOOK}2` }] });
    expect(plan.changes).toEqual([{ place: 'secrets/slack_webhook_url', shown: 'https://hooks.slack.com/…', how: 'replaced' }]);
  });

  it('moves a secret of .env to its file, because .env would win', () => {
    const plan = planConfigure({ SLACK_WEBHOOK_URL: `${HOOK}2` }, [], present({ SLACK_WEBHOOK_URL: HOOK }));
    expect(plan).toMatchObject({ env: { SLACK_WEBHOOK_URL: '' }, secrets: [{ content: `${HOOK}2` }] });
  });

  it('reads a server with its port, and makes messages of ntfy readable', () => {
    const email = planConfigure({ SMTP_HOST: 'mail:465', SMTP_FROM: 'a@b', EMAIL_CRITICAL: 'c@b, d@b' }, [], present());
    expect(email).toMatchObject({ problems: [], env: { SMTP_HOST: 'mail', SMTP_PORT: '465' } });
    const topic = (url: string) => planConfigure({ NTFY_URL: url }, [], present()).secrets[0]?.content;
    expect(topic('https://ntfy.sh/a')).toBe('https://ntfy.sh/a?template=alertmanager');
    expect(topic('https://ntfy.sh/a?auth=x')).toBe('https://ntfy.sh/a?auth=x&template=alertmanager');
    expect(topic('https://ntfy.sh/a?template=own')).toBe('https://ntfy.sh/a?template=own');
  });

  it('turns a channel off: removes its secrets where they stand', () => {
    const before = present({ WEBHOOK_URL: 'http://w', SMTP_HOST: 'm', SMTP_FROM: 'a@b', EMAIL_DBA: 'd@b' }, { smtp_password: 'p' });
    expect(planConfigure({}, ['webhook'], before)).toMatchObject({ env: { WEBHOOK_URL: '' }, removed: [], problems: [] });
    const email = planConfigure({}, ['email'], before);
    expect(email).toMatchObject({ env: { SMTP_HOST: '', SMTP_FROM: '', EMAIL_DBA: '' }, removed: ['smtp_password'], problems: [] });
  });

  it.each([
    [{ SLACK_WEBHOOK_URL: 'https://app.slack.com/client/T/C' }, '--slack-webhook is not an incoming webhook of Slack'],
    [{ PAGERDUTY_ROUTING_KEY: 'abc' }, '--pagerduty-key is not an Events API v2 routing key'],
    [{ TELEGRAM_BOT_TOKEN: `1:${'A'.repeat(35)}` }, 'Telegram needs one more value: Chat'],
    [{ TELEGRAM_BOT_TOKEN: 'abc', TELEGRAM_CHAT_ID: '1' }, '--telegram-token is not a bot token'],
    [{ TELEGRAM_BOT_TOKEN: `1:${'A'.repeat(35)}`, TELEGRAM_CHAT_ID: '@ops' }, '--telegram-chat is not a chat ID'],
    [{ SMTP_HOST: 'smtp://mail', SMTP_FROM: 'a@b' }, '--smtp-host "smtp://mail" is not a host name'],
    [{ SMTP_HOST: 'mail:70000', SMTP_FROM: 'a@b' }, '--smtp-port "70000" is not a port'],
    [{ SMTP_HOST: 'mail', SMTP_FROM: 'ops' }, '--email-from "ops" is not one email address'],
    [{ SMTP_HOST: 'mail', SMTP_FROM: 'a@b, c@b', EMAIL_DBA: 'd@b' }, '--email-from "a@b, c@b" is not one email address'],
    [{ SMTP_HOST: 'mail', SMTP_USER: 'u', SMTP_FROM: 'a@b', EMAIL_DBA: 'd@b' }, 'Email needs one more value: Password'],
    [{ DISCORD_WEBHOOK_URL: 'https://discord.com/channels/1/2' }, '--discord-webhook is not a webhook of Discord'],
    [{ TEAMS_WEBHOOK_URL: 'https://x.webhook.office.com/webhookb2/1' }, '--teams-webhook is not the address of a workflow'],
    [{ OPSGENIE_API_KEY: 'k' }, '--opsgenie-key is not an API key of Opsgenie'],
    [{ NTFY_URL: 'https://ntfy.sh' }, '--ntfy-url is not the address of an ntfy topic'],
    [{ TWILIO_ACCOUNT_SID: 'AC1' }, '--twilio-sid "AC1" is not an account SID'],
    [{ TWILIO_AUTH_TOKEN: 'token' }, '--twilio-token is not an auth token'],
    [{ SMS_TO: '0151 1234' }, '--sms-to "0151 1234" is not a telephone number'],
    [{ SMS_TO: '+4915112345678' }, 'SMS through Twilio needs one more value: Account SID'],
    [{ WEBHOOK_URL: 'gateway:9000' }, '--webhook-url is not a URL'],
    [{ DEADMAN_URL: 'https://hc-ping.com/my-check' }, '--deadman-url is not a ping address'],
    [{ WEBHOOK_URL: 'http://a\nhttp://b' }, '--webhook-url has a line break'],
    [{ SLACK_WEBHOOK_URL: HOOK, SLACK_CHANNEL: "it's" }, '--slack-channel has a single quote, which .env cannot hold'],
  ])('refuses %j', (answers, message) => {
    expect(said(planConfigure(answers, [], present()).problems)).toContain(message);
  });

  it('refuses to write beside a mistake of .env, and to turn off what it sets up', () => {
    expect(said(planConfigure({ WEBHOOK_URL: 'http://w' }, [], present({ GRAFANA_PORT: 'x' })).problems)[0]).toMatch(/GRAFANA_PORT/);
    expect(said(planConfigure({ WEBHOOK_URL: 'http://w' }, ['webhook'], present()).problems)).toEqual([
      '--webhook-url conflicts with --off webhook',
    ]);
    // Email without anybody to write to.
    expect(said(planConfigure({ SMTP_HOST: 'm', SMTP_FROM: 'a@b' }, [], present()).problems)[0]).toMatch(/no address is set/);
  });
});

describe('the options of configure', () => {
  it('become keys of .env; --email-to stands for two of them', () => {
    const { given } = configureRequest(['--email-to', 'a@b', '--email-warning', 'w@b', '--slack-webhook', '-', '--dry-run']);
    expect(answersOf(given)).toEqual({ EMAIL_CRITICAL: 'a@b', EMAIL_WARNING: 'w@b', SLACK_WEBHOOK_URL: '-' });
  });

  it('are named in complaints as they were typed', () => {
    const complaints = (...args: readonly string[]): readonly string[] => {
      const { given } = configureRequest(['--smtp-host', 'm', '--email-from', 'a@b.example', ...args]);
      return asTyped(planConfigure(answersOf(given), [], present()).problems, given).map(({ place }) => place);
    };
    expect(complaints('--email-to', 'nobody')).toEqual(['--email-to']);
    expect(complaints('--email-to', 'nobody', '--email-warning', 'neither')).toEqual(['--email-to', '--email-warning']);
    expect(complaints('--email-critical', 'nobody')).toEqual(['--email-critical']);
  });

  it('name the secrets that others can see', () => {
    expect(openSecrets({ 'slack-webhook': HOOK, 'smtp-password': '@f', 'pagerduty-key': '-', 'slack-channel': '#x' })).toEqual([
      '--slack-webhook',
    ]);
  });

  it('are refused where they are unknown', () => {
    expect(() => configureRequest(['--slack-webhok', 'x'])).toThrow(Failure);
    expect(() => configureRequest(['--off', 'slak'])).toThrow(/--off slak is not a channel/);
  });
});

it('masked shows the host of an address and nothing of anything else', () => {
  expect(masked('https://user:pw@h.example/t?x=1')).toBe('https://h.example/…');
  expect(masked('hunter2hunter2')).toBe('••••••••');
});

it('wrongValue takes what is right', () => {
  for (const [key, value] of [
    ['SLACK_WEBHOOK_URL', HOOK],
    ['SLACK_WEBHOOK_URL', 'https://mattermost.example/hooks/abc'],
    ['DISCORD_WEBHOOK_URL', 'https://discord.com/api/webhooks/123/a-B_c'],
    ['TEAMS_WEBHOOK_URL', 'https://prod-1.westeurope.logic.azure.com:443/workflows/x/triggers/manual/paths/invoke?sig=y'],
    ['NTFY_URL', 'https://ntfy.example/base/topic?auth=x'],
    ['DEADMAN_URL', 'https://hc-ping.com/01234567-89ab-cdef-0123-456789abcdef'],
    ['DEADMAN_URL', 'https://uptime.example/api/push/x'],
    ['OPSGENIE_API_KEY', '01234567-89ab-cdef-0123-456789abcdef'],
    ['SMTP_HOST', 'mail.example.com:2525'],
  ] as const)
    expect(wrongValue(key, value), value).toBeUndefined();
});
