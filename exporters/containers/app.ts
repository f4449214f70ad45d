import type { IncomingMessage, ServerResponse } from 'node:http';
import { renderText, type Family } from './text.ts';

export interface AppOptions {
  /** True once a scrape has something to say. */
  readonly ready: () => boolean;
  readonly families: () => readonly Family[];
}

/** The exporter as a function of requests: `/metrics`, `/-/ready`, `/-/healthy`; GET and HEAD only. */
export function createApp({ ready, families }: AppOptions) {
  const routes: Readonly<Record<string, () => readonly [number, string]>> = {
    '/metrics': () => [200, renderText([...families(), ...processFamilies()])],
    '/-/ready': () => (ready() ? [200, 'ready\n'] : [503, 'the engine has not been asked yet\n']),
    '/-/healthy': () => [200, 'healthy\n'],
  };
  return (request: IncomingMessage, response: ServerResponse): void => {
    // Nothing but a path is asked for; what is none (`//`) finds no route.
    const route = routes[(request.url ?? '/').replace(/\?.*/s, '')];
    const allowed = request.method === 'GET' || request.method === 'HEAD';
    const [status, body] = !allowed ? [405, 'reading only\n'] : route === undefined ? [404, 'see /metrics\n'] : route();
    response.writeHead(status, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8', 'cache-control': 'no-store' });
    response.end(request.method === 'HEAD' ? undefined : body);
  };
}

const STARTED_AT = Date.now() / 1000 - process.uptime();

function processFamilies(): readonly Family[] {
  const { user, system } = process.cpuUsage();
  return [
    { name: 'process_start_time_seconds', help: 'When the process started.', type: 'gauge', samples: [{ value: STARTED_AT }] },
    { name: 'process_cpu_seconds_total', help: 'CPU time of this process.', type: 'counter', samples: [{ value: (user + system) / 1e6 }] },
    {
      name: 'process_resident_memory_bytes',
      help: 'Memory of this process.',
      type: 'gauge',
      samples: [{ value: process.memoryUsage.rss() }],
    },
  ];
}
