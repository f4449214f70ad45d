import { readFile } from 'node:fs/promises';
import { isRecord, type Notification } from './payload.ts';
import { smsText } from './sms.ts';

/** A Twilio account and its recipients. */
export interface TwilioAccount {
  /** `https://api.twilio.com`; another one for a proxy. */
  readonly url: string;
  readonly accountSid: string;
  /** File that holds the auth token; read at every message, so that a new token needs no restart. */
  readonly tokenFile: string;
  /** A number of the account in E.164, or the SID of a messaging service (MG…). */
  readonly from: string;
  readonly to: readonly string[];
}

/** The result of the messages. `again` is set if a retry may work; Alertmanager then sends the notification again. */
interface Sent {
  readonly sent: number;
  readonly problems: readonly string[];
  readonly again: boolean;
}

const TIMEOUT_MS = 8000;
/** A number that has its message is skipped when Alertmanager repeats the notification because of another number. */
const REMEMBER_MS = 30 * 60_000;

/** Sends notifications as SMS through Twilio's Messages resource, one request per number. */
export function createTwilio(account: TwilioAccount, now: () => number) {
  const done = new Map<string, number>();
  const message = async (to: string, text: string): Promise<{ readonly problem?: string; readonly again?: boolean }> => {
    const sender = account.from.startsWith('MG') ? { MessagingServiceSid: account.from } : { From: account.from };
    try {
      const token = (await readFile(account.tokenFile, 'utf8')).trim();
      const response = await fetch(`${account.url}/2010-04-01/Accounts/${account.accountSid}/Messages.json`, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from(`${account.accountSid}:${token}`).toString('base64')}` },
        body: new URLSearchParams({ To: to, ...sender, Body: text }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      if (response.ok) return {};
      const said = await response.json().catch(() => undefined);
      const why = isRecord(said) ? `${String(said['message'])} (${String(said['code'])})` : 'no reason given';
      return { problem: `${to}: Twilio answered ${response.status}: ${why}`, again: response.status >= 500 || response.status === 429 };
    } catch (failure) {
      return { problem: `${to}: Twilio could not be asked: ${reason(failure)}`, again: true };
    }
  };
  return async (notification: Notification): Promise<Sent> => {
    for (const [key, at] of done) if (at < now() - REMEMBER_MS) done.delete(key);
    const text = smsText(notification);
    if (text === '') return { sent: 0, problems: [], again: false };
    const what = notification.alerts.map(({ fingerprint, startsAt, status }) => `${fingerprint} ${startsAt} ${status}`).join();
    const open = account.to.filter((to) => !done.has(`${to} ${notification.groupKey} ${what}`));
    const results = await Promise.all(open.map(async (to) => ({ to, ...(await message(to, text)) })));
    const failed = results.filter(({ problem }) => problem !== undefined);
    const again = failed.some((result) => result.again === true);
    // Without a retry nothing needs to be remembered: the next notification of the same alerts is a wanted reminder.
    for (const { to, problem } of results) if (again && problem === undefined) done.set(`${to} ${notification.groupKey} ${what}`, now());
    if (!again) for (const to of account.to) done.delete(`${to} ${notification.groupKey} ${what}`);
    return { sent: results.length - failed.length, problems: failed.flatMap(({ problem }) => problem ?? []), again };
  };
}

function reason(failure: unknown): string {
  const { cause } = failure as { cause?: unknown };
  return String(cause instanceof Error ? cause.message : failure);
}
