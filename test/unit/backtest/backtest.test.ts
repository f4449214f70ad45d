import { stripVTControlCharacters as plain } from 'node:util';
import { describe, expect, it } from 'vitest';
import { compare } from '../../../scripts/backtest/compare.ts';
import { costOf, partsOf, planned, remarkOf, stepOf } from '../../../scripts/backtest/plan.ts';
import { wakes, type AlertResult } from '../../../scripts/backtest/result.ts';
import { renderBacktest } from '../../../scripts/backtest/show.ts';
import { pagesOf, simulate, type Firing } from '../../../scripts/backtest/simulate.ts';

const STEP = 15;
/** When the condition of one series holds: `1` at each step, `_` where it does not or a scrape was lost. */
const fired = (pattern: string, holdSeconds = 0, keepSeconds = 0): readonly (readonly [number, number | undefined])[] => {
  const times = [...pattern].flatMap((mark, index) => (mark === '1' ? [index * STEP] : []));
  const end = (pattern.length - 1) * STEP;
  return simulate([{ labels: { __name__: 'x', a: 'b' }, times }], { holdSeconds, keepSeconds, step: STEP, end }).map(({ from, until }) => [
    from,
    until,
  ]);
};

describe('simulate', () => {
  it.each([
    ['fires at once without a hold time, and ends at the first look without', '_11_', 0, 0, [[15, 45]]],
    ['fires when it has held for the whole time', '_11111_', 60, 0, [[75, 90]]],
    ['not a look before', '_1111__', 60, 0, []],
    ['at the next look where the hold time lies between two', '1111111', 50, 0, [[60, undefined]]],
    ['a gap starts the hold time anew', '1111_11111_', 60, 0, [[135, 150]]],
    [
      'one lost look ends it',
      '111_111_',
      15,
      0,
      [
        [15, 45],
        [75, 105],
      ],
    ],
    ['it goes on firing for a while', '11______', 0, 45, [[0, 75]]],
    ['a short gap is bridged by that', '11_11___', 0, 30, [[0, 105]]],
    ['one that is as long too', '11__11__', 0, 30, [[0, undefined]]],
    [
      'a longer one is not',
      '11____11_',
      0,
      30,
      [
        [0, 60],
        [90, undefined],
      ],
    ],
    [
      'and the hold time counts again after it',
      '111____111_',
      30,
      15,
      [
        [30, 60],
        [135, undefined],
      ],
    ],
    ['it never was true', '______', 0, 0, []],
  ] as const)('%s', (_, pattern, hold, keep, expected) => {
    expect(fired(pattern, hold, keep)).toEqual(expected);
  });

  it('drops the name of the metric and keeps each series apart', () => {
    const series = [
      { labels: { __name__: 'x', a: '1' }, times: [15, 30] },
      { labels: { __name__: 'x', a: '2' }, times: [0] },
    ];
    expect(simulate(series, { holdSeconds: 0, keepSeconds: 0, step: 15, end: 60 })).toEqual([
      { labels: { a: '2' }, from: 0, until: 15 },
      { labels: { a: '1' }, from: 15, until: 45 },
    ]);
  });
});

const firing = (from: number, until: number | undefined, labels: Record<string, string> = {}): Firing => ({ labels, from, until });

it('what fires together for one service wakes a person once', () => {
  const [shop, mail] = [{ service: 'shop' }, { service: 'mail' }];
  expect(
    pagesOf([firing(50, 90, shop), firing(0, 60, shop), firing(80, undefined, shop), firing(500, 510, shop), firing(0, 9, mail)], 1000),
  ).toBe(2);
  expect(pagesOf([firing(0, 60, shop), firing(61, 90, shop), firing(0, 9, mail)], 1000)).toBe(3);
});

it('critical, emergency and SMS wake a person', () => {
  const all = [{ severity: 'critical' }, { severity: 'emergency' }, { severity: 'warning' }, { severity: 'info', notify_sms: 'true' }, {}];
  expect(all.map(wakes)).toEqual([true, true, false, true, false]);
});

describe('compare', () => {
  it('takes what overlaps for the same, whatever labels were added', () => {
    const now = [firing(100, 200, { instance: 'a', server: 's', severity: 'warning' })];
    const before = [firing(60, 210, { instance: 'a', severity: 'critical', alertstate: 'firing' })];
    expect(compare(now, before, 0)).toEqual({ added: [], gone: [] });
  });

  it('names what is new, and what is gone', () => {
    const [a, b] = [firing(100, 200, { instance: 'a' }), firing(100, 200, { instance: 'b' })];
    expect(compare([a], [b], 0)).toEqual({ added: [a], gone: [b] });
    const later = firing(260, 300, { instance: 'a' });
    expect(compare([later], [a], 59)).toEqual({ added: [later], gone: [a] });
    expect(compare([later], [a], 60)).toEqual({ added: [], gone: [] });
  });
});

describe('the plan', () => {
  it('looks as often as the group over a day, every 15 s beyond, and as the user says', () => {
    expect([stepOf(5, 86_400, undefined), stepOf(5, 86_401, undefined), stepOf(60, 864_000, undefined)]).toEqual([5, 15, 60]);
    expect([stepOf(5, 864_000, 300), stepOf(60, 3600, 5)]).toEqual([300, 60]);
  });

  it('has every look in one part', () => {
    const range = { start: 0, end: 100, step: 10 };
    expect(partsOf(range, 4)).toEqual([
      { start: 0, end: 30, step: 10 },
      { start: 40, end: 70, step: 10 },
      { start: 80, end: 100, step: 10 },
    ]);
    expect(partsOf(range, 11)).toHaveLength(1);
    expect(partsOf(range, 10)).toHaveLength(2);
  });

  it('estimates what a query reads and holds', () => {
    const series = new Map([
      ['x', 10],
      ['y', 2],
    ]);
    expect(costOf('x > 1', 15, series)).toEqual({ reads: 10, held: 10 });
    expect(costOf('rate(x[5m]) > on (a) y', 15, series)).toEqual({ reads: 202, held: 12 });
    expect(costOf('max_over_time(rate(x[1m])[1h:5s])', 15, series)).toEqual({ reads: 10 * 4 * 720, held: 30 });
    expect(costOf('vector(1)', 15, series)).toEqual({ reads: 1, held: 1 });
  });

  it('asks for less at once where there are many series, and leaves out what takes too long', () => {
    const range = { start: 0, end: 14 * 86_400, step: 15 };
    const points = (cost: { reads: number; held: number }): number | string => {
      const plan = planned(range, cost);
      return 'why' in plan ? plan.why : ((plan.parts[0]?.end ?? 0) - (plan.parts[0]?.start ?? 0)) / 15 + 1;
    };
    expect([points({ reads: 1, held: 1 }), points({ reads: 1, held: 1500 }), points({ reads: 1, held: 1e6 })]).toEqual([10_000, 1000, 100]);
    expect(points({ reads: 1_000_000, held: 1 })).toMatch(/^it reads 1,000,000 samples at each of 80,641 looks.*--step 2m/);
    expect(planned({ ...range, step: 120 }, { reads: 1_000_000, held: 1 })).toHaveProperty('parts');
  });

  it('remarks what a reader must know', () => {
    expect(remarkOf('count(ALERTS{severity="critical"}) > 3', 0, 15)).toContain('reads other alerts');
    expect(remarkOf('up == 0', 50, 60)).toBe('holds for 50 s, less than the 1 min between two looks');
    expect(remarkOf('up == 0', 50, 15)).toBeUndefined();
  });
});

it('the result says what is new and what is gone, and who would have been woken', () => {
  const a = firing(1_000_000, 1_000_090, { instance: 'a', severity: 'critical' });
  const b = firing(1_000_300, undefined, { instance: 'b', severity: 'critical' });
  const old = firing(1_000_600, 1_000_660, { instance: 'c', alertname: 'Down', severity: 'critical' });
  const quiet: AlertResult = {
    alert: 'Quiet',
    severity: 'warning',
    wakes: false,
    step: 15,
    firings: [],
    added: [],
    gone: [],
    pages: 0,
    pagesInForce: 0,
  };
  const down: AlertResult = {
    ...quiet,
    alert: 'Down',
    severity: 'critical',
    wakes: true,
    firings: [a, b],
    added: [b],
    gone: [old],
    pages: 2,
    pagesInForce: 1,
  };
  const text = renderBacktest({
    ...{ start: 999_000, end: 1_000_900, askedStart: 0, alerts: [down, quiet] },
    ...{ skipped: [{ alert: 'Odd', why: 'it is odd' }], computed: ['a:sum'] },
  });
  expect(plain(text).split('\n')).toEqual([
    '2 alerts as they are on disk, from 1970-01-12 13:30Z to 1970-01-12 14:01Z (31 min 40 s), looked at every 15 s.',
    'Prometheus has no older data: 1970-01-01 00:00Z was asked for.',
    'Computed from their sources, because they were not recorded all the time: a:sum.',
    '',
    'critical  Down: would have fired 2 times, 1 new, 1 no longer, wakes a person',
    '    1970-01-12 13:46Z for 1 min 30 s  instance="a"',
    '  + 1970-01-12 13:51Z for 10 min, still  instance="b"',
    '  - 1970-01-12 13:56Z for 1 min  instance="c"',
    '',
    '1 alerts would not have fired and did not.',
    'Skipped (1):',
    '  Odd: it is odd',
    'A person would have been woken 2 times; the rules in force woke one once.',
    'Silences, maintenance windows and inhibitions are not considered.',
  ]);
});
