import type { ModuleSpec } from '../core/module-spec.ts';

/** Every container of the host, through cAdvisor and the GET-only proxy to the engine. */
export const containers: ModuleSpec = {
  name: 'containers',
  about: 'every container of the host: CPU, memory, restarts, out-of-memory kills',
  profiles: () => ['containers'],
  services: () => ['docker-socket-proxy', 'cadvisor'],
  essential: ['docker-socket-proxy', 'cadvisor'],
  reaches: [],
  thresholds: [],
};
