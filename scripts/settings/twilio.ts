import { error, type Problem } from '../base/problem.ts';
import type { Kind } from '../base/kinds.ts';

/** SMS through Twilio: the history service turns Alertmanager's webhook into Twilio's requests. A gateway in SMS_WEBHOOK_URL takes precedence. */
export const TWILIO_SECRET = {
  key: 'TWILIO_AUTH_TOKEN',
  file: 'twilio_auth_token',
  shape: ((value) =>
    /^[0-9a-f]{32}$/.test(value)
      ? { value }
      : {
          wrong: 'is not an auth token',
          fix: "The account's auth token: 32 digits and letters a to f.",
        }) as Kind<string>,
} as const;

const NUMBER = /^\+[1-9]\d{6,14}$/;

function orNone(pattern: RegExp, wrong: string, fix: string): Kind<string> {
  return (value) => (value === '' || pattern.test(value) ? { value } : { wrong: `"${value}" ${wrong}`, fix });
}

/** `AC…`, or nothing. */
export const accountSid = orNone(/^AC[0-9a-f]{32}$/, 'is not an account SID', 'AC and 32 digits and letters a to f.');

/** A number of the account, the SID of a messaging service, or a sender's name; or nothing. */
export const smsSender = orNone(
  /^(\+[1-9]\d{6,14}|MG[0-9a-f]{32}|[A-Za-z0-9 ]{1,11})$/,
  'is neither a number nor a messaging service',
  'A number as +4915112345678, the SID of a messaging service (MG…), or a sender name of up to 11 letters.',
);

/** Numbers in E.164, comma-separated; or nothing. */
export const smsNumbers: Kind<string> = (value) => {
  const wrong = value
    .split(',')
    .map((part) => part.trim())
    .find((part) => part !== '' && !NUMBER.test(part));
  return wrong === undefined ? { value } : { wrong: `"${wrong}" is not a telephone number`, fix: 'With country code, as +4915112345678.' };
};

/** Twilio sends nothing with half of its settings. A rule checks the plain settings; this one checks the token. */
export function twilioProblems(token: boolean, numbers: boolean): readonly Problem[] {
  if (token === numbers) return [];
  return token
    ? [error(`secrets/${TWILIO_SECRET.file}`, 'is set, but no number is', 'Set TWILIO_ACCOUNT_SID, TWILIO_FROM and SMS_TO, or remove it.')]
    : [
        error(
          'SMS_TO',
          'is set, but TWILIO_AUTH_TOKEN is not: no SMS is sent',
          `Set TWILIO_AUTH_TOKEN, or write the token into secrets/${TWILIO_SECRET.file}.`,
        ),
      ];
}
