import { isRecord } from './payload.ts';
import type { AlertStore } from './alert.ts';

/** What Alertmanager knows after its start is complete by then: Prometheus sends every firing alert again within a minute. */
const COMPLETE_MS = 5 * 60_000;
/** An alert that was heard of so recently needs no check. */
const RECENT_MS = 5 * 60_000;
const TIMEOUT_MS = 10_000;

/** The fingerprints of all alerts that Alertmanager knows as not over; undefined while it started too recently to know all. Throws if it does not answer. */
export async function knownAlerts(url: string, now: () => number): Promise<ReadonlySet<string> | undefined> {
  const status = await ask(`${url}/api/v2/status`);
  const started = isRecord(status) ? Date.parse(String(status['uptime'])) : Number.NaN;
  if (Number.isNaN(started)) throw new Error('Alertmanager does not say when it started');
  if (now() - started < COMPLETE_MS) return undefined;
  const alerts = await ask(`${url}/api/v2/alerts`);
  if (!Array.isArray(alerts)) throw new Error('Alertmanager does not list its alerts');
  return new Set(alerts.map((alert: unknown) => (isRecord(alert) ? String(alert['fingerprint']) : '')));
}

async function ask(url: string): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw new Error(`Alertmanager answered ${response.status}`);
  return response.json();
}

/**
 * Ends what the history has as firing although Alertmanager does not know it: its notice of the end was lost, for example because Alertmanager's
 * data was. Only what two checks in a row do not find is over, as an end that has just come may still be on its way. The notice that comes after
 * all corrects the time.
 *
 * @param known what Alertmanager knows; undefined if that is incomplete
 * @returns a check that returns how many alerts it ended
 */
export function createReconciler(
  store: Pick<AlertStore, 'endUnknown'>,
  known: () => Promise<ReadonlySet<string> | undefined>,
  now: () => number,
) {
  let before: ReadonlySet<string> | undefined;
  return async (): Promise<number> => {
    const last = before;
    before = undefined;
    const current = await known();
    before = current;
    if (current === undefined || last === undefined) return 0;
    return store.endUnknown((fingerprint) => current.has(fingerprint) || last.has(fingerprint), now() - RECENT_MS, now());
  };
}
