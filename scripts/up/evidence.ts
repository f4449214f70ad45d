import type { ScrapedTarget, TimedSample } from '../clients/prometheus.ts';

/** A job whose samples are judged. */
export interface CurrentJob {
  readonly job: string;
  /** The configured addresses of its targets. */
  readonly addresses: readonly string[];
  /** When the exporter's container was started, in milliseconds since 1970. */
  readonly startedMs: number;
}

/** Prometheus moves the time of a sample by up to 2 ms to where it was due, so that times compress well; the rest is for rounding. */
const SCRAPE_TOLERANCE_MS = 50;

/**
 * The samples that say something of what runs now. After a change the series of before are still there, under the same labels: only a sample counts
 * that comes from the last scrape of a target with a configured address, and only if that scrape began after its exporter was started.
 * None where Prometheus has not taken over the targets of a job yet (it does so up to 5 s after a reload).
 *
 * @param job the job of the configuration
 */
export function currentSamples(
  samples: readonly TimedSample[],
  targets: readonly ScrapedTarget[],
  { job, addresses, startedMs }: CurrentJob,
): readonly TimedSample[] {
  const own = targets.filter((target) => target.pool === job);
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
