import { page, readOnlyApp } from '../common/service.ts';
import { gauge, renderText, type Family } from '../common/text.ts';

interface AppOptions {
  /** True once a scrape has something to say. */
  readonly ready: () => boolean;
  readonly families: () => readonly Family[];
}

/** The exporter as a function of requests. */
export function createApp({ ready, families }: AppOptions) {
  return readOnlyApp({
    '/metrics': () => page(200, renderText([...families(), ...processFamilies()])),
    '/-/ready': () => (ready() ? page(200, 'ready\n') : page(503, 'the engine has not been asked yet\n')),
    '/-/healthy': () => page(200, 'healthy\n'),
  });
}

const STARTED_AT = Date.now() / 1000 - process.uptime();

function processFamilies(): readonly Family[] {
  const { user, system } = process.cpuUsage();
  return [
    gauge('process_start_time_seconds', 'When the process started.', STARTED_AT),
    { name: 'process_cpu_seconds_total', help: 'CPU time of this process.', type: 'counter', samples: [{ value: (user + system) / 1e6 }] },
    gauge('process_resident_memory_bytes', 'Memory of this process.', process.memoryUsage.rss()),
  ];
}
