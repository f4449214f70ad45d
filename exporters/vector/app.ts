import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Registry } from 'prom-client';
import type { Monitor } from './monitor.ts';

/**
 * Answers `/metrics?target=<database>` from memory: no request ever waits for a database. `/metrics` alone is the exporter itself.
 *
 * @param own the exporter's own metrics
 */
export function createApp(monitor: Monitor, own: Registry): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return async (request, response) => {
    const answer = (status: number, body: string, type = 'text/plain; charset=utf-8'): void => {
      response.writeHead(status, { 'content-type': type });
      response.end(request.method === 'HEAD' ? undefined : body);
    };
    if (request.method !== 'GET' && request.method !== 'HEAD') return answer(405, 'GET only\n');
    const url = URL.canParse(request.url ?? '/', 'http://exporter') ? new URL(request.url ?? '/', 'http://exporter') : undefined;
    if (url?.pathname === '/-/ready') return answer(200, 'ready\n');
    if (url?.pathname !== '/metrics') return answer(404, `/metrics?target=<${monitor.targets.join('|')}>, /metrics, /-/ready\n`);
    const target = url.searchParams.get('target');
    const page = target === null ? await own.metrics() : monitor.page(target);
    if (page === undefined) return answer(404, `no such target; there are ${monitor.targets.join(', ') || 'none'}\n`);
    return answer(200, page, own.contentType);
  };
}
