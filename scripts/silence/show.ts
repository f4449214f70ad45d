import pc from 'picocolors';
import { readableSpan, readableTime } from '../base/span.ts';
import type { HeldAlert, Silence } from '../clients/alertmanager.ts';
import { matchersText, mutedBy } from './words.ts';

/** A silence that is in force or begins later, as `status` and `silence` show it. */
export interface ShownSilence {
  readonly id: string;
  readonly what: string;
  readonly state: 'active' | 'pending';
  /** ISO 8601, in UTC. */
  readonly until: string;
  readonly reason: string;
  readonly by: string;
  /** How many of the present alerts it mutes. */
  readonly mutes: number;
}

/** The silences that are not over, the next to end first. */
export function shownSilences(silences: readonly Silence[], alerts: readonly HeldAlert[]): readonly ShownSilence[] {
  return silences
    .flatMap((silence): readonly ShownSilence[] => {
      const { id, matchers, endsAt, comment, createdBy, status } = silence;
      if (status.state === 'expired') return [];
      const mutes = mutedBy(silence, alerts).length;
      return [{ id, what: matchersText(matchers), state: status.state, until: endsAt, reason: comment, by: createdBy, mutes }];
    })
    .sort((a, b) => Date.parse(a.until) - Date.parse(b.until));
}

/** How much of an id is shown; `--end` takes that. */
const SHOWN = 8;

/** A line for each silence. */
export function silenceLines(silences: readonly ShownSilence[], nowMs: number): readonly string[] {
  const width = Math.max(0, ...silences.map(({ what }) => what.length));
  return silences.map(({ id, what, state, until, reason, by, mutes }) => {
    const end = Date.parse(until);
    const when = `until ${readableTime(end)} (${readableSpan((end - nowMs) / 1000)})`;
    const now = state === 'pending' ? 'has not begun' : `mutes ${countOf(mutes)} now`;
    return `  ${pc.bold(id.slice(0, SHOWN))}  ${what.padEnd(width)}  ${when}, ${now}  ${pc.dim(`${by}: ${reason}`)}`;
  });
}

/** The silences that an id, the start of one, a name or `all` means. */
export function meantBy(which: string, silences: readonly ShownSilence[]): readonly ShownSilence[] {
  if (which === 'all') return silences;
  const byId = silences.filter(({ id }) => which.length >= 4 && id.startsWith(which));
  return byId.length > 0 ? byId : silences.filter(({ what }) => what.includes(`="${which}"`) && !what.includes('!='));
}

/** A number of alerts in words. */
export function countOf(alerts: number): string {
  return alerts === 1 ? '1 alert' : `${alerts} alerts`;
}
