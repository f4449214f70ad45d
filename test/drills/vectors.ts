import { eventually } from '../support/e2e-stack.ts';
import type { Arena, Drill } from './drill.ts';
import { psql } from './sql.ts';
import { postgres } from './victims.ts';

/** A server with a database for each fault, and one for the fault that takes all of them. */
const many = { ...postgres('vec'), vectors: ['slow', 'errors', 'unindexed', 'invalid', 'bare'] };
const down = { ...postgres('vec-down'), vectors: ['app'] };

/** Makes a table with vectors, an index over them, and lets the exporter search. */
async function fill(arena: Arena, name: string, database: string, count: number): Promise<void> {
  const user = "SELECT 1 FROM pg_roles WHERE rolname = 'pharos_monitor'";
  await eventually(`${name} answers`, 60, async () => (await psql(arena, name, user)) === '1');
  // Two at once would wait for each other's copy of the template.
  await eventually(`database ${database}`, 60, async () => (await psql(arena, name, `CREATE DATABASE ${database}`)) === '');
  const tables = [
    'CREATE EXTENSION vector; CREATE TABLE items (id int PRIMARY KEY, embedding vector(3)); GRANT SELECT ON items TO pharos_monitor',
    `INSERT INTO items SELECT g, ARRAY[random(), random(), random()]::vector FROM generate_series(1, ${count}) g`,
    'CREATE INDEX items_hnsw ON items USING hnsw (embedding vector_l2_ops) WITH (m = 4, ef_construction = 8)',
    'ANALYZE',
  ];
  await psql(arena, name, tables, database);
}

const INDEX = 'CREATE INDEX CONCURRENTLY items_hnsw ON items USING hnsw (embedding vector_l2_ops) WITH (m = 4, ef_construction = 8)';

/** Faults of vector search in PostgreSQL. */
export const vectorDrills: readonly Drill[] = [
  {
    alert: 'VectorDatabaseDown',
    severity: 'critical',
    fault: 'PostgreSQL with vectors stopped',
    of: 'vec-down',
    down: true,
    victims: [down],
    prepare: async (arena) => fill(arena, 'vec-down', 'app', 100),
    inject: async ({ docker }) => docker('stop', 'vec-down'),
    remove: async ({ docker }) => docker('start', 'vec-down'),
  },
  {
    alert: 'VectorSearchVerySlow',
    severity: 'critical',
    fault: 'row-level policy makes every search wait',
    of: 'slow',
    victims: [many],
    prepare: async (arena) => fill(arena, 'vec', 'slow', 100),
    // Once for the search and once for the vector that it looks up.
    inject: async (arena) => {
      const policy = 'CREATE POLICY waits ON items USING ((SELECT pg_sleep(0.8)) IS NOT NULL)';
      await psql(arena, 'vec', `ALTER TABLE items ENABLE ROW LEVEL SECURITY; ${policy}`, 'slow');
    },
    remove: async (arena) => psql(arena, 'vec', 'ALTER TABLE items DISABLE ROW LEVEL SECURITY', 'slow'),
    back: 240,
    slow: true,
  },
  {
    alert: 'VectorSearchErrors',
    severity: 'critical',
    fault: 'right to read the table taken away',
    of: 'errors',
    victims: [many],
    prepare: async (arena) => fill(arena, 'vec', 'errors', 100),
    inject: async (arena) => psql(arena, 'vec', 'REVOKE SELECT ON items FROM pharos_monitor', 'errors'),
    remove: async (arena) => psql(arena, 'vec', 'GRANT SELECT ON items TO pharos_monitor', 'errors'),
    back: 240,
    slow: true,
  },
  {
    alert: 'VectorIndexMissing',
    severity: 'critical',
    fault: 'index over vectors dropped',
    of: 'unindexed',
    victims: [many],
    prepare: async (arena) => fill(arena, 'vec', 'unindexed', 12_000),
    inject: async (arena) => psql(arena, 'vec', 'DROP INDEX items_hnsw', 'unindexed'),
    remove: async (arena) => psql(arena, 'vec', INDEX, 'unindexed'),
    slow: true,
  },
  {
    alert: 'VectorIndexInvalid',
    severity: 'critical',
    fault: 'index build broken off',
    of: 'invalid',
    victims: [many],
    prepare: async (arena) => fill(arena, 'vec', 'invalid', 12_000),
    // A build beside writers waits for those that were there before it, and leaves an invalid index when it ends meanwhile.
    inject: async (arena) => {
      await arena.spawn(
        'vec',
        'su',
        'postgres',
        '-c',
        'psql -c "BEGIN; UPDATE items SET id = id WHERE id = 1; SELECT pg_sleep(20)" invalid',
      );
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      const build = ["SET statement_timeout = '3s'", INDEX.replace('items_hnsw', 'items_broken')];
      await psql(arena, 'vec', build, 'invalid').catch(() => undefined);
      return new Date();
    },
    remove: async (arena) => psql(arena, 'vec', 'DROP INDEX items_broken', 'invalid'),
    slow: true,
  },
  {
    alert: 'VectorExtensionMissing',
    severity: 'critical',
    fault: 'extension dropped',
    of: 'bare',
    victims: [many],
    prepare: async (arena) => fill(arena, 'vec', 'bare', 100),
    inject: async (arena) => psql(arena, 'vec', 'DROP EXTENSION vector CASCADE', 'bare'),
    remove: async (arena) => psql(arena, 'vec', 'CREATE EXTENSION vector; ALTER TABLE items ADD COLUMN embedding vector(3)', 'bare'),
    slow: true,
  },
];
