import { describe, expect, it } from 'vitest';
import { csv } from '../../../alertmanager/history/csv.ts';
import { demandSameOrigin, Forbidden } from '../../../alertmanager/history/http.ts';
import { lastWeeks, mondayOf, noiseOf } from '../../../alertmanager/history/noise.ts';
import { parseQuery } from '../../../alertmanager/history/query.ts';

describe('csv', () => {
  it.each([
    ['plain', 'plain'],
    ['a,b', '"a,b"'],
    ['say "x"', '"say ""x"""'],
    ['two\nlines', '"two\nlines"'],
    ['two\rlines', '"two\rlines"'],
    [['a'], '"[""a""]"'],
    [17, '17'],
    [null, ''],
    [undefined, ''],
    ['=1+1', "'=1+1"],
    ['  =1+1', "'  =1+1"],
    ['+x', "'+x"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['-x', "'-x"],
    ['\tx', "'\tx"],
    ['-12.5', '-12.5'],
    ['', ''],
  ])('writes %j as %j', (value, cell) => {
    expect(csv([['first', value, 'last']])).toBe(`first,${cell},last\r\n`);
  });
});

describe('demandSameOrigin', () => {
  const pass = (headers: Record<string, string>): boolean => {
    try {
      demandSameOrigin({ headers: { host: 'h:9095', ...headers } });
      return true;
    } catch (failure) {
      if (failure instanceof Forbidden) return false;
      throw failure;
    }
  };
  it.each([
    [{}, true],
    [{ origin: 'http://h:9095' }, true],
    [{ origin: 'https://h:9095', 'sec-fetch-site': 'same-origin' }, true],
    [{ origin: 'http://h' }, false],
    [{ origin: 'http://x.h:9095' }, false],
    [{ origin: 'null' }, false],
    [{ origin: 'h:9095' }, false],
    [{ 'sec-fetch-site': 'none' }, false],
    [{ origin: 'http://h:9095', 'sec-fetch-site': 'cross-site' }, false],
  ])('%j → %s', (headers, expected) => {
    expect(pass(headers as Record<string, string>)).toBe(expected);
  });
});

describe('noise', () => {
  it('begins weeks on Monday, UTC', () => {
    expect(['2026-11-15T23:59:59Z', '2026-11-16T00:00:00Z', '2026-11-22T23:59:59Z'].map((time) => mondayOf(Date.parse(time)))).toEqual([
      '2026-11-09',
      '2026-11-16',
      '2026-11-16',
    ]);
    expect(lastWeeks(3, Date.parse('2026-11-18T12:00:00Z'))).toEqual(['2026-11-02', '2026-11-09', '2026-11-16']);
  });
  it('does not count the alert that fires always', () => {
    const alert = { alertname: 'Watchdog', severity: 'info', startsAt: '2026-11-16T00:00:00Z', endsAt: null, acknowledgedAt: null };
    expect(noiseOf([alert, { ...alert, alertname: 'DiskFull' }], ['2026-11-16']).alerts.map(({ alertname }) => alertname)).toEqual([
      'DiskFull',
    ]);
  });
  it('takes the median of an even number as the middle of both', () => {
    const at = (minute: number, acknowledged?: number) => ({
      ...{ alertname: 'A', severity: 'info', startsAt: '2026-11-16T00:00:00Z', endsAt: `2026-11-16T00:${minute}:00Z` },
      acknowledgedAt: acknowledged === undefined ? null : `2026-11-16T00:${acknowledged}:00Z`,
    });
    const [row] = noiseOf([at(10), at(40), at(20, 15), at(30)], ['2026-11-16']).alerts;
    expect(row).toMatchObject({ perWeek: [4], medianSecondsToResolve: 1500, acknowledged: 1, medianSecondsToAcknowledge: 900 });
  });
});

it('a day as the end of a stretch belongs to it', () => {
  const until = (text: string): string | undefined => parseQuery(new URLSearchParams({ until: text })).until;
  expect(until('2026-01-31')).toBe('2026-01-31T23:59:59.999Z');
  expect(until('2026-01-31T12:00:00Z')).toBe('2026-01-31T12:00:00.000Z');
  expect(() => parseQuery(new URLSearchParams('acknowledged=maybe'))).toThrow('acknowledged');
});

it('takes times as ISO 8601 writes them, and guesses at nothing', () => {
  const since = (text: string): string | undefined => parseQuery(new URLSearchParams(`since=${text}`)).since;
  expect(since('2026-01-31T12:00')).toBe('2026-01-31T12:00:00.000Z');
  expect(since('2026-01-31T12:00:00.5Z')).toBe('2026-01-31T12:00:00.500Z');
  expect(since('2026-01-31T12:00:00%2B02:00')).toBe('2026-01-31T10:00:00.000Z');
  // As a shell sends it: the plus is a space by then.
  expect(since('2026-01-31T12:00:00+02:00')).toBe('2026-01-31T10:00:00.000Z');
  expect(since('2026-01-31T12:00:00-05:30')).toBe('2026-01-31T17:30:00.000Z');
  for (const wrong of ['1', '2026', '2026-02-31', '2026-13-01', '2026-01-31T25:00', '1769860800', '31.01.2026'])
    expect(() => since(wrong), wrong).toThrow('since is not a time');
});
