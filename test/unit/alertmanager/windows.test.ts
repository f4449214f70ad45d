import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import type { AlertmanagerConfig, Route } from '../../../scripts/alertmanager/config.ts';
import { readInterval } from '../../../scripts/alertmanager/time-interval.ts';
import { withWindows } from '../../../scripts/alertmanager/window-routes.ts';
import { stateOf } from '../../../scripts/alertmanager/window-times.ts';
import { readWindows, type MaintenanceWindow } from '../../../scripts/alertmanager/windows.ts';
import { ROOT } from '../../../scripts/base/files.ts';

const path = 'alertmanager/windows.yml';
const read = (text: string) => readWindows({ path, text, doc: parseDocument(text) });
const problems = (text: string): readonly string[] => read(text).problems.map(({ place, message }) => `${place}: ${message}`);
const NIGHT = '    time_intervals: [{ times: [{ start_time: "02:00", end_time: "03:00" }] }]\n';
const windowOf = (body: string): string => `windows:\n  - name: w\n${body}`;

describe('the checked-in file', () => {
  const text = readFileSync(join(ROOT, path), 'utf8');

  it('has no window', () => {
    expect(read(text)).toEqual({ windows: [], problems: [] });
  });

  it('explains by an example that is right', () => {
    const example = text
      .split('\n')
      .slice(text.split('\n').indexOf('# windows:'))
      .filter((line) => line.startsWith('#'))
      .map((line) => line.replace(/^# ?/, ''))
      .join('\n');
    const { windows, problems: wrong } = read(example);
    expect(wrong).toEqual([]);
    expect(windows.map(({ name, matchers }) => [name, matchers])).toEqual([
      ['nightly-backup', ['server="db1"']],
      ['patch-day', []],
    ]);
  });
});

describe('a mistake is refused with its line', () => {
  it.each([
    ['windows: 3\n', 'alertmanager/windows.yml: is not a list below windows:'],
    ['- name: w\n', 'alertmanager/windows.yml: is not a list below windows:'],
    ['windows:\n  - 3\n', 'alertmanager/windows.yml:2: a window is not a map'],
    [windowOf(`    servr: db1\n    all: true\n${NIGHT}`), 'alertmanager/windows.yml:3: a window has no "servr"'],
    [`windows:\n  - all: true\n${NIGHT}`, 'alertmanager/windows.yml:2: a window has no name'],
    [windowOf(NIGHT), 'alertmanager/windows.yml:2: the window "w" does not say what it mutes'],
    [windowOf(`    all: true\n    server: x\n${NIGHT}`), 'alertmanager/windows.yml:2: the window "w" has server and all'],
    [windowOf(`    server: ""\n${NIGHT}`), 'alertmanager/windows.yml:3: server of the window "w" is empty'],
    [windowOf(`    matchers:\n      - a="b"\n      - severity\n${NIGHT}`), 'alertmanager/windows.yml:5: "severity" is not a matcher'],
    [windowOf('    all: true\n'), 'alertmanager/windows.yml:2: the window "w" has no time_intervals'],
    [
      windowOf(`    all: true\n${NIGHT}  - name: w\n    server: x\n${NIGHT}`),
      'alertmanager/windows.yml:5: a second window has the name "w"',
    ],
  ])('%#', (text, message) => {
    expect(problems(text)).toEqual([message]);
  });

  const times = (interval: string): string => windowOf(`    all: true\n    time_intervals:\n      - ${interval}\n`);
  it.each([
    ['location: Europe/Berln', '"Europe/Berln" is not a time zone', 'Europe/Berlin'],
    ['location: europe/berlin', '"europe/berlin" is not a time zone', 'Europe/Berlin'],
    ['location: "+01:00"', '"+01:00" is not a time zone', 'Did you mean'],
    ['times: [{ start_time: "2:00", end_time: "03:00" }]', 'a time is not of the form 02:00', '24:00'],
    ['times: [{ start_time: "02:00", end_time: "24:01" }]', 'a time is not of the form 02:00', '24:00'],
    ['times: [{ start_time: "23:00", end_time: "01:00" }]', '23:00 to 01:00 ends before it begins', '23:00 to 24:00, and 00:00 to 01:00'],
    ['weekdays: [monday:frday]', '"monday:frday" is not one of weekdays', 'monday:friday'],
    ['weekdays: [saturday:sunday]', '"saturday:sunday" ends before it begins', 'an item for each side'],
    ['days_of_month: [0]', '"0" is not one of days_of_month', '-1 for the last day'],
    ['days_of_month: ["5:3"]', '"5:3" ends before it begins', 'an item'],
    ['months: [13]', '"13" is not one of months', 'january'],
    ['years: [26]', '"26" is not one of years', '2027'],
    ['weekdays: monday', 'weekdays is not a list', 'weekdays: [monday]'],
    ['weekday: [monday]', 'a time interval has no "weekday"', 'Did you mean weekdays?'],
    ['{}', 'the window "w" never ends, so its alerts would never reach a person', 'severity info'],
    ['times: [{ start_time: "00:00", end_time: "24:00" }]', 'the window "w" never ends, so its alerts would never reach a person', 'info'],
    [
      '{ weekdays: ["sunday:wednesday"] }\n      - { weekdays: ["thursday:saturday"] }',
      'the window "w" never ends, so its alerts would never reach a person',
      'info',
    ],
  ])('%s', (interval, message, fix) => {
    expect(read(times(interval)).problems).toMatchObject([
      { severity: 'error', place: 'alertmanager/windows.yml:5', message, fix: expect.stringContaining(fix) },
    ]);
  });
});

describe('a window', () => {
  const state = (interval: object, now: string) => {
    const found = stateOf([readInterval(interval).interval], Date.parse(now), 86_400_000);
    const text = (ms: number | undefined): string | undefined => (ms === undefined ? undefined : new Date(ms).toISOString().slice(0, 16));
    if (found === undefined) return undefined;
    return found.kind === 'active' ? ['until', text(found.untilMs)] : ['from', text(found.fromMs), text(found.untilMs)];
  };
  const night = { times: [{ start_time: '02:00', end_time: '03:30' }] };

  it.each([
    [night, '2026-06-01T02:00:00Z', ['until', '2026-06-01T03:30']],
    [night, '2026-06-01T03:30:00Z', ['from', '2026-06-02T02:00', '2026-06-02T03:30']],
    [{ ...night, location: 'Europe/Berlin' }, '2026-06-01T00:10:00Z', ['until', '2026-06-01T01:30']],
    [{ ...night, location: 'Europe/Berlin' }, '2026-01-01T00:10:00Z', ['from', '2026-01-01T01:00', '2026-01-01T02:30']],
    // Clocks go forward at 02:00: the window has half an hour left.
    [{ ...night, location: 'Europe/Berlin' }, '2026-03-29T00:59:00Z', ['from', '2026-03-29T01:00', '2026-03-29T01:30']],
    [{ weekdays: ['monday'] }, '2026-06-02T00:00:00Z', undefined],
    [{ weekdays: ['monday:tuesday'] }, '2026-06-02T23:59:00Z', ['until', '2026-06-03T00:00']],
    [{ days_of_month: ['-1'] }, '2026-02-28T05:00:00Z', ['until', '2026-03-01T00:00']],
    [{ days_of_month: ['8:14'], weekdays: ['tuesday'] }, '2026-06-08T12:00:00Z', ['from', '2026-06-09T00:00', '2026-06-10T00:00']],
    [{ months: ['june:july'], years: ['2026'] }, '2026-06-08T12:00:00Z', ['until', undefined]],
    [{ months: [7] }, '2026-06-08T12:00:00Z', undefined],
  ])('%j at %s', (interval, now, expected) => {
    expect(state(interval, now)).toEqual(expected);
  });
});

describe('routes', () => {
  const window = (name: string, ...matchers: readonly string[]): MaintenanceWindow => ({
    name,
    matchers,
    intervals: [],
    written: [{ weekdays: ['monday'] }],
  });
  const config = (route: Route): AlertmanagerConfig => ({ global: {}, route: { receiver: 'history', ...route }, receivers: [] });
  const people: Route = {
    routes: [{ receiver: 'deadman', matchers: ['alertname="Watchdog"'] }, { receiver: 'history', continue: true }, { receiver: 'team' }],
  };
  const below = (windows: readonly MaintenanceWindow[], route: Route = people): readonly (readonly Route[] | undefined)[] =>
    (withWindows(config(route), windows).config.route.routes ?? []).map(({ routes }) => routes);

  it('to people get the windows, those to the history and the dead-man’s switch do not', () => {
    const [deadman, history, team] = below([window('w', 'server="db1"')]);
    expect([deadman, history]).toEqual([undefined, undefined]);
    expect(team).toEqual([{ matchers: ['server="db1"', 'alertname!="Watchdog"'], mute_time_intervals: ['window w'] }]);
    expect(withWindows(config(people), [window('w')]).config['time_intervals']).toEqual([
      { name: 'window w', time_intervals: [{ weekdays: ['monday'] }] },
    ]);
  });

  it('mute an alert in every window that matches it', () => {
    const team = below([window('a', 'server="x"'), window('b', 'server="y"'), window('c'), window('d')])[2];
    const all = { matchers: ['alertname!="Watchdog"'], mute_time_intervals: ['window c', 'window d'] };
    const of = (server: string, name: string): Route => ({
      matchers: [`server="${server}"`, 'alertname!="Watchdog"'],
      mute_time_intervals: [name],
      routes: [{ ...all, mute_time_intervals: [name, 'window c', 'window d'] }],
    });
    expect(team).toEqual([of('x', 'window a'), of('y', 'window b'), all]);
  });

  it('keep their own times, and test alerts pass', () => {
    const test: Route = { matchers: ['alertname="TestAlert"'] };
    const own: Route = { receiver: 'team', mute_time_intervals: ['mine'], active_time_intervals: ['office'], routes: [test] };
    expect(below([window('w', 'a="b"')], { routes: [own, { receiver: 'test-slack' }] })).toEqual([
      [
        test,
        { matchers: ['a="b"', 'alertname!="Watchdog"'], mute_time_intervals: ['mine', 'window w'], active_time_intervals: ['office'] },
      ],
      undefined,
    ]);
  });

  it('that cannot be muted, and too many combinations, are problems', () => {
    const nested: Route = { routes: [{ receiver: 'team', routes: [{ receiver: 'other', matchers: ['a="b"'], continue: true }] }] };
    expect(withWindows(config(nested), [window('w')]).problems).toMatchObject([
      { message: 'cannot mute the route to team, below which a route has continue: true' },
    ]);
    const crossing = Array.from({ length: 7 }, (_, index) => window(`w${index}`, `label${index}="x"`));
    expect(withWindows(config(people), crossing).problems).toMatchObject([
      { message: expect.stringContaining('more than 64 combinations') },
    ]);
    expect(withWindows(config(people), crossing.slice(1)).problems).toEqual([]);
  });
});
