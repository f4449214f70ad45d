import { denser, stretched, withSample } from './samples.ts';
import type { Values } from './table.ts';

/** Alerts that hold at least this long must not start anew where a scrape is lost: over such a time one is lost now and then. */
export const LONG_HOLD_SECONDS = 300;

/** Longest interval between samples here: tables of long holds save samples, and a window of three scrapes is shorter than their intervals. */
const DENSE_SECONDS = 15;
/** Evaluations in a hold at least: the lost scrape must meet one that is neither its first nor its last. */
const LEAST_EVALUATIONS = 4;

/**
 * What part of the hold an alert may be late where samples lie denser than in its table: averages over some minutes need some minutes then.
 * A restarted hold ends half a hold late.
 */
const LATE = 3 / 8;

/** Series and how often they are scraped and looked at, in seconds. */
export interface Observed {
  readonly every: number;
  readonly scrape: number;
  readonly series: ReadonlyMap<string, Values>;
}

/** With a lost scrape, and the moment at which an alert must fire that it has not restarted. */
interface Lost extends Observed {
  readonly firesAt: number;
}

/**
 * The same series with one lost scrape in the middle of the hold, at an evaluation: there Prometheus marks every series of the target stale,
 * and `up` is 0. The next scrape finds what it would have found anyway.
 *
 * @param hold the alert's `for` in seconds, which ends at `at`
 */
export function withLostScrape({ every, scrape, series }: Observed, hold: number, at: number): Lost {
  const times = Math.max(1, Math.round(scrape / DENSE_SECONDS));
  const dense = scrape / times;
  const often = every * LEAST_EVALUATIONS > hold ? Math.min(every, DENSE_SECONDS) : every;
  const common = (often * dense) / divisor(often, dense);
  const index = (Math.floor((at - hold / 2) / common) * common) / dense;
  const firesAt = times === 1 ? at : Math.floor((at + hold * LATE) / often) * often;
  const samples = Math.ceil((firesAt + every) / scrape) + 1;
  return {
    every: often,
    scrape: dense,
    firesAt,
    series: new Map(
      [...series].map(([key, values]) => [key, withSample(denser(stretched(values, samples), times), index, lostSample(key))] as const),
    ),
  };
}

/** What Prometheus itself stores about a scrape is stored about a lost one too. */
function lostSample(key: string): 'stale' | number {
  return /^up\b/.test(key) ? 0 : 'stale';
}

const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
