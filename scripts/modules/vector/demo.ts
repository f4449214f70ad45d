import type { Demo } from '../parts.ts';

const EXPORTER = 'demo-vector-exporter';
const DATABASE = 'demo-postgres';

/** The example's database as the file of the vector exporter. */
export function demoDatabases(password: string): string {
  const url = `postgresql://postgres@${DATABASE}:5432/postgres?sslmode=disable`;
  return JSON.stringify([{ target: DATABASE, instance: DATABASE, url, password }]);
}

/** Vector search in the example's PostgreSQL. */
export const vectorDemo: Demo = {
  compose: 'exporters/apps/example/compose.yml',
  services: [],
  exporters: [EXPORTER],
  targets: [
    {
      module: 'apps',
      of: EXPORTER,
      targets: [`${EXPORTER}:9188`],
      labels: { job: 'vector', instance: DATABASE, database: 'postgres', __param_target: DATABASE },
    },
  ],
  images: {},
  files: (password) => ({ 'vector_exporter.json': demoDatabases(password) }),
  bundles: { 'vector.mjs': 'exporters/vector/server.ts' },
  copies: { 'canaries.yml': 'exporters/apps/example/canaries.yml' },
  dashboards: ['vector'],
  optional: false,
};
