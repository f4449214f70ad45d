import { isAlias, isMap, isScalar, isSeq, type YAMLMap } from 'yaml';
import { error, type Problem } from '../base/problem.ts';
import { coverEverything, readInterval, type TimeInterval } from './time-interval.ts';
import { didYouMean, placeOf, type SourceDocument } from './shape.ts';

/** The user's maintenance windows, below the checkout and below `.effective/`. */
export const WINDOWS = 'alertmanager/windows.yml';

/** One maintenance window. */
export interface MaintenanceWindow {
  readonly name: string;
  /** Matchers of Alertmanager, all of which hold for an alert that it mutes; none if it mutes every alert. */
  readonly matchers: readonly string[];
  readonly intervals: readonly TimeInterval[];
  /** The intervals as they are written, for Alertmanager. */
  readonly written: readonly unknown[];
}

const KEYS = ['name', 'service', 'server', 'matchers', 'all', 'time_intervals'];
const SCOPES = ['service', 'server', 'matchers', 'all'];
const EXAMPLE = `Write it as
- name: nightly-backup
  server: db1
  time_intervals:
    - times: [{ start_time: "02:00", end_time: "03:00" }]`;
const MATCHER = /^\s*[A-Za-z_]\w*\s*(=|!=|=~|!~)\s*("(?:[^"\\]|\\.)*"|[^"{},\s]+)\s*$/;

/** Reads the windows, and names what is wrong with each, with its line. */
export function readWindows(source: SourceDocument): {
  readonly windows: readonly MaintenanceWindow[];
  readonly problems: readonly Problem[];
} {
  const { path, doc } = source;
  const root: unknown = doc.contents;
  if (root === null || (isScalar(root) && root.value === null)) return { windows: [], problems: [] };
  const list = isMap(root) ? root.get('windows', true) : undefined;
  if (isScalar(list) && list.value === null) return { windows: [], problems: [] };
  if (!isSeq(list) || (isMap(root) && root.items.length > 1))
    return { windows: [], problems: [error(path, 'is not a list below windows:', EXAMPLE)] };
  const problems: Problem[] = [];
  const windows = list.items.flatMap((item) => {
    const map = isAlias(item) ? item.resolve(doc) : item;
    if (!isMap(map)) {
      problems.push(error(placeOf(source, item), 'a window is not a map', EXAMPLE));
      return [];
    }
    const read = readWindow(source, map);
    problems.push(...read.problems);
    return [read.window];
  });
  for (const [index, { name }] of windows.entries())
    if (name !== '' && windows.findIndex((other) => other.name === name) < index)
      problems.push(error(placeOf(source, list.items[index]), `a second window has the name "${name}"`, 'Rename one of the two.'));
  return { windows, problems };
}

function readWindow(source: SourceDocument, map: YAMLMap): { readonly window: MaintenanceWindow; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const wrong = (node: unknown, message: string, fix: string): void =>
    void problems.push(error(placeOf(source, node ?? map), message, fix));
  const given = map.toJS(source.doc, { maxAliasCount: -1 }) as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(given))
    if (!KEYS.includes(key))
      wrong(map.get(key, true), `a window has no "${key}"`, didYouMean(key, KEYS) ?? `There are ${KEYS.join(', ')}.`);
  const name = typeof given['name'] === 'string' ? given['name'] : '';
  if (name === '') wrong(map, 'a window has no name', EXAMPLE);
  const scopes = SCOPES.filter((key) => key in given);
  if (scopes.length !== 1)
    wrong(
      map,
      scopes.length === 0 ? `the window "${name}" does not say what it mutes` : `the window "${name}" has ${scopes.join(' and ')}`,
      'Give it one of service:, server:, matchers: or all: true; several conditions are several matchers.',
    );
  const matchers = matchersOf(given);
  for (const [index, text] of matchers.entries())
    if (!MATCHER.test(text))
      wrong(map.getIn(['matchers', index], true), `"${text}" is not a matcher`, 'Write it as service="shop", or severity=~"info|warning".');
  if (matchers.length === 0 && given['all'] !== true && scopes.length === 1)
    wrong(map.get(scopes[0], true), `${scopes[0] ?? ''} of the window "${name}" is empty`, EXAMPLE);
  const written = Array.isArray(given['time_intervals']) ? (given['time_intervals'] as unknown[]) : [];
  const read = written.map((interval) => readInterval(interval));
  for (const [index, { mistakes }] of read.entries())
    for (const { at, message, fix } of mistakes) {
      const path = ['time_intervals', index, ...at];
      wrong(map.getIn(path, true) ?? map.getIn(path.slice(0, 2), true), message, fix);
    }
  const intervals = read.map(({ interval }) => interval);
  if (written.length === 0) wrong(map, `the window "${name}" has no time_intervals`, EXAMPLE);
  else if (problems.length === 0 && coverEverything(intervals))
    wrong(
      map.get('time_intervals', true),
      `the window "${name}" never ends, so its alerts would never reach a person`,
      'Limit it by times or weekdays; an alert that should reach no one has the severity info, or is removed.',
    );
  return { window: { name, matchers, intervals, written }, problems };
}

function matchersOf(given: Readonly<Record<string, unknown>>): readonly string[] {
  const { matchers } = given;
  if (Array.isArray(matchers)) return matchers.map(String);
  if (typeof matchers === 'string') return [matchers];
  return ['service', 'server'].flatMap((label) => {
    const value = given[label];
    return typeof value === 'string' && value !== '' ? [`${label}=${JSON.stringify(value)}`] : [];
  });
}
