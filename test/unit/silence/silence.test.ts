import { stripVTControlCharacters as plain } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { HeldAlert, Silence } from '../../../scripts/clients/alertmanager.ts';
import { readableSpan, readableTime, spanSeconds } from '../../../scripts/base/span.ts';
import { requestOf, type Given } from '../../../scripts/silence/request.ts';
import { meantBy, shownSilences, silenceLines } from '../../../scripts/silence/show.ts';
import { matchersText, mutedBy, namedBy, type Known } from '../../../scripts/silence/words.ts';

const known: Known = new Map([
  ['service', new Set(['shop', 'billing'])],
  ['server', new Set(['web1'])],
  ['instance', new Set(['web1', 'shop:3000'])],
  ['alertname', new Set(['HighCPUUsage'])],
  ['name', new Set(['shop-api-1'])],
]);
const texts = (word: string): readonly string[] => {
  const named = namedBy(word, known);
  return 'wrong' in named ? [named.wrong, named.fix] : named.silences.map(matchersText);
};
const held = (labels: Record<string, string>): HeldAlert => ({
  labels,
  receivers: [],
  status: { state: 'active', silencedBy: [], inhibitedBy: [] },
});

describe('a word', () => {
  it.each([
    ['shop', ['service="shop"']],
    ['web1', ['server="web1"', 'instance="web1"']],
    ['shop:3000', ['instance="shop:3000"']],
    ['HighCPUUsage', ['alertname="HighCPUUsage"']],
    ['shop-api-1', ['name="shop-api-1"']],
    ['all', ['alertname!="Watchdog"']],
  ])('%s becomes a silence for each label that has it', (word, silences) => {
    expect(texts(word)).toEqual(silences);
  });

  it.each([
    ['shp', 'Did you mean shop?'],
    ['HighCpuUsage', 'Did you mean HighCPUUsage?'],
    ['zzzzzz', 'A name as a notification shows it, or all.'],
    ['Watchdog', 'Pause the check at that service.'],
  ])('%s is refused with what was meant', (word, fix) => {
    expect(texts(word)[1]).toBe(fix);
  });

  it('`all` leaves the dead-man’s switch alive', () => {
    const named = namedBy('all', known);
    const alerts = [held({ alertname: 'Watchdog' }), held({ alertname: 'ServerDown' })];
    expect('silences' in named && named.silences.map((matchers) => mutedBy({ matchers }, alerts).map(({ labels }) => labels))).toEqual([
      [{ alertname: 'ServerDown' }],
    ]);
  });
});

describe('a request', () => {
  const given = (some: Partial<Given>): Given => ({ words: [], for: undefined, reason: undefined, end: undefined, yes: false, ...some });
  const fixes = (some: Partial<Given>) => {
    const asked = requestOf(given(some));
    return 'problems' in asked ? asked.problems.map(({ message }) => message) : [];
  };

  it('lists, ends or creates', () => {
    expect(requestOf(given({}))).toEqual({ request: { kind: 'list' } });
    expect(requestOf(given({ end: 'all' }))).toEqual({ request: { kind: 'end', which: 'all' } });
    expect(requestOf(given({ words: ['shop'], for: '1h30m', reason: ' upgrade ' }))).toEqual({
      request: { kind: 'create', word: 'shop', seconds: 5400, reason: 'upgrade' },
    });
  });

  it('names all that is missing or wrong at once', () => {
    expect(fixes({ words: ['shop'] })).toEqual(['--for is missing', '--reason is missing']);
    expect(fixes({ for: '30', reason: ' ' })).toEqual(['say what to silence', '--for 30 is not a span', '--reason is missing']);
    expect(fixes({ words: ['shop', 'upgrade', 'now'], for: '30m', reason: 'x' })).toEqual(['upgrade now is too much: one name at a time']);
    expect(fixes({ words: ['shop'], end: 'all' })).toEqual(['--end takes nothing else']);
  });

  it('is at least a minute and at most a week, longer only with --yes, and never more than a year', () => {
    const long = { words: ['shop'], reason: 'x' };
    expect(fixes({ ...long, for: '59s' })).toHaveLength(1);
    expect(fixes({ ...long, for: '7d' })).toEqual([]);
    expect(fixes({ ...long, for: '169h' })).toEqual(['--for 169h is 7 d 1 h: a silence of more than 7 days is usually forgotten']);
    expect(fixes({ ...long, for: '169h', yes: true })).toEqual([]);
    expect(fixes({ ...long, for: '2y', yes: true })).toHaveLength(1);
  });
});

describe('silences', () => {
  const silence = (id: string, name: string, value: string, state: Silence['status']['state'] = 'active'): Silence => ({
    id,
    status: { state },
    matchers: [{ name, value, isRegex: false, isEqual: true }],
    startsAt: '2026-01-01T00:00:00Z',
    endsAt: '2026-01-01T02:30:00.000Z',
    createdBy: 'anna',
    comment: 'upgrade',
  });
  const all = shownSilences(
    [silence('aaaa1111-x', 'service', 'shop'), silence('bbbb2222-x', 'server', 'web1', 'pending'), silence('cccc', 'a', 'b', 'expired')],
    [held({ alertname: 'A', service: 'shop' }), held({ alertname: 'B', service: 'other' })],
  );

  it('are listed with what, until when, why and by whom; those that are over are not', () => {
    expect(silenceLines(all, Date.parse('2026-01-01T02:00:00Z')).map((line) => plain(line).trim())).toEqual([
      'aaaa1111  service="shop"  until 2026-01-01 02:30Z (30 min), mutes 1 alert now  anna: upgrade',
      'bbbb2222  server="web1"   until 2026-01-01 02:30Z (30 min), has not begun  anna: upgrade',
    ]);
  });

  it.each([
    ['all', ['aaaa1111-x', 'bbbb2222-x']],
    ['aaaa', ['aaaa1111-x']],
    ['web1', ['bbbb2222-x']],
    ['aaa', []],
    ['cccc', []],
  ])('are ended by %s', (which, ids) => {
    expect(meantBy(which, all).map(({ id }) => id)).toEqual(ids);
  });

  it('made elsewhere may be regular expressions', () => {
    const matchers = [{ name: 'alertname', value: 'Redis.*', isRegex: true, isEqual: false }];
    expect(mutedBy({ matchers }, [held({ alertname: 'RedisDown' }), held({ alertname: 'XRedis' })]).map(({ labels }) => labels)).toEqual([
      { alertname: 'XRedis' },
    ]);
    expect(matchersText(matchers)).toBe('alertname!~"Redis.*"');
  });
});

it('spans are read and written', () => {
  expect(['30m', '1h30m', '500ms', '0', 'x', '', '30'].map(spanSeconds)).toEqual([1800, 5400, 0.5, 0, undefined, undefined, undefined]);
  expect([0, 32, 300, 7500, 90_061].map(readableSpan)).toEqual(['0 s', '32 s', '5 min', '2 h 5 min', '1 d 1 h']);
  expect(readableTime(0)).toBe('1970-01-01 00:00Z');
});
