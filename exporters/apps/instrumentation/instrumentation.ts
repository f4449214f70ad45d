import { register, type Registry } from 'prom-client';
import { createHealth, type Health, type HealthOptions } from './health.ts';
import { createHttpMetrics, type HttpMetrics } from './http-metrics.ts';
import { createFaultLog, jsonLog, type FaultLog, type Log } from './log.ts';
import { registerRuntimeMetrics } from './runtime-metrics.ts';

export type { Log } from './log.ts';
export type { HealthCheck } from './health.ts';

interface InstrumentationOptions {
  /** The version of the service, for `app_info`. */
  readonly version?: string;
  /** Where metrics are kept; prom-client's own registry unless named, so that metrics which a service has already are shown as well. */
  readonly registry?: Registry;
  /** A pino logger, or anything with `info`, `warn` and `error`. */
  readonly log?: Log;
  readonly health?: HealthOptions;
  /** Route patterns that are kept apart; the rest is counted as `other`. 200 routes of which most answer with two codes are about 8,000 series. */
  readonly maxRoutes?: number;
}

/** What the adapters work with. One per process. */
export interface Instrumentation {
  readonly registry: Registry;
  readonly http: HttpMetrics;
  readonly health: Health;
  readonly faults: FaultLog;
  /** The answer of `/metrics`; 500 where a collector of the service's own throws. */
  scrape(): Promise<{ readonly status: 200 | 500; readonly contentType: string; readonly body: string }>;
}

/** Registers the metrics of a Node.js service. Throws where the registry already has metrics of the same names. */
export function createInstrumentation(options: InstrumentationOptions = {}): Instrumentation {
  const { registry = register, log = jsonLog, health = {}, maxRoutes = 200, version = 'unknown' } = options;
  const faults = createFaultLog(log, Date.now);
  registerRuntimeMetrics(registry, version);
  return {
    registry,
    http: createHttpMetrics(registry, maxRoutes),
    health: createHealth(registry, faults, health),
    faults,
    async scrape() {
      try {
        const body = await registry.metrics();
        faults.works('metrics');
        return { status: 200, contentType: registry.contentType, body };
      } catch (failure) {
        faults.broken('metrics', 'error', failure);
        return { status: 500, contentType: 'text/plain; charset=utf-8', body: 'a collector failed; the log says which\n' };
      }
    },
  };
}
