import { describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { parseEnvFile } from '../../../scripts/base/env-file.ts';
import { renderAlertmanager } from '../../../scripts/alertmanager/render.ts';
import { readSettings } from '../../../scripts/settings/settings.ts';
import { accountSid, smsNumbers, smsSender, TWILIO_SECRET, twilioProblems } from '../../../scripts/settings/twilio.ts';
import { ROOT } from '../../../scripts/base/files.ts';

const source: unknown = parse(readFileSync(join(ROOT, 'alertmanager/alertmanager.yml'), 'utf8'), { merge: true });
const smsOf = (...configured: readonly string[]): readonly unknown[] => {
  const { config } = renderAlertmanager(source, new Set(configured), {});
  return config.receivers.filter(({ name }) => name === 'sms').flatMap((receiver) => receiver['webhook_configs'] ?? []);
};

describe('SMS through Twilio', () => {
  it('goes to the history service where an auth token is set, and to the gateway where that is', () => {
    expect(smsOf()).toEqual([]);
    expect(smsOf(TWILIO_SECRET.key)).toEqual([{ url: 'http://history:9095/sms', send_resolved: true }]);
    const gateway = [{ url_file: '/run/secrets/sms_webhook_url', send_resolved: true }];
    expect(smsOf('SMS_WEBHOOK_URL')).toEqual(gateway);
    expect(smsOf('SMS_WEBHOOK_URL', TWILIO_SECRET.key)).toEqual(gateway);
  });
  it('is part of an emergency', () => {
    const { config } = renderAlertmanager(source, new Set([TWILIO_SECRET.key]), {});
    expect(config.receivers.find(({ name }) => name === 'emergency')?.['webhook_configs']).toContainEqual(
      expect.objectContaining({ url: 'http://history:9095/sms' }),
    );
  });
});

it('half of it is a problem, either way', () => {
  expect([twilioProblems(true, true), twilioProblems(false, false)]).toEqual([[], []]);
  expect(twilioProblems(true, false)).toMatchObject([{ place: 'secrets/twilio_auth_token' }]);
  expect(twilioProblems(false, true)).toMatchObject([{ place: 'SMS_TO' }]);
  const problems = (text: string): readonly string[] =>
    readSettings(parseEnvFile(text, '.env').entries, '.env').problems.map(({ message }) => message);
  expect(problems('SMS_TO=+4915112345678')).toEqual([
    expect.stringContaining('TWILIO_ACCOUNT_SID'),
    expect.stringContaining('TWILIO_FROM'),
  ]);
});

describe('the shapes', () => {
  const wrong = (parsed: object): boolean => 'wrong' in parsed;
  it.each([
    [accountSid, `AC${'a'.repeat(32)}`, 'AC123'],
    [smsSender, '+4915112345678', '015112345678'],
    [smsSender, `MG${'0'.repeat(32)}`, 'MGMGMGMGMGMGMG'],
    [smsSender, 'Pharos', 'A name too long'],
    [smsNumbers, '+4915112345678, +15005550006', '+4915112345678, 0151'],
    [TWILIO_SECRET.shape, 'a'.repeat(32), 'secret'],
  ])('take the right and name the wrong', (kind, right, bad) => {
    expect(wrong(kind(right))).toBe(false);
    expect(wrong(kind(bad))).toBe(true);
  });
});
