import { describe, expect, it } from 'vitest';
import { added, are, between, gone, reset, since, weekEvent, type Happening } from '../../week/shared/event.ts';
import { sampled } from '../../week/shared/sampled.ts';
import { clock, counts, grows } from '../../week/shared/shapes.ts';

const TARGET = { job: 'redis', instance: 'cache' };
const SERIES = { redis_up: 1, redis_keys_total: counts(2), 'redis_seen{db="0"}': clock(5) };
const CLOCK = { tick: 5, scrape: (job: string) => (job === 'redis' ? 10 : 5) };
/** The samples of one series of a background with one target, over half a minute. */
const samples = (name: string, ...happenings: readonly Happening[]): string | undefined => {
  const made = sampled([{ labels: TARGET, series: SERIES }], weekEvent({ title: 'x', lasts: '30s', happenings }), CLOCK);
  return [...made].find(([key]) => key.startsWith(`${name}{`))?.[1];
};

describe('the series of an event', () => {
  it('have a sample at each scrape of their job, and what Prometheus stores of every scrape', () => {
    expect(samples('redis_up')).toBe('1 _ 1 _ 1 _ 1');
    expect(samples('up')).toBe('1 _ 1 _ 1 _ 1');
    expect(samples('redis_keys_total')).toBe('100010 _ 100030 _ 100050 _ 100070');
    expect(samples('redis_seen')).toBe('-5 _ 5 _ 15 _ 25');
  });

  it('take other values for a while, the last change first', () => {
    expect(samples('redis_up', between('10s', '20s', are({ redis_up: 0 })))).toBe('1 _ 0 _ 1 _ 1');
    expect(samples('redis_up', since('0s', are({ redis_up: 3 })), since('20s', are({ '{job="redis"}': 9, redis_up: grows(5, 1) })))).toBe(
      '3 _ 3 _ 5 _ 15',
    );
    expect(samples('redis_keys_total', since('20s', are({ redis_keys_total: counts(0) })))).toBe('100010 _ 100030 _ 100040 _ 100040');
  });

  it('end where nothing answers, but not what is stored about the scrape', () => {
    const away = between('10s', '30s', gone('{job="redis"}'), are({ up: 0 }));
    expect(samples('redis_keys_total', away)).toBe('100010 _ stale _x3 100070');
    expect(samples('up', away)).toBe('1 _ 0 _ 0 _ 1');
    expect(samples('up', between('10s', '30s', gone('*')))).toBe('1 _ stale _x3 1');
    expect(samples('redis_up', between('10s', '20s', gone('{job="redis"}'), are({ redis_up: 0 })))).toBe('1 _ 0 _ 1 _ 1');
  });

  it('start from 0 with a new process, and may exist for a part of the time', () => {
    expect(samples('redis_keys_total', since('10s', reset('{job="redis"}')))).toBe('100010 _ 10 _ 30 _ 50');
    expect(samples('redis_new', between('10s', '20s', added(TARGET, { redis_new: 7 })))).toBe('_x2 7 _ stale _x2');
  });

  it('are refused where a change is about none', () => {
    expect(() => samples('redis_up', since('0s', are({ redis_uq: 0 })))).toThrow('x: no series is redis_uq');
  });
});
