import { secondsBetween, type AlertTimes } from './alert.ts';

/** How often one alert fired, by week, and how it was handled. Times in seconds. */
export interface NoiseRow {
  readonly alertname: string;
  readonly severity: string;
  readonly total: number;
  /** Counts by the Monday of each week, in the order of `weeks`. */
  readonly perWeek: readonly number[];
  readonly acknowledged: number;
  /** Half took less; null where there is none yet. */
  readonly medianSecondsToAcknowledge: number | null;
  readonly medianSecondsToResolve: number | null;
}

export interface Noise {
  /** Mondays, ISO dates in UTC, oldest first. */
  readonly weeks: readonly string[];
  /** The loudest first. */
  readonly alerts: readonly NoiseRow[];
}

const DAY_MS = 86_400_000;

/** The Monday, UTC, of the week that a time is in, as an ISO date. */
export function mondayOf(ms: number): string {
  const sinceMonday = (new Date(ms).getUTCDay() + 6) % 7;
  return new Date(ms - sinceMonday * DAY_MS).toISOString().slice(0, 10);
}

/** The Mondays of the last weeks, this one included, oldest first. */
export function lastWeeks(count: number, nowMs: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => mondayOf(nowMs - (count - 1 - index) * 7 * DAY_MS));
}

/** Always fires, to show that alerts arrive: not noise. */
const ALWAYS = 'Watchdog';

/** Counts alerts by name and week. */
export function noiseOf(times: readonly AlertTimes[], weeks: readonly string[]): Noise {
  const byName = new Map<string, AlertTimes[]>();
  for (const alert of times) {
    if (alert.startsAt < (weeks[0] ?? '') || alert.alertname === ALWAYS) continue;
    const of = byName.get(alert.alertname) ?? [];
    of.push(alert);
    byName.set(alert.alertname, of);
  }
  const alerts = [...byName].map(([alertname, of]): NoiseRow => {
    const perWeek = new Map(weeks.map((week) => [week, 0]));
    for (const { startsAt } of of) {
      const week = mondayOf(Date.parse(startsAt));
      perWeek.set(week, (perWeek.get(week) ?? 0) + 1);
    }
    return {
      alertname,
      severity: of[0]?.severity ?? '',
      total: of.length,
      perWeek: weeks.map((week) => perWeek.get(week) ?? 0),
      acknowledged: of.filter(({ acknowledgedAt }) => acknowledgedAt !== null).length,
      medianSecondsToAcknowledge: median(of.map(({ startsAt, acknowledgedAt }) => secondsBetween(startsAt, acknowledgedAt))),
      medianSecondsToResolve: median(of.map(({ startsAt, endsAt }) => secondsBetween(startsAt, endsAt))),
    };
  });
  return { weeks, alerts: alerts.sort((a, b) => b.total - a.total || a.alertname.localeCompare(b.alertname)) };
}

function median(values: readonly (number | null)[]): number | null {
  const sorted = values.filter((value) => value !== null).sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[middle]];
  return low === undefined || high === undefined ? null : Math.round((low + high) / 2);
}
