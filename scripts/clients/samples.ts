/** One active target as `/api/v1/targets` lists it. */
export interface TargetState {
  readonly job: string;
  /** The job of the configuration that it belongs to; differs from `job` if its target file sets the label `job`. */
  readonly pool: string;
  readonly instance: string;
  /** The address as it was configured, before relabelling. */
  readonly address: string;
  readonly health: 'up' | 'down' | 'unknown';
  readonly lastError: string;
}

/** An active target with the age of its samples. */
export interface ScrapedTarget extends TargetState {
  /** The labels of all its samples. */
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
