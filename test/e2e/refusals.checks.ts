import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { channelsOf, deliveriesFrom } from '../../scripts/notify/deliveries.ts';
import { deliveryAdvice } from '../../scripts/notify/delivery-advice.ts';
import { ROOT } from '../../scripts/base/files.ts';
import { config, CREDENTIALS, labelsOf, type ChannelFixture } from '../support/channel-fixture.ts';
import { eventually, sh } from '../support/e2e-stack.ts';
import type { Mode } from '../support/providers.ts';

/** The part of each secret that must not be in a log. */
const TELLING = Object.values(CREDENTIALS).map((value) => /\w*Secret1\w*|pd0secret\w*|0b5ec2e7\S*|dead0000\S*/.exec(value)?.[0] ?? value);

/** What providers refuse, and what is left of it in the log. The last check stops the providers. */
export function refusalChecks(fixture: () => ChannelFixture): void {
  describe('what a provider refuses', () => {
    const channels = channelsOf(config, ['critical-team']);

    /** Why a channel of an alert was not reached, as npm run test-alert finds it in Alertmanager's log. */
    async function failure(mode: Mode, integration: string): Promise<string> {
      const { instance, ...labels } = labelsOf('critical');
      await fixture().providers.set(mode);
      await fixture().send({ ...labels, instance });
      const read = async (): Promise<string | undefined> =>
        deliveriesFrom(await fixture().log(), labels.nonce, channels).find((delivery) => delivery.integration === integration)?.error;
      try {
        await eventually('a refusal is logged', 120, async () => (await read()) !== undefined);
        return (await read()) ?? '';
      } finally {
        await fixture().send({ ...labels, instance }, true);
        await fixture().providers.set({ http: 'ok', smtp: 'ok' });
      }
    }

    it.each([
      ['login', /535/, /SMTP_USER/],
      ['sender', /550/, /SMTP_FROM/],
      ['recipient', /550/, /EMAIL_/],
    ] as const)('a mail server that refuses the %s is recognised', async (smtp, error, advice) => {
      const why = await failure({ http: 'ok', smtp }, 'email[0]');
      expect(why).toMatch(error);
      expect(deliveryAdvice('email[0]', why)).toMatch(advice);
    });

    it('a webhook that is no longer there', async () => {
      const why = await failure({ http: 'refuse', smtp: 'ok' }, 'slack[0]');
      expect(why).toMatch(/403/);
      expect(deliveryAdvice('slack[0]', why)).toMatch(/npm run configure -- --slack-webhook/);
    });
  });

  describe('the log of Alertmanager', () => {
    it('holds no secret, not even when no one can be reached', async () => {
      const { instance, ...labels } = labelsOf('emergency');
      await sh(['docker', 'stop', '-t', '0', fixture().providers.container]);
      await fixture().send({ ...labels, instance });
      await eventually('failures are logged', 120, async () => (await fixture().log()).split(labels.nonce).length > 10);
      const text = await fixture().log();
      expect(text).toMatch(/dial tcp|no such host|server misbehaving/);
      const found = (shown: string): readonly string[] => TELLING.filter((secret) => shown.includes(secret));
      // A bot's token is part of the address that Alertmanager calls, and of its errors: the log shippers mask it, and so does test-alert.
      expect(found(text).map((secret) => secret.slice(0, 8))).toEqual(['telegram']);
      for (const shipper of ['loki/alloy/config.alloy', 'loki/promtail/promtail.yml'])
        expect(found(text.replace(maskOf(shipper), '')), shipper).toEqual([]);
      const errors = deliveriesFrom(text, labels.nonce, channelsOf(config, ['emergency'])).map(({ error }) => error ?? '');
      expect(errors.filter((error) => error.includes('api.telegram.org'))).toHaveLength(1);
      expect(found(errors.join())).toEqual([]);
    });
  });
}

/** The expression with which a log shipper masks. */
function maskOf(path: string): RegExp {
  const [, expression = ''] = /expression(?:: | = ")(\/bot[^"\n]*)/.exec(readFileSync(join(ROOT, path), 'utf8')) ?? [];
  expect(expression, path).not.toBe('');
  return new RegExp(expression.replaceAll('\\\\', '\\'), 'g');
}
