import type { ModuleSpec } from '../spec.ts';

/** The logs of every container: a shipper that reads them through the GET-only proxy, and Loki. */
export const logs: ModuleSpec = {
  name: 'logs',
  about: 'the logs of every container in Loki',
  profiles: (settings) => ['logs', settings.LOG_SHIPPER],
  services: (settings) => ['docker-socket-proxy', 'loki', settings.LOG_SHIPPER],
  essential: ['loki'],
  reaches: [],
  thresholds: [],
};
