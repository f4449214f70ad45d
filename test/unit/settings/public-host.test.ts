import { expect, it } from 'vitest';
import { parseEnvFile } from '../../../scripts/base/env-file.ts';
import { planConfigure } from '../../../scripts/notify/configure.ts';
import { linksNowhere, LINKING_KEYS } from '../../../scripts/settings/public-host.ts';
import { planSecrets } from '../../../scripts/settings/secrets.ts';
import { readSettings } from '../../../scripts/settings/settings.ts';

const HOOK = 'https://hooks.slack.com/services/T0/B0/x';
const MAIL = 'SMTP_HOST=mail\nSMTP_FROM=a@b\nEMAIL_CRITICAL=c@b\n';
const WARNING = {
  severity: 'warning',
  place: 'PUBLIC_HOST',
  fix: 'Set PUBLIC_HOST to the name or address under which people reach this host; BIND_ADDRESS or a proxy must let them in.',
};
/** What `up` says of a `.env`. */
const said = (text: string) => planSecrets(readSettings(parseEnvFile(text, '.env').entries, '.env').settings, new Map()).problems;

it.each([`SLACK_WEBHOOK_URL=${HOOK}\n`, MAIL, 'WEBHOOK_URL=http://gateway\n', `PUBLIC_HOST=localhost\n${MAIL}`])(
  'messages that leave the host with links to it alone are named: %j',
  (text) => {
    expect(said(text)).toMatchObject([WARNING]);
  },
);

it.each([
  '',
  `PUBLIC_HOST=monitor.example.com\n${MAIL}`,
  `PUBLIC_HOST=10.0.0.5\nSLACK_WEBHOOK_URL=${HOOK}\n`,
  // Neither has links.
  'SMS_WEBHOOK_URL=http://gateway\nDEADMAN_URL=http://switch\n',
])('nothing is wrong with %j', (text) => {
  expect(said(text)).toEqual([]);
});

it('names the channel and the address', () => {
  expect(linksNowhere('127.0.0.1', (key) => key === 'NTFY_URL')[0]?.message).toMatch(/^is 127\.0\.0\.1, but NTFY_URL is set/);
  expect(LINKING_KEYS).toContain('TELEGRAM_BOT_TOKEN');
});

it('npm run configure says so too, of the channels that it sets up', () => {
  const warnings = (envText: string, answers: Record<string, string>, off: readonly string[] = []) =>
    planConfigure(answers, off, { envText, secretFiles: new Map() }).warnings;
  expect(warnings('', { SLACK_WEBHOOK_URL: HOOK })).toMatchObject([WARNING]);
  expect(warnings('PUBLIC_HOST=monitor\n', { SLACK_WEBHOOK_URL: HOOK })).toEqual([]);
  expect(warnings('', {}, ['slack'])).toEqual([]);
  expect(warnings('', { SMS_WEBHOOK_URL: 'http://gateway' })).toEqual([]);
});
