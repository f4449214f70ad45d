import type { ModuleSpec } from '../spec.ts';

/** Every container of the host, through the GET-only proxy to the engine: its state, and what it uses (by cAdvisor where that runs). */
export const containers: ModuleSpec = {
  name: 'containers',
  about: 'every container of the host: state, health, exits, CPU, memory, out-of-memory kills',
  profiles: ({ CONTAINER_METRICS }) => (CONTAINER_METRICS === 'cadvisor' ? ['containers', 'cadvisor'] : ['containers']),
  services: ({ CONTAINER_METRICS }) =>
    CONTAINER_METRICS === 'cadvisor'
      ? ['docker-socket-proxy', 'container-exporter', 'cadvisor']
      : ['docker-socket-proxy', 'container-exporter'],
  essential: ['docker-socket-proxy', 'container-exporter'],
  instead: { cadvisor: 'container-exporter gives its figures from the engine’s statistics' },
  reaches: [],
  thresholds: [],
};
