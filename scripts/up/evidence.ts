import type { ScrapedTarget, TimedSample } from '../clients/prometheus.ts';

/** A job whose samples are judged. */
export interface CurrentJob {
  readonly job: string;
  /** The configured addresses of its targets. */
  readonly addresses: readonly string[];
  /** When the exporter's container was started, in milliseconds since 1970. */
  readonly startedMs: number;
}

/** Prometheus aligns a sample's time by up to 2 ms so that times compress well; the rest is for rounding. */
const SCRAPE_TOLERANCE_MS = 50;

/**
 * The samples of the running stack. After a change the old series remain under the same labels. A sample counts only if it comes from
 * the last scrape of a target with a configured address, and that scrape began after the exporter's start.
 * None if Prometheus has not applied the targets of a job yet (up to 5 s after a reload).
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
