import { expect, it } from 'vitest';
import { planSecrets } from '../../../scripts/settings/secrets.ts';
import { parseEnvFile } from '../../../scripts/base/env-file.ts';
import { readSettings } from '../../../scripts/settings/settings.ts';

const TOKEN = `1:${'A'.repeat(35)}`;
const HOOK = 'https://hooks.slack.com/services/T0/B0/x';
const MAIL = 'SMTP_HOST=mail\nSMTP_FROM=a@b\nEMAIL_CRITICAL=c@b\n';
const said = (text: string, files: Readonly<Record<string, string>> = {}): string[] => {
  const { settings } = readSettings(parseEnvFile(`PUBLIC_HOST=monitor.example.com\n${text}`, '.env').entries, '.env');
  return planSecrets(settings, new Map(Object.entries(files))).problems.map(
    ({ severity, place, message }) => `${severity} ${place} ${message.split(/[:,]/)[0] ?? ''}`,
  );
};

it.each([
  [`TELEGRAM_BOT_TOKEN=${TOKEN}\n`, {}, ['error TELEGRAM_CHAT_ID is empty']],
  ['', { telegram_bot_token: TOKEN }, ['error TELEGRAM_CHAT_ID is empty']],
  ['TELEGRAM_CHAT_ID=-5\n', {}, ['warning TELEGRAM_CHAT_ID is set']],
  ["SLACK_CHANNEL='#ops'\n", {}, ['warning SLACK_CHANNEL is set']],
  [`${MAIL}SMTP_USER=u\n`, {}, ['error SMTP_USER is set']],
])('half a channel is named: %j with %j', (text, files, problems) => {
  expect(said(text, files)).toEqual(problems);
});

it.each([
  [`TELEGRAM_BOT_TOKEN=${TOKEN}\nTELEGRAM_CHAT_ID=-5\n`, {}],
  ["SLACK_CHANNEL='#ops'\n", { slack_webhook_url: HOOK }],
  [`${MAIL}SMTP_USER=u\n`, { smtp_password: 'p' }],
  [`${MAIL}SMTP_USER=u\nSMTP_PASSWORD=p\n`, {}],
  [MAIL, {}],
  // Without a server there is no email, and no login.
  ['SMTP_USER=u\n', {}],
])('a whole one is not: %j with %j', (text, files) => {
  expect(said(text, files)).toEqual([]);
});
