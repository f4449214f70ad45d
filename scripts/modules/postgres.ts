import type { ModuleSpec } from '../core/module-spec.ts';
import { detectPostgres } from './postgres-detect.ts';

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
