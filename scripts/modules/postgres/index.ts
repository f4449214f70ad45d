import type { ModuleSpec } from '../spec.ts';
import { detectPostgres } from './detect.ts';

/** PostgreSQL servers: one exporter asks every instance of `POSTGRES_INSTANCES`. */
export const postgres: ModuleSpec = {
  name: 'postgres',
  about: 'PostgreSQL servers named in POSTGRES_INSTANCES',
  profiles: () => ['postgres'],
  services: () => ['postgres-exporter'],
  essential: ['postgres-exporter'],
  reaches: ['postgres-exporter'],
  thresholds: [],
  detect: detectPostgres,
};
