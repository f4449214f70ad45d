import { closest } from 'fastest-levenshtein';

/** A range of whole numbers, both ends included. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** One time interval of Alertmanager: a moment is in it when every field that is given holds. */
export interface TimeInterval {
  /** Minutes of the day; `to` is excluded. */
  readonly times: readonly Range[];
  /** 0 is Sunday. */
  readonly weekdays: readonly Range[];
  /** Negative numbers count from the end of the month. */
  readonly days: readonly Range[];
  readonly months: readonly Range[];
  readonly years: readonly Range[];
  /** A name of the time zone database. */
  readonly location: string;
}

/** What is wrong with an interval, and where in it. */
export interface IntervalMistake {
  readonly at: readonly (string | number)[];
  readonly message: string;
  readonly fix: string;
}

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const MONTHS = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december'];
const KEYS = ['times', 'weekdays', 'days_of_month', 'months', 'years', 'location'];

/** Reads one entry of `time_intervals`, as Alertmanager does. */
export function readInterval(value: unknown): { readonly interval: TimeInterval; readonly mistakes: readonly IntervalMistake[] } {
  const mistakes: IntervalMistake[] = [];
  const wrong = (at: readonly (string | number)[], message: string, fix: string): void => void mistakes.push({ at, message, fix });
  const given = typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
  if (given !== value)
    wrong([], 'a time interval is not a map', 'Write it as\n- weekdays: [sunday]\n  times: [{ start_time: "02:00", end_time: "04:00" }]');
  for (const key of Object.keys(given)) {
    if (!KEYS.includes(key)) wrong([key], `a time interval has no "${key}"`, `Did you mean ${closest(key, KEYS)}?`);
  }
  const listOf = (key: string): readonly unknown[] => {
    const list = given[key] ?? [];
    if (Array.isArray(list)) return list;
    wrong([key], `${key} is not a list`, `Write it as ${key}: [${typeof list === 'object' ? '…' : String(list)}]`);
    return [];
  };
  const ranges = (key: string, numberOf: (text: string) => number | undefined, hint: string): readonly Range[] =>
    listOf(key).flatMap((item, index) => {
      const [first = '', last = first, ...more] = String(item).toLowerCase().split(':');
      const [from, to] = [numberOf(first.trim()), numberOf(last.trim())];
      if (from === undefined || to === undefined || more.length > 0) wrong([key, index], `"${String(item)}" is not one of ${key}`, hint);
      else if (from > to && !(key === 'days_of_month' && from > 0 && to < 0))
        wrong([key, index], `"${String(item)}" ends before it begins`, 'Name both parts: an item for each side of the turn.');
      else return [{ from, to }];
      return [];
    });
  const times = listOf('times').flatMap((item, index) => {
    const { start_time: start, end_time: end } = (item ?? {}) as { start_time?: unknown; end_time?: unknown };
    const [from, to] = [minuteOf(start), minuteOf(end)];
    if (from === undefined || to === undefined)
      wrong(
        ['times', index],
        'a time is not of the form 02:00',
        'Write it as { start_time: "02:00", end_time: "04:00" }; the end of the day is 24:00.',
      );
    else if (from >= to)
      wrong(
        ['times', index],
        `${String(start)} to ${String(end)} ends before it begins`,
        `Over midnight it takes two: ${String(start)} to 24:00, and 00:00 to ${String(end)}; weekdays count for each.`,
      );
    else return [{ from, to }];
    return [];
  });
  const location = typeof given['location'] === 'string' ? given['location'] : 'UTC';
  if (!isZone(location))
    wrong(['location'], `"${location}" is not a time zone`, `Did you mean ${closest(location, Intl.supportedValuesOf('timeZone'))}?`);
  const interval = {
    times,
    weekdays: ranges(
      'weekdays',
      (text) => indexOf(WEEKDAYS, text, 0),
      'A day such as monday, or monday:friday; the week begins with sunday.',
    ),
    days: ranges('days_of_month', (text) => numberIn(text, 31), 'A day such as 1, a range such as 1:7, or -1 for the last day.'),
    months: ranges(
      'months',
      (text) => indexOf(MONTHS, text, 1) ?? (Number(text) > 0 ? numberIn(text, 12) : undefined),
      'A month such as january or 1, or a range such as 1:3.',
    ),
    years: ranges('years', (text) => (/^\d{4}$/.test(text) ? Number(text) : undefined), 'A year such as 2027, or 2027:2028.'),
    location: isZone(location) && location !== 'Local' ? location : 'UTC',
  };
  return { interval, mistakes };
}

function minuteOf(text: unknown): number | undefined {
  const [, hours, minutes] = /^(\d\d):([0-5]\d)$/.exec(String(text)) ?? [];
  const minute = Number(hours) * 60 + Number(minutes);
  return minute <= 1440 ? minute : undefined;
}

function indexOf(names: readonly string[], name: string, first: number): number | undefined {
  const index = names.indexOf(name);
  return index < 0 ? undefined : index + first;
}

function numberIn(text: string, most: number): number | undefined {
  const number = /^-?\d+$/.test(text) ? Number(text) : 0;
  return number !== 0 && Math.abs(number) <= most ? number : undefined;
}

/** Alertmanager's names of time zones are those of files, so their case counts. */
function isZone(name: string): boolean {
  if (name === 'Local' || name === 'UTC') return true;
  if (!name.split('/').every((part) => /^[A-Z][\w+-]*$/.test(part))) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** Whether the intervals leave no minute of any week. */
export function coverEverything(intervals: readonly TimeInterval[]): boolean {
  const whole = intervals.filter(({ days, months, years }) => days.length + months.length + years.length === 0);
  return WEEKDAYS.every((_, weekday) => {
    const today = whole.filter(({ weekdays }) => holds(weekdays, weekday));
    return Array.from({ length: 1440 }, (__, minute) => minute).every((minute) =>
      today.some(({ times }) => times.length === 0 || times.some(({ from, to }) => from <= minute && minute < to)),
    );
  });
}

/** Whether a list of ranges is not given, or has a number. */
export function holds(ranges: readonly Range[], number: number): boolean {
  return ranges.length === 0 || ranges.some(({ from, to }) => from <= number && number <= to);
}
