import { holds, type TimeInterval } from './time-interval.ts';

const MINUTE_MS = 60_000;
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** When a window is, as seen from now. */
export type WindowState =
  | { readonly kind: 'active'; readonly untilMs: number | undefined }
  | { readonly kind: 'soon'; readonly fromMs: number; readonly untilMs: number | undefined };

/**
 * Whether one of the intervals holds now or begins before `aheadMs` have passed; undefined if neither. Its end is sought
 * equally far ahead.
 */
export function stateOf(intervals: readonly TimeInterval[], nowMs: number, aheadMs: number): WindowState | undefined {
  const isIn = checker(intervals);
  const seek = (fromMs: number, wanted: boolean): number | undefined => {
    // Every interval begins and ends with a minute.
    for (let at = Math.ceil(fromMs / MINUTE_MS) * MINUTE_MS; at <= fromMs + aheadMs; at += MINUTE_MS) if (isIn(at) === wanted) return at;
    return undefined;
  };
  if (isIn(nowMs)) return { kind: 'active', untilMs: seek(nowMs, false) };
  const fromMs = seek(nowMs, true);
  return fromMs === undefined ? undefined : { kind: 'soon', fromMs, untilMs: seek(fromMs, false) };
}

function checker(intervals: readonly TimeInterval[]): (ms: number) => boolean {
  const clocks = new Map(
    intervals.map(({ location }) => [
      location,
      new Intl.DateTimeFormat('en-US', {
        ...{ timeZone: location, hourCycle: 'h23', weekday: 'short', year: 'numeric', month: 'numeric' },
        ...{ day: 'numeric', hour: 'numeric', minute: 'numeric' },
      }),
    ]),
  );
  return (ms) =>
    intervals.some(({ location, times, weekdays, days, months, years }) => {
      const parts = new Map(
        clocks
          .get(location)
          ?.formatToParts(ms)
          .map(({ type, value }) => [type, value]),
      );
      const [year, month, day] = [Number(parts.get('year')), Number(parts.get('month')), Number(parts.get('day'))];
      const minute = Number(parts.get('hour')) * 60 + Number(parts.get('minute'));
      const length = new Date(Date.UTC(year, month, 0)).getUTCDate();
      const dayOf = (number: number): number => (number < 0 ? length + 1 + number : number);
      return (
        (times.length === 0 || times.some(({ from, to }) => from <= minute && minute < to)) &&
        holds(weekdays, WEEKDAYS.indexOf(parts.get('weekday') ?? '')) &&
        (days.length === 0 || days.some(({ from, to }) => dayOf(from) <= day && day <= dayOf(to))) &&
        holds(months, month) &&
        holds(years, year)
      );
    });
}
