import type { TargetState } from './smoke.ts';

/** An active target with what tells how old its samples are. */
export interface ScrapedTarget extends TargetState {
  /** The labels that every sample of it carries. */
  readonly labels: Readonly<Record<string, string>>;
  /** When its last scrape began, in milliseconds since 1970; below 0 before the first one. */
  readonly lastScrapeMs: number;
}

/** The newest sample of a series with the time of its scrape, in milliseconds since 1970. */
export interface TimedSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly atMs: number;
}

/** Prometheus moves the time of a sample by up to 2 ms to where it was due, so that times compress well; the rest is for rounding. */
const SCRAPE_TOLERANCE_MS = 50;

/**
 * The samples that say something of what runs now. After a change the series of before are still there, under the same labels: only a sample counts
 * that comes from the last scrape of a target with a configured address, and only if that scrape began after its exporter was started.
 * None where Prometheus has not taken over the targets of a job yet (it does so up to 5 s after a reload).
 *
 * @param pool the job of the configuration
 * @param addresses the configured addresses of its targets
 * @param startedMs when the exporter's container was started
 */
export function currentSamples(
  samples: readonly TimedSample[],
  targets: readonly ScrapedTarget[],
  pool: string,
  addresses: readonly string[],
  startedMs: number,
): readonly TimedSample[] {
  const own = targets.filter((target) => target.pool === pool);
  if (sorted(own.map(({ address }) => address)) !== sorted(addresses)) return [];
  return samples.filter(({ labels, atMs }) =>
    own.some(
      (target) =>
        target.lastScrapeMs > startedMs &&
        atMs >= target.lastScrapeMs - SCRAPE_TOLERANCE_MS &&
        Object.entries(target.labels).every(([name, value]) => labels[name] === value),
    ),
  );
}

function sorted(addresses: readonly string[]): string {
  return [...addresses].sort().join('\n');
}
