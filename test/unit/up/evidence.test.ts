import type { ScrapedTarget, TimedSample } from '../../../scripts/clients/prometheus.ts';
import { describe, expect, it } from 'vitest';
import { currentSamples } from '../../../scripts/up/evidence.ts';

const SCRAPED = 100_000;
const target: ScrapedTarget = {
  job: 'redis',
  pool: 'redis',
  instance: 'cache',
  address: 'redis://cache:6379',
  health: 'up',
  lastError: '',
  labels: { job: 'redis', instance: 'cache' },
  lastScrapeMs: SCRAPED,
};
const sample: TimedSample = { labels: { __name__: 'redis_up', job: 'redis', instance: 'cache', version: '8' }, value: 1, atMs: SCRAPED };

/** How many samples count, with some of the facts changed. */
function counted(
  change: { target?: Partial<ScrapedTarget>; sample?: Partial<TimedSample>; addresses?: readonly string[]; started?: number } = {},
): number {
  const { addresses = [target.address], started = SCRAPED - 60_000 } = change;
  return currentSamples([{ ...sample, ...change.sample }], [{ ...target, ...change.target }], {
    job: 'redis',
    addresses,
    startedMs: started,
  }).length;
}

describe('currentSamples', () => {
  it('takes the sample of the last scrape, also one that was moved by a millisecond', () => {
    expect(counted()).toBe(1);
    expect(counted({ sample: { atMs: SCRAPED - 2 } })).toBe(1);
  });
  it('takes none of the time before the exporter was started: it had another password then', () => {
    expect(counted({ started: SCRAPED + 1 })).toBe(0);
  });
  it('takes none that an earlier target left under the same labels', () => {
    expect(counted({ target: { lastScrapeMs: Date.parse('0001-01-01T00:00:00Z') } })).toBe(0);
    expect(counted({ sample: { atMs: SCRAPED - 5_000 } })).toBe(0);
  });
  it('takes none while Prometheus still has the targets of before, or those of both', () => {
    expect(counted({ addresses: ['redis://other:6379'] })).toBe(0);
    expect(counted({ addresses: [target.address, 'redis://other:6379'] })).toBe(0);
  });
  it('takes none of another target or another job', () => {
    expect(counted({ sample: { labels: { job: 'redis', instance: 'sessions' } } })).toBe(0);
    expect(counted({ target: { pool: 'apps' }, addresses: [] })).toBe(0);
  });
});
