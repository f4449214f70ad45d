import type { ModuleSpec } from '../spec.ts';

/** Vector search in PostgreSQL: one exporter looks at every database of `VECTOR_INSTANCES`. */
export const vector: ModuleSpec = {
  name: 'vector',
  about: 'vector search in the databases named in VECTOR_INSTANCES',
  profiles: () => ['vector'],
  services: () => ['vector-exporter'],
  essential: ['vector-exporter'],
  reaches: ['vector-exporter'],
  thresholds: [],
};
