import { describe, expect, it } from 'vitest';
import { eventually } from '../support/e2e-stack.ts';
import type { VectorExporter } from '../support/vector-exporter.ts';

/** What the vector exporter shows of a database that it may read. */
export function vectorDatabaseChecks(exporter: () => VectorExporter): void {
  const value: VectorExporter['value'] = async (...args) => exporter().value(...args);
  const psql: VectorExporter['psql'] = async (...args) => exporter().psql(...args);

  describe('a database with vectors', () => {
    it('is up, with its extension, its memory and the age of the look', async () => {
      await eventually('the first look', 120, async () => (await value('shop/app', 'up')) === 1);
      expect(await value('shop/app', 'extension_info', { extension: 'vector' })).toBe(1);
      expect(await value('shop/app', 'shared_buffers_bytes')).toBe(128 * 1024 ** 2);
      expect(Date.now() / 1000 - ((await value('shop/app', 'last_success_timestamp_seconds')) ?? 0)).toBeLessThan(60);
    });

    it('counts what the exporter does as work that was kept', async () => {
      const counts = "SELECT xact_commit > 10, xact_rollback FROM pg_stat_database WHERE datname = 'many'";
      await eventually('PostgreSQL has counted', 120, async () => (await psql(counts)).stdout.startsWith('t'));
      expect((await psql(counts)).stdout.trim()).toBe('t|0');
    });

    it('has its small tables counted and its large ones estimated, without a right to read them', async () => {
      expect(await value('shop/app', 'vectors', { table: 'products' })).toBe(3000);
      expect(await value('shop/app', 'vectors_exact', { table: 'products' })).toBe(1);
      expect(await value('shop/app', 'vectors_exact', { table: 'secret' })).toBe(0);
      expect(await value('shop/app', 'vectors', { table: 'secret' })).toBeCloseTo(12_000, -3);
      expect(await value('shop/app', 'column_indexed', { table: 'products' })).toBe(1);
      expect(await value('shop/app', 'column_indexed', { table: 'secret' })).toBe(0);
    });

    it('counts along when vectors come and go, nulls not among them', async () => {
      await psql('INSERT INTO notes (embedding) SELECT NULL FROM generate_series(1, 5); DELETE FROM notes WHERE id <= 10');
      await eventually('the count follows', 120, async () => (await value('shop/app', 'vectors', { table: 'notes' })) === 90);
    });

    it('sees an index on an expression as the index of its column', async () => {
      expect(await value('shop/app', 'column_indexed', { table: 'notes' })).toBe(1);
      expect(await value('shop/app', 'index_info', { table: 'notes', method: 'hnsw' })).toBe(1);
    });

    it('reports size and validity of an index', async () => {
      expect(await value('shop/app', 'index_size_bytes', { index: 'products_hnsw' })).toBeGreaterThan(100_000);
      await psql("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'products_ivf'::regclass");
      await eventually('invalid', 120, async () => (await value('shop/app', 'index_valid', { index: 'products_ivf' })) === 0);
      expect(await value('shop/app', 'index_valid', { index: 'products_hnsw' })).toBe(1);
      await psql("UPDATE pg_index SET indisvalid = true WHERE indexrelid = 'products_ivf'::regclass");
      await eventually('valid again', 120, async () => (await value('shop/app', 'index_valid', { index: 'products_ivf' })) === 1);
    });

    it('shows the progress of a build, and the writers that it keeps waiting', async () => {
      const build = psql(
        'SET max_parallel_maintenance_workers = 0; CREATE INDEX secret_hnsw ON secret USING hnsw (embedding vector_l2_ops)',
      );
      await eventually('the build is seen', 120, async () => ((await value('shop/app', 'build_rows_done', { table: 'secret' })) ?? 0) > 0);
      expect(await value('shop/app', 'build_blocks', { table: 'secret' })).toBeGreaterThan(0);
      expect(await value('shop/app', 'build_seconds', { table: 'secret' })).toBeGreaterThan(0);
      const insert = psql('INSERT INTO secret (embedding) SELECT embedding FROM secret LIMIT 1');
      await eventually('the writer is seen', 120, async () => (await value('shop/app', 'waiting_writers', { table: 'secret' })) === 1);
      expect([(await build).stderr, (await insert).stderr]).toEqual(['', '']);
      await eventually('the build is over', 120, async () => (await value('shop/app', 'build_seconds')) === undefined);
      // The tables may have been looked at just before the build was over.
      await eventually('its index counts', 120, async () => (await value('shop/app', 'column_indexed', { table: 'secret' })) === 1);
    });

    it('is looked at without waiting for a table that someone holds exclusively', async () => {
      const lastLook = async (): Promise<number> => (await value('shop/app', 'last_success_timestamp_seconds')) ?? 0;
      const locks = async (): Promise<string> =>
        (await psql("SELECT count(*) FROM pg_locks WHERE relation = 'products'::regclass AND mode = 'AccessExclusiveLock'")).stdout.trim();
      const holder = psql("SET application_name = 'holder'; BEGIN; LOCK TABLE products IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(600)");
      await eventually('the table is locked', 120, async () => (await locks()) === '1');
      const errors = await value('shop/app', 'collect_errors_total');
      const before = await lastLook();
      await eventually('it is looked at again and again', 120, async () => (await lastLook()) > before + 2);
      expect(await locks()).toBe('1');
      expect(await value('shop/app', 'up')).toBe(1);
      expect(await value('shop/app', 'collect_errors_total')).toBe(errors);
      expect(await value('shop/app', 'vectors', { table: 'products' })).toBeGreaterThan(2000);
      await psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'holder'");
      await holder;
    });

    it('is asked over two connections at most', async () => {
      // Connections come and go with the looks and the searches: sampled by the server itself, which is not slowed down by a new client each time.
      const most = `DO $$ DECLARE most int := 0; BEGIN
      FOR i IN 1..100 LOOP
        PERFORM pg_stat_clear_snapshot();
        most := greatest(most, (SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'pharos-vector%'));
        PERFORM pg_sleep(0.03);
      END LOOP;
      RAISE NOTICE 'most %', most; END $$`;
      const counts: number[] = [];
      await eventually('a connection is seen', 120, async () => {
        counts.push(Number(/most (\d+)/.exec((await psql(most)).stderr)?.[1]));
        return Math.max(...counts) > 0;
      });
      expect(Math.max(...counts)).toBeLessThanOrEqual(2);
    });
  });
}
