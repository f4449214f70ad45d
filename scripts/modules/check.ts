import type { PrometheusApi } from '../clients/prometheus.ts';
import type { TimedSample } from '../clients/prometheus.ts';
import type { Problem } from '../base/problem.ts';

/** A problem that a check found; `final` if retrying cannot help. */
export interface Finding extends Problem {
  readonly final?: boolean;
}

/** One condition that must hold on the running stack. It is retried until it finds no error or the time is over. */
export interface SmokeCheck {
  readonly title: string;
  /** The service whose log explains a failure. */
  readonly service: string;
  readonly run: () => Promise<readonly Finding[]>;
}

/** Current samples of a metric, and the configured addresses of its job. */
export interface Current {
  readonly samples: readonly TimedSample[];
  readonly addresses: readonly string[];
}

/** What a container wrote. */
interface ServiceLog {
  /** Its last 500 lines. */
  readonly all: string;
  /** What it wrote since the checks began. */
  readonly recent: string;
}

/** What the checks of a module may query. */
export interface CheckContext {
  readonly prometheus: PrometheusApi;
  /** The address of a published port on this host. */
  readonly at: (port: number) => string;
  /** Services that run. */
  readonly services: ReadonlySet<string>;
  /** Samples of a job's metric that are newer than the start of its exporter. */
  readonly current: (job: string, exporter: string, metric: string) => Promise<Current>;
  readonly log: (service: string) => Promise<ServiceLog>;
  /** Names of the containers that have been running since before the checks began. */
  readonly running: () => Promise<readonly string[]>;
}
