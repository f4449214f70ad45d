import { parseYaml } from '../../../scripts/base/tree.ts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CHANNEL_SECRETS } from '../../../scripts/settings/channels.ts';
import { CHANNELS } from '../../../scripts/alertmanager/channel-catalog.ts';
import {
  amtoolPair,
  channelsOf,
  deliveriesFrom,
  parseLogfmt,
  testableChannels,
  testLabels,
  ttlSeconds,
} from '../../../scripts/notify/deliveries.ts';
import { integrationsOf, renderAlertmanager, type Receiver, type Route } from '../../../scripts/alertmanager/render.ts';
import { ROOT } from '../../../scripts/base/files.ts';

// Read as `up` reads it: its merge keys (<<) hold the secrets of whole channels.
const path = 'alertmanager/alertmanager.yml';
const source: unknown = parseYaml(path, readFileSync(join(ROOT, path), 'utf8')).doc?.toJS({ maxAliasCount: -1 });
const render = (keys: readonly string[], channels: Record<string, string> = {}) => renderAlertmanager(source, new Set(keys), channels);
const receivers = (keys: readonly string[], channels?: Record<string, string>) =>
  Object.fromEntries(render(keys, channels).config.receivers.map((receiver) => [receiver.name, integrationsOf(receiver)]));
const leaves = (route: Route): Route[] =>
  (route.routes ?? []).flatMap((child) => ((child.routes ?? []).length > 0 ? leaves(child) : [child]));

describe('renderAlertmanager', () => {
  it('leaves only the history where nothing is configured, and every route leads to a receiver that is there', () => {
    const { config, secretFiles } = render([]);
    expect(config.receivers.map(({ name }) => name)).toEqual(['history']);
    expect(secretFiles).toEqual([]);
    expect(JSON.stringify(config.route)).not.toMatch(/"receiver":"(?!history")/);
    expect(JSON.stringify(config)).not.toContain('/run/secrets/');
    expect(Object.keys(config.global).filter((key) => key.startsWith('smtp_'))).toEqual([]);
  });

  it('keeps what has its secret, and mounts just that', () => {
    expect(receivers(['SLACK_WEBHOOK_URL'])).toEqual({
      history: ['webhook'],
      emergency: ['slack'],
      'critical-team': ['slack'],
      'warning-team': ['slack'],
      'test-slack': ['slack'],
    });
    expect(render(['SLACK_WEBHOOK_URL']).secretFiles).toEqual(['slack_webhook_url']);
  });

  it('sends email only with a server and an address, to that address', () => {
    expect(receivers(['SMTP_PASSWORD'])).toEqual({ history: ['webhook'] });
    const { config } = render([], { SMTP_HOST: 'mail', SMTP_PORT: '25', SMTP_FROM: 'a@b', EMAIL_DBA: 'dba@b', SMTP_REQUIRE_TLS: 'false' });
    expect(config.receivers.map(({ name }) => name)).toEqual(['history', 'dba-team', 'test-email']);
    expect(config.receivers[1]?.['email_configs']?.[0]?.['to']).toBe('dba@b');
    expect(config.global).toMatchObject({ smtp_smarthost: 'mail:25', smtp_from: 'a@b', smtp_require_tls: false });
    expect(config.global).not.toHaveProperty('smtp_auth_password_file');
    const address = { SMTP_HOST: '2001:db8::1', SMTP_FROM: 'a@b', EMAIL_DBA: 'dba@b' };
    expect(render([], address).config.global['smtp_smarthost']).toBe('[2001:db8::1]:587');
  });

  it('knows every secret that the file names, and the file names every secret', () => {
    const named = new Set([...JSON.stringify(source).matchAll(/\/run\/secrets\/(\w+)/g)].map(([, file]) => file));
    expect([...named].sort()).toEqual(
      Object.values(CHANNEL_SECRETS)
        .map(({ file }) => file)
        .sort(),
    );
    const all = render(Object.keys(CHANNEL_SECRETS), { SMTP_HOST: 'm', SMTP_FROM: 'a@b', EMAIL_CRITICAL: 'c@b', TELEGRAM_CHAT_ID: '-5' });
    expect([...all.secretFiles].sort()).toEqual([...named].sort());
    expect(all.config.receivers.find(({ name }) => name === 'emergency')?.['telegram_configs']?.[0]?.['chat_id']).toBe(-5);
  });

  it('gives every end of a branch a quick way for test alerts that keeps the receiver', () => {
    for (const keys of [[], Object.keys(CHANNEL_SECRETS)]) {
      for (const leaf of leaves(render(keys).config.route)) {
        expect(leaf).toMatchObject({ group_wait: '0s', group_by: ['alertname', 'nonce'] });
        if (String(leaf.receiver).startsWith('test-')) expect(leaf.matchers).toHaveLength(2);
        else {
          expect(leaf.matchers).toEqual(['alertname="TestAlert"']);
          expect(leaf).not.toHaveProperty('receiver');
        }
      }
    }
  });

  it('gives every channel a receiver of its own, behind the history, for the test alerts that name it', () => {
    const everything = render(Object.keys(CHANNEL_SECRETS), {
      SMTP_HOST: 'm',
      SMTP_FROM: 'a@b',
      EMAIL_CRITICAL: 'c@b',
      EMAIL_DBA: 'd@b',
      EMAIL_ML: 'c@b',
      TELEGRAM_CHAT_ID: '5',
    }).config;
    // Twilio stands back where a gateway is set up.
    const all = CHANNELS.map(({ name }) => name);
    expect([...testableChannels(everything)].sort()).toEqual(all.filter((name) => name !== 'twilio').sort());
    expect(testableChannels(render(['TWILIO_AUTH_TOKEN']).config)).toEqual(['twilio']);
    const own = Object.fromEntries(everything.receivers.map((receiver) => [receiver.name, receiver]));
    // Each once, whichever number of receivers has it; email once for every address.
    for (const { name } of CHANNELS.filter((channel) => !['email', 'twilio'].includes(channel.name)))
      expect(integrationsOf(own[`test-${name}`] as Receiver), name).toHaveLength(1);
    expect(own['test-email']?.['email_configs']?.map(({ to }) => to)).toEqual(['c@b', 'd@b']);
    const routes = everything.route.routes ?? [];
    const slack = routes.findIndex(({ receiver }) => receiver === 'test-slack');
    expect(routes[slack]?.matchers).toEqual(['alertname="TestAlert"', 'test_channel="slack"']);
    expect(routes.findLastIndex(({ receiver }) => receiver === 'history')).toBeLessThan(slack);
    expect(routes.findIndex(({ receiver }) => receiver === 'critical-team')).toBeGreaterThan(slack);
  });
});

describe('deliveriesFrom', () => {
  const line = (text: string, second: number): string =>
    `time=2026-11-21T05:00:0${second}.000Z level=DEBUG source=retry_stage.go:176 msg=${text} aggrGroup="{}/{}:{alertname=\\"TestAlert\\", nonce=\\"n1\\"}"`;
  const channels = [
    { receiver: 'history', integration: 'webhook[0]', sendsResolved: true },
    { receiver: 'critical-team', integration: 'slack[0]', sendsResolved: true },
  ];
  const log = [
    line('"Notify success" receiver=history integration=webhook[0]', 1),
    line('"Notify success" receiver=history integration=webhook[0]', 5).replace('n1', 'other'),
    line(
      '"Notify attempt failed, will retry later" receiver=critical-team integration=slack[0] err="unexpected status code 500: \\"no\\""',
      2,
    ),
    line('"Notify success" receiver=history integration=webhook[0]', 7),
  ].join('\n');

  it('reads who was reached when, of this test only, and why another was not', () => {
    const at = (second: number): number => Date.parse(`2026-11-21T05:00:0${second}.000Z`);
    expect(deliveriesFrom(log, 'n1', channels, at(6))).toEqual([
      { ...channels[0], deliveredAt: at(1), resolvedAt: at(7), error: undefined },
      { ...channels[1], deliveredAt: undefined, resolvedAt: undefined, error: 'unexpected status code 500: "no"' },
    ]);
  });

  it('reads why a channel was given up, which Alertmanager says of all channels at once', () => {
    const failed =
      'time=2026-11-21T05:00:09.000Z level=ERROR source=dispatch.go:580 msg="Notify for alerts failed" component=dispatcher aggrGroup="{}:{nonce=\\"n1\\"}" num_alerts=1 err="critical-team/slack[0]: notify retry canceled due to unrecoverable error after 1 attempts: channel \\"#x\\": unexpected status code 404: no_team\\n\\ncritical-team/telegram[0]: notify retry canceled after 6 attempts: Post \\"https://api.telegram.org/bot12345:AAAA_bb-c/sendMessage\\": dial tcp: no such host"';
    const of = (integration: string) => ({ receiver: 'critical-team', integration, sendsResolved: true });
    expect(deliveriesFrom(failed, 'n1', [of('slack[0]'), of('telegram[0]'), of('slack[1]')]).map(({ error }) => error)).toEqual([
      'channel "#x": unexpected status code 404: no_team',
      'Post "https://api.telegram.org/…": dial tcp: no such host',
      undefined,
    ]);
  });

  it('numbers the integrations of a receiver as Alertmanager logs them', () => {
    const { config } = render(['WEBHOOK_URL', 'NTFY_URL', 'PAGERDUTY_ROUTING_KEY']);
    expect(channelsOf(config, ['critical-team']).map(({ integration }) => integration)).toEqual([
      'webhook[0]',
      'webhook[1]',
      'pagerduty[0]',
    ]);
  });
});

it('parseLogfmt reads quoted and bare values', () => {
  expect(parseLogfmt('a=1 msg="x \\"y\\" z" b[0]=2 c=d')).toMatchObject({ a: '1', msg: 'x "y" z', c: 'd' });
});

it.each([
  ['x{y}', 'a="x{y}"'],
  ['"q', 'a="\\"q"'],
  ['c\\d', 'a="c\\\\d"'],
])('amtoolPair quotes %s', (value, pair) => {
  expect(amtoolPair('a', value)).toBe(pair);
});

it('ttlSeconds covers every wait, up to what the history service takes', () => {
  expect([ttlSeconds(30_000), ttlSeconds(200_000)]).toEqual([120, 600]);
});

describe('testLabels', () => {
  it('adds the given labels', () => {
    expect(testLabels('critical', 'database', ['service=shop'], 'n')).toEqual({
      severity: 'critical',
      category: 'database',
      service: 'shop',
      nonce: 'n',
    });
  });
  it.each([
    ['loud', 'stack', [], '--severity loud'],
    ['info', 'stuff', [], '--category stuff'],
    ['info', 'stack', ['a-b=c'], '--label a-b=c'],
    ['info', 'stack', ['alertname=x'], '--label alertname'],
    ['info', 'stack', ['test_channel=slack'], '--label test_channel'],
    ['info', 'stack', [`a=${'x'.repeat(201)}`], '--label a is 201 characters long'],
  ])('refuses %s %s %j', (severity, category, labels, message) => {
    expect(testLabels(severity, category, labels, 'n')).toMatchObject({ wrong: expect.stringContaining(message) });
  });
});
