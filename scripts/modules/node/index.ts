import type { ModuleSpec } from '../spec.ts';

/** The host: node exporter in the host's own network and process namespaces. */
export const node: ModuleSpec = {
  name: 'node',
  about: 'the host: CPU, memory, disks, network, clock',
  profiles: () => ['node'],
  services: () => ['node-exporter'],
  essential: ['node-exporter'],
  reaches: [],
  thresholds: [
    { alert: 'HighCPUUsage', literal: 80, setting: 'ALERT_CPU_THRESHOLD' },
    { alert: 'HighMemoryUsage', literal: 80, setting: 'ALERT_MEMORY_THRESHOLD' },
  ],
};
