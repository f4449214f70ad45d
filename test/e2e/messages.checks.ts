import { beforeAll, describe, expect, it } from 'vitest';
import { CREDENTIALS, json, labelsOf, to, type ChannelFixture } from '../support/channel-fixture.ts';
import { eventually } from '../support/e2e-stack.ts';
import type { Mail, ProviderRequest } from '../support/providers.ts';

/** The messages that a real Alertmanager sends to every provider. */
export function messageChecks(fixture: () => ChannelFixture): void {
  describe('what a real Alertmanager sends for a critical alert', () => {
    const labels = labelsOf('critical', { category: 'database', notify_sms: 'true' });
    const SEND_END = [
      'hooks.slack.com',
      'events.pagerduty.com',
      'api.telegram.org',
      'discord.com',
      'teams.test',
      'ntfy.sh',
      'appwrite.test',
      'gateway.test',
      'sms.test',
    ];
    let requests: ProviderRequest[] = [];
    let mails: Mail[] = [];
    const first = (host: string): ProviderRequest => to(requests, host)[0] as ProviderRequest;
    const second = (host: string): ProviderRequest => to(requests, host)[1] as ProviderRequest;

    beforeAll(async () => {
      await fixture().send(labels);
      await fixture().notified(labels.instance, [...SEND_END, 'api.opsgenie.com']);
      await eventually('mails of the firing alert', 120, async () => (await fixture().about(labels.instance)).mails.length >= 2);
      await fixture().send(labels, true);
      await fixture().notified(labels.instance, SEND_END, 2);
      await eventually('mails of its end', 120, async () => (await fixture().about(labels.instance)).mails.length >= 4);
      ({ requests, mails } = await fixture().about(labels.instance));
    });

    it('is JSON, posted over TLS to the address that is the secret', () => {
      for (const { method, headers } of requests) {
        expect(method).toBe('POST');
        expect(headers['content-type']).toBe('application/json');
      }
      const paths = Object.fromEntries(requests.map(({ host, url }) => [host, `https://${host}${url}`]));
      expect(paths).toMatchObject({
        'hooks.slack.com': CREDENTIALS.SLACK_WEBHOOK_URL,
        'events.pagerduty.com': 'https://events.pagerduty.com/v2/enqueue',
        'api.telegram.org': `https://api.telegram.org/bot${CREDENTIALS.TELEGRAM_BOT_TOKEN}/sendMessage`,
        'discord.com': CREDENTIALS.DISCORD_WEBHOOK_URL,
        'teams.test': CREDENTIALS.TEAMS_WEBHOOK_URL,
        'api.opsgenie.com': 'https://api.opsgenie.com/v2/alerts',
        'ntfy.sh': CREDENTIALS.NTFY_URL,
        'sms.test': CREDENTIALS.SMS_WEBHOOK_URL,
        'gateway.test': CREDENTIALS.WEBHOOK_URL,
        'appwrite.test': CREDENTIALS.APPWRITE_FUNCTION_URL,
      });
    });

    it('Slack: a message with one attachment, in the colour of its severity', () => {
      expect(json(first('hooks.slack.com'))).toMatchObject({
        channel: '#ops',
        attachments: [
          {
            color: 'danger',
            title: `[CRITICAL] TestAlert on ${labels.instance} (shop)`,
            title_link: expect.stringMatching(/^http:\/\/127\.0\.0\.1:9093\/#\/alerts\?filter=/),
            text: expect.stringContaining('<http://127.0.0.1:9095/runbooks/redis/RedisDown|Runbook>'),
            fallback: `[CRITICAL] TestAlert on ${labels.instance} (shop): Redis cache is down`,
            mrkdwn_in: expect.arrayContaining(['text']),
          },
        ],
      });
      expect(json(second('hooks.slack.com'))).toMatchObject({
        attachments: [{ color: 'good', title: expect.stringContaining('[RESOLVED]') }],
      });
    });

    it('PagerDuty: an event of high urgency, ended under the same key', () => {
      const trigger = json(first('events.pagerduty.com'));
      expect(trigger).toMatchObject({
        routing_key: CREDENTIALS.PAGERDUTY_ROUTING_KEY,
        event_action: 'trigger',
        dedup_key: expect.stringMatching(/^.{1,255}$/),
        client: 'Pharos',
        payload: {
          summary: `[CRITICAL] TestAlert on ${labels.instance} (shop): Redis cache is down`,
          source: labels.instance,
          severity: 'critical',
          component: 'cache',
          group: 'database',
          class: 'TestAlert',
          custom_details: { description: 'No answer for 20 s.', impact: 'Sessions are lost.' },
        },
        links: [
          { text: 'Runbook', href: 'http://127.0.0.1:9095/runbooks/redis/RedisDown' },
          { text: 'Graph', href: expect.stringContaining('/graph?') },
          { text: 'Silence', href: expect.stringContaining('/#/silences/new') },
        ],
      });
      expect(json(second('events.pagerduty.com'))).toMatchObject({ event_action: 'resolve', dedup_key: trigger['dedup_key'] });
    });

    it('Telegram: a message in the HTML that it knows', () => {
      const message = json(first('api.telegram.org'));
      expect(message).toMatchObject({ chat_id: '-1001234', parse_mode: 'HTML' });
      // What the bot API's documentation allows; anything else is refused there.
      expect(
        String(message['text'])
          .match(/<\/?(\w+)/g)
          ?.filter((tag) => !/^<\/?(b|i|a)$/.test(tag)),
      ).toEqual([]);
      expect(String(message['text']).length).toBeLessThan(4096);
    });

    it('Discord: an embed', () => {
      const message = json(first('discord.com'));
      expect(message).toMatchObject({ embeds: [{ title: expect.stringContaining('[CRITICAL]'), color: expect.any(Number) }] });
      expect(message['embeds']).toMatchObject([{ description: expect.stringContaining('[Runbook](http://127.0.0.1:9095/') }]);
      expect(json(second('discord.com'))).toMatchObject({ embeds: [{ title: expect.stringContaining('[RESOLVED]') }] });
    });

    it('Teams: an adaptive card, as a workflow takes it', () => {
      expect(json(first('teams.test'))).toMatchObject({
        type: 'message',
        attachments: [
          {
            contentType: 'application/vnd.microsoft.card.adaptive',
            content: {
              type: 'AdaptiveCard',
              body: [
                { type: 'TextBlock', text: `[CRITICAL] TestAlert on ${labels.instance} (shop)` },
                { type: 'TextBlock', text: expect.stringContaining('**Redis cache is down**\n\nNo answer') },
              ],
            },
          },
        ],
      });
    });

    it('Opsgenie: an alert, closed under the same alias', () => {
      expect(first('api.opsgenie.com').headers['authorization']).toBe(`GenieKey ${CREDENTIALS.OPSGENIE_API_KEY}`);
      const created = json(first('api.opsgenie.com'));
      expect(created).toMatchObject({
        alias: expect.stringMatching(/^.{1,512}$/),
        message: expect.stringMatching(/^.{1,130}$/),
        description: expect.stringContaining('Runbook: http://'),
        tags: ['critical', 'database'],
        priority: 'P2',
        entity: labels.instance,
      });
      const close = `/v2/alerts/${String(created['alias'])}/close?identifierType=alias`;
      return eventually('the alert is closed', 120, async () =>
        to((await fixture().providers.all()).requests, 'api.opsgenie.com').some(({ url }) => url === close),
      );
    });

    it.each([
      ['webhook', 'gateway.test'],
      ['Appwrite', 'appwrite.test'],
      ['push (ntfy)', 'ntfy.sh'],
      ['SMS', 'sms.test'],
    ])("%s: Alertmanager's webhook, version 4", (_, host) => {
      expect(json(first(host))).toMatchObject({
        version: '4',
        status: 'firing',
        receiver: expect.any(String),
        groupKey: expect.any(String),
        truncatedAlerts: 0,
        groupLabels: { alertname: 'TestAlert' },
        commonLabels: { severity: 'critical', instance: labels.instance },
        commonAnnotations: { summary: 'Redis cache is down' },
        externalURL: 'http://127.0.0.1:9093',
        alerts: [
          {
            status: 'firing',
            labels: { alertname: 'TestAlert' },
            annotations: { description: 'No answer for 20 s.' },
            startsAt: expect.stringMatching(/^20/),
            endsAt: '0001-01-01T00:00:00Z',
            generatorURL: expect.stringContaining('/graph?'),
            fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
          },
        ],
      });
      // One when it begins and one when it ends, whatever teams an alert of its category has.
      expect(to(requests, host).map((request) => json(request)['status'])).toEqual(['firing', 'resolved']);
    });

    it('email: over STARTTLS with a login, to those who are notified, as text and as HTML, in one thread', () => {
      for (const mail of mails) expect(mail).toMatchObject({ secure: true, user: 'alerts', from: 'alerts@shop.test' });
      expect(mails.map((mail) => mail.to.join()).sort()).toEqual([
        'dba@shop.test',
        'dba@shop.test',
        'oncall@shop.test,boss@shop.test',
        'oncall@shop.test,boss@shop.test',
      ]);
      const [begun = '', over = ''] = mails.filter((mail) => mail.to.includes('boss@shop.test')).map(({ content }) => content);
      expect(begun).toContain(`Subject: [CRITICAL] TestAlert on ${labels.instance} (shop)\r\n`);
      expect(over).toContain(`Subject: [RESOLVED] TestAlert on ${labels.instance} (shop)\r\n`);
      expect(begun).toMatch(/^Content-Type: multipart\/alternative/m);
      expect(begun.match(/^Content-Type: text\/(plain|html); charset=UTF-8/gm)).toHaveLength(2);
      const thread = /^References: (.+)\r$/m.exec(begun)?.[1];
      expect(thread).toMatch(/^<alert-/);
      expect(over).toContain(`References: ${thread ?? ''}\r\n`);
      // RFC 5322 allows no line above 998 characters.
      for (const line of begun.split('\r\n')) expect(line.length).toBeLessThan(998);
    });
  });
}
