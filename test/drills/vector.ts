import { eventually } from '../support/e2e-stack.ts';
import type { DrillContext, Drill } from './shared/drill.ts';
import { psql, SLEEPERS } from './shared/sql.ts';
import { postgres } from './postgres.ts';
import { stoppedService } from './shared/stopped-service.ts';
import type { Target } from './shared/targets.ts';

const SEARCH = 'SELECT id FROM items ORDER BY embedding <-> (SELECT embedding FROM items WHERE id = 1) LIMIT 3';

/** A PostgreSQL with databases in which vector search is watched, each with so many vectors. */
function vectors(name: string, databases: Readonly<Record<string, number>>): Target {
  const { command = '', watch } = postgres(name);
  const instances = Object.keys(databases).map((database) => `${name}/${database}`);
  const canaries = instances.map((instance) => `  - { name: nearest, instance: ${instance}, query: "${SEARCH}", every: 5s }\n`);
  return {
    name,
    command,
    prepare: async (context) =>
      Promise.all(Object.entries(databases).map(async ([database, count]) => fill(context, name, database, count))),
    watch: {
      settings: { ...watch?.settings, VECTOR_INSTANCES: instances.join(',') },
      files: {
        ...watch?.files,
        'exporters/vector/canaries.yml': (text) => text.replace('canaries:\n', `canaries:\n${canaries.join('')}`),
      },
    },
  };
}

/** A server with a database for each fault, and one for databases that do not answer: the exporter waits for them. */
const many = vectors('vec', { slow: 100, errors: 100, unindexed: 12_000, invalid: 12_000, bare: 100 });
const down = vectors('vec-down', { closed: 100, locked: 100 });

/** Makes a table with vectors, an index over them, and lets the exporter search. */
async function fill(context: DrillContext, name: string, database: string, count: number): Promise<void> {
  const user = "SELECT 1 FROM pg_roles WHERE rolname = 'pharos_monitor'";
  await eventually(`${name} answers`, 60, async () => (await psql(context, name, user)) === '1');
  // Two at once would wait for each other's copy of the template.
  await eventually(`database ${database}`, 60, async () => (await psql(context, name, `CREATE DATABASE ${database}`)) === '');
  const tables = [
    'CREATE EXTENSION vector; CREATE TABLE items (id int PRIMARY KEY, embedding vector(3)); GRANT SELECT ON items TO pharos_monitor',
    `INSERT INTO items SELECT g, ARRAY[random(), random(), random()]::vector FROM generate_series(1, ${count}) g`,
    'CREATE INDEX items_hnsw ON items USING hnsw (embedding vector_l2_ops) WITH (m = 4, ef_construction = 8)',
    'ANALYZE',
  ];
  await psql(context, name, tables, database);
}

const INDEX = 'CREATE INDEX CONCURRENTLY items_hnsw ON items USING hnsw (embedding vector_l2_ops) WITH (m = 4, ef_construction = 8)';

export const broken = (prefix: string, name: string) => ({ POSTGRES_CONTAINER: `${prefix}-${name}` });

/** Faults of vector search in PostgreSQL. */
export const drills: readonly Drill[] = [
  {
    alert: 'VectorDatabaseDown',
    severity: 'critical',
    fault: 'database closed to connections',
    of: 'closed',
    down: true,
    targets: [down],
    inject: async (context) => psql(context, 'vec-down', 'ALTER DATABASE closed ALLOW_CONNECTIONS false'),
    remove: async (context) => psql(context, 'vec-down', 'ALTER DATABASE closed ALLOW_CONNECTIONS true'),
  },
  {
    alert: 'VectorDatabaseDown',
    severity: 'critical',
    fault: 'database hangs behind a lock of its catalog',
    of: 'locked',
    down: true,
    targets: [down],
    // The server takes connections and none is ever ready. A server that hangs as a whole is PostgreSQLDown.
    inject: async ({ spawn }) => {
      const lock = 'BEGIN; LOCK TABLE pg_catalog.pg_class IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(1200)';
      return spawn('vec-down', 'su', 'postgres', '-c', `psql -c "${lock}" locked`);
    },
    remove: async (context) => psql(context, 'vec-down', SLEEPERS),
  },
  {
    alert: 'VectorSearchVerySlow',
    severity: 'critical',
    fault: 'row-level policy makes every search wait',
    of: 'slow',
    targets: [many],
    // Once for the search and once for the vector that it looks up.
    inject: async (context) => {
      const policy = 'CREATE POLICY waits ON items USING ((SELECT pg_sleep(0.8)) IS NOT NULL)';
      await psql(context, 'vec', `ALTER TABLE items ENABLE ROW LEVEL SECURITY; ${policy}`, 'slow');
    },
    remove: async (context) => psql(context, 'vec', 'ALTER TABLE items DISABLE ROW LEVEL SECURITY', 'slow'),
    back: 240,
  },
  {
    alert: 'VectorSearchErrors',
    severity: 'critical',
    fault: 'right to read the table taken away',
    of: 'errors',
    // Another database of the server that fails too is the same incident, with a message a minute.
    batch: 3,
    targets: [many],
    inject: async (context) => psql(context, 'vec', 'REVOKE SELECT ON items FROM pharos_monitor', 'errors'),
    remove: async (context) => psql(context, 'vec', 'GRANT SELECT ON items TO pharos_monitor', 'errors'),
    // Most of a quarter of an hour failed where it began with the stack.
    back: 420,
  },
  {
    alert: 'VectorIndexMissing',
    severity: 'critical',
    fault: 'index over vectors dropped',
    of: 'unindexed',
    targets: [many],
    inject: async (context) => psql(context, 'vec', 'DROP INDEX items_hnsw', 'unindexed'),
    remove: async (context) => psql(context, 'vec', INDEX, 'unindexed'),
  },
  {
    alert: 'VectorIndexInvalid',
    severity: 'warning',
    fault: 'index build broken off',
    of: 'invalid',
    targets: [many],
    // A build beside writers waits for those that were there before it, and leaves an invalid index when it ends meanwhile.
    inject: async (context) => {
      await context.spawn(
        'vec',
        'su',
        'postgres',
        '-c',
        'psql -c "BEGIN; UPDATE items SET id = id WHERE id = 1; SELECT pg_sleep(20)" invalid',
      );
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      const build = ["SET statement_timeout = '3s'", INDEX.replace('items_hnsw', 'items_broken')];
      await psql(context, 'vec', build, 'invalid').catch(() => undefined);
      return new Date();
    },
    remove: async (context) => psql(context, 'vec', 'DROP INDEX items_broken', 'invalid'),
  },
  {
    alert: 'VectorExtensionMissing',
    severity: 'critical',
    fault: 'extension dropped',
    of: 'bare',
    targets: [many],
    inject: async (context) => psql(context, 'vec', 'DROP EXTENSION vector CASCADE', 'bare'),
    remove: async (context) => psql(context, 'vec', 'CREATE EXTENSION vector; ALTER TABLE items ADD COLUMN embedding vector(3)', 'bare'),
  },
  stoppedService('VectorExporterDown', 'vector-exporter', 'vector exporter stopped', { down: false }),
];
