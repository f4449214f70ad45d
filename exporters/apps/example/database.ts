import pg from 'pg';
import type { Log } from '../instrumentation/log.ts';
import type { Environment } from './environment.ts';

/** Dimensions of the products' vectors; real models have some hundred. */
export const DIMENSIONS = 64;
const PRODUCTS = 500;
const RETRY_MS = 1_000;

export interface Database {
  readonly pool: pg.Pool;
  /** Fails until the tables are there. */
  readonly prepared: () => Promise<void>;
  /** Whether vectors can be searched; false on a PostgreSQL without pgvector. */
  readonly vectors: () => boolean;
  readonly close: () => Promise<void>;
}

/** Connects, and makes the tables as soon as PostgreSQL can be reached; the service starts without waiting for it. */
export function openDatabase({ database }: Environment, log: Log): Database {
  // Without a limit a request would wait for ever for a server that does not answer.
  const pool = new pg.Pool({ ...database, max: 10, connectionTimeoutMillis: 2_000, application_name: 'example' });
  let state: 'waiting' | 'plain' | 'vectors' = 'waiting';
  let timer: NodeJS.Timeout | undefined;
  const attempt = async (): Promise<void> => {
    try {
      state = (await createTables(pool)) ? 'vectors' : 'plain';
      if (state === 'plain') log.warn({}, 'this PostgreSQL has no pgvector; products are searched by name instead');
      else log.info({}, 'the tables are there');
    } catch (failure) {
      log.warn({ error: failure instanceof Error ? failure.message : String(failure) }, 'the tables could not be made yet');
      timer = setTimeout(() => void attempt(), RETRY_MS);
    }
  };
  void attempt();
  return {
    pool,
    prepared: async () => {
      if (state === 'waiting') throw new Error('the tables are not there yet');
    },
    vectors: () => state === 'vectors',
    close: async () => {
      clearTimeout(timer);
      await pool.end();
    },
  };
}

/** Makes tables and products where they are missing. Returns whether vectors are possible. */
async function createTables(pool: pg.Pool): Promise<boolean> {
  const { rowCount } = await pool.query("SELECT FROM pg_available_extensions WHERE name = 'vector'");
  const vectors = rowCount === 1;
  if (vectors) await pool.query('CREATE EXTENSION IF NOT EXISTS vector');
  await pool.query(`
    CREATE TABLE IF NOT EXISTS products (
      id int PRIMARY KEY, name text NOT NULL, price int NOT NULL ${vectors ? `, embedding vector(${DIMENSIONS}) NOT NULL` : ''});
    CREATE TABLE IF NOT EXISTS orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, product int NOT NULL, at timestamptz NOT NULL DEFAULT now());
    CREATE TABLE IF NOT EXISTS segments (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL);
    CREATE TABLE IF NOT EXISTS payments (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, provider text NOT NULL, cents int NOT NULL, status text NOT NULL DEFAULT 'pending');
  `);
  const vector = `(SELECT array_agg(sin(n * (d + 1)))::vector(${DIMENSIONS}) FROM generate_series(1, ${DIMENSIONS}) d)`;
  await pool.query(
    `INSERT INTO products SELECT n, 'product ' || n, n * 10 ${vectors ? `, ${vector}` : ''} FROM generate_series(1, ${PRODUCTS}) n
     ON CONFLICT DO NOTHING`,
  );
  if (vectors) await pool.query('CREATE INDEX IF NOT EXISTS products_embedding ON products USING hnsw (embedding vector_cosine_ops)');
  return vectors;
}
