import type { ModuleSpec } from '../spec.ts';

/** Signs of attack and neglect on the host: a collector that writes a file for node exporter, which the module `node` brings. */
export const security: ModuleSpec = {
  name: 'security',
  about: 'the host’s failed logins, sudo, listening ports, updates, certificates; open secrets of the stack',
  profiles: () => ['security'],
  services: () => ['security-collector'],
  essential: ['security-collector'],
  reaches: [],
  thresholds: [],
};
