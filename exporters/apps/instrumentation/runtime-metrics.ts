import { performance } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import { collectDefaultMetrics, Gauge, type Registry } from 'prom-client';

/** The process: CPU, memory, event loop, garbage collection, and what alerts need beside prom-client's own metrics. */
export function registerRuntimeMetrics(registry: Registry, version: string): void {
  // An application that collects them already keeps its own.
  if (registry.getSingleMetric('process_cpu_user_seconds_total') === undefined) collectDefaultMetrics({ register: registry });
  const registers = [registry];
  // Without the limit a heap of 400 MB says nothing; V8 derives it from the machine's memory or --max-old-space-size.
  new Gauge({
    name: 'nodejs_heap_size_limit_bytes',
    help: 'Heap at which the process ends with "out of memory".',
    registers,
    collect() {
      this.set(getHeapStatistics().heap_size_limit);
    },
  });
  let before = performance.eventLoopUtilization();
  new Gauge({
    name: 'nodejs_eventloop_utilization_ratio',
    help: 'Share of the time since the last scrape in which the event loop was busy.',
    registers,
    collect() {
      const now = performance.eventLoopUtilization();
      this.set(performance.eventLoopUtilization(now, before).utilization);
      before = now;
    },
  });
  new Gauge({ name: 'app_info', help: 'The version that runs.', labelNames: ['version'], registers }).set({ version }, 1);
}
