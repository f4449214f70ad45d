import type { Registry } from 'prom-client';
import { page, readOnlyApp } from '../common/service.ts';
import type { Monitor } from './monitor.ts';

/**
 * Answers `/metrics?target=<database>` from memory: no request ever waits for a database. `/metrics` alone is the exporter itself.
 *
 * @param own the exporter's own metrics
 */
export function createApp(monitor: Monitor, own: Registry) {
  return readOnlyApp({
    '/metrics': async (query) => {
      const target = query.get('target');
      const text = target === null ? await own.metrics() : monitor.page(target);
      return text === undefined ? page(404, `no such target; there are ${monitor.targets.join(', ') || 'none'}\n`) : page(200, text);
    },
    '/-/ready': () => page(200, 'ready\n'),
  });
}
