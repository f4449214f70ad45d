import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHANNELS } from '../../scripts/alertmanager/channel-catalog.ts';
import { ChannelFixture, json, labelsOf, to } from '../support/channel-fixture.ts';
import { eventually } from '../support/e2e-stack.ts';
import { describeWithEngine } from '../support/engine.ts';
import { messageChecks } from './messages.checks.ts';
import { refusalChecks } from './refusals.checks.ts';

describeWithEngine('channels', () => {
  let started: ChannelFixture;
  let watchdogAt: number;
  const fixture = (): ChannelFixture => started;
  beforeAll(async () => {
    started = await ChannelFixture.start('pharos-channels');
    watchdogAt = Date.now();
    await started.send({ alertname: 'Watchdog', severity: 'info', category: 'stack' });
  });
  afterAll(async () => started?.destroy());

  messageChecks(fixture);

  describe('urgency', () => {
    it('a warning is of low urgency at PagerDuty, and wakes no one by SMS, push or Opsgenie', async () => {
      const { instance, ...labels } = labelsOf('warning');
      await fixture().send({ ...labels, instance });
      const requests = await fixture().notified(instance, ['events.pagerduty.com', 'hooks.slack.com', 'history']);
      expect(json(to(requests, 'events.pagerduty.com')[0])).toMatchObject({ payload: { severity: 'warning' } });
      expect(json(to(requests, 'hooks.slack.com')[0])).toMatchObject({ attachments: [{ color: 'warning' }] });
      for (const host of ['sms.test', 'ntfy.sh', 'api.opsgenie.com', 'gateway.test']) expect(to(requests, host), host).toEqual([]);
    });

    it('an emergency is P1 at Opsgenie and goes out by SMS once', async () => {
      const { instance, ...labels } = labelsOf('emergency', { notify_sms: 'true' });
      await fixture().send({ ...labels, instance });
      const requests = await fixture().notified(instance, ['api.opsgenie.com', 'sms.test', 'events.pagerduty.com']);
      expect(json(to(requests, 'api.opsgenie.com')[0])).toMatchObject({ priority: 'P1' });
      expect(json(to(requests, 'events.pagerduty.com')[0])).toMatchObject({ payload: { severity: 'critical' } });
      expect(to(requests, 'sms.test')).toHaveLength(1);
    });
  });

  describe('a test alert through one channel', () => {
    // Twilio stands back where a gateway is set up.
    it.each(CHANNELS.map(({ name }) => name).filter((name) => name !== 'twilio'))('%s', async (name) => {
      const { instance, ...labels } = labelsOf('critical', { test_channel: name });
      await fixture().send({ ...labels, instance });
      await fixture().notified(instance, ['history']);
      await eventually('another receiver gets it', 120, async () => {
        const { requests, mails } = await fixture().about(instance);
        return requests.some(({ host }) => host !== 'history') || mails.length > 0;
      });
      const { requests, mails } = await fixture().about(instance);
      const hosts = new Set(requests.filter(({ host }) => host !== 'history').map(({ host }) => host));
      expect(hosts.size).toBe(name === 'email' ? 0 : 1);
      expect(mails.length > 0).toBe(name === 'email');
    });
  });

  describe("the dead-man's switch", () => {
    it('is called every minute while the Watchdog fires', async () => {
      const pings = async () =>
        to((await fixture().providers.all()).requests, 'hc-ping.com').filter(({ body }) => body.includes('"Watchdog"'));
      await eventually('the second ping', 180, async () => (await pings()).length >= 2);
      const [one, two] = await pings();
      expect(one).toMatchObject({ method: 'POST', url: '/dead0000-89ab-cdef-0123-456789abcdef' });
      // At once, and then after a minute: a busy machine delays a ping, but neither brings it forward nor leaves one out.
      expect((one?.at ?? 0) - watchdogAt).toBeLessThan(30_000);
      expect((two?.at ?? 0) - (one?.at ?? 0)).toBeGreaterThan(50_000);
      expect((two?.at ?? 0) - (one?.at ?? 0)).toBeLessThan(110_000);
      const { requests, mails } = await fixture().providers.all();
      expect(requests.filter(({ host, body }) => host !== 'hc-ping.com' && body.includes('"Watchdog"'))).toEqual([]);
      expect(mails.filter(({ content }) => content.includes('Watchdog'))).toEqual([]);
    });
  });

  refusalChecks(fixture);
});
