import { describe, expect, it } from 'vitest';
import { psql } from '../support/databases.ts';
import { eventually, type E2eStack } from '../support/e2e-stack.ts';

/** A database with vectors that the monitoring user may read. */
const VECTORS = [
  'CREATE EXTENSION vector',
  'CREATE TABLE products (id serial PRIMARY KEY, embedding vector(32))',
  'INSERT INTO products (embedding) SELECT (SELECT array_agg(random())::vector FROM generate_series(1, 32) WHERE g > 0) FROM generate_series(1, 3000) g',
  'CREATE INDEX ON products USING hnsw (embedding vector_cosine_ops)',
  'GRANT SELECT ON products TO pharos_monitor',
  'ANALYZE',
].join('; ');

/** The modules for databases, in a stack that watches the shop already, as `detect` wrote it. */
export function databaseChecks(stack: () => E2eStack): void {
  const query = async (expr: string) => stack().prometheus.query(expr);
  /** The name of the shop's PostgreSQL, such as `shop-db`. */
  const shop = (): string => /^POSTGRES_INSTANCES='?([\w-]+)=/m.exec(stack().read('.env'))?.[1] ?? '';
  const secret = (): string => `secrets/postgres_${shop()}_password`;
  const watch = (canary: string, limit: number): void =>
    stack().write(
      'exporters/vector/canaries.yml',
      `canaries:\n  - { name: ${canary}, instance: ${shop()}/app, query: "SELECT id FROM products LIMIT ${limit}", every: 5s }\n`,
    );
  let right: string;

  describe('a password that the database refuses', () => {
    it('is named with the database and the SQL that repairs it, although another one worked before; the rest runs on', async () => {
      for (const database of ['app', 'bare']) expect((await psql(stack().project, `CREATE DATABASE ${database}`)).stderr).toBe('');
      expect((await psql(stack().project, VECTORS, 'app')).stderr).toBe('');
      stack().set({
        MODULES: 'node,containers,postgres,redis,vector,blackbox,apps,logs,pushgateway',
        VECTOR_INSTANCES: `${shop()}/app,${shop()}/bare`,
      });
      watch('nearest', 3);
      right = stack().read(secret());
      stack().write(secret(), 'wrong-password');
      const before = await coreOf(stack());
      const { code, stderr } = await stack().run('up', '--yes');
      expect(code, stderr).toBe(1);
      expect(stderr).toContain(`postgres ${shop()}: refuses pharos_monitor`);
      expect(stderr).toContain('GRANT pg_monitor TO pharos_monitor');
      expect(stderr).toMatch(/vector [\w-]+\/app[^]*password authentication failed/);
      expect(stderr).not.toMatch(/redis [\w-]*shop-cache/);
      expect(await coreOf(stack())).toEqual(before);
    });

    it('is forgotten with the right one; a database without vectors is named', async () => {
      stack().write(secret(), right);
      const { code, stdout, stderr } = await stack().run('up', '--yes');
      expect(code, stderr).toBe(0);
      expect(stdout + stderr).toContain(`vector ${shop()}/bare`);
      expect(stdout + stderr).toContain('VectorExtensionMissing');
      expect(await stack().value('sum(pg_up{service!="demo"}) + sum(redis_up{service!="demo"})')).toBe(2);
    });
  });

  describe('the module vector', () => {
    it('shows every database in Prometheus under the labels of its server', async () => {
      const rows = (await query('pharos_vector_up{service!="demo"}')).map(({ labels, value }) =>
        [labels['job'], labels['instance'], labels['service'], labels['database'], value].join(' '),
      );
      expect(rows.sort()).toEqual(['app', 'bare'].map((name) => `vector ${shop()} ${shop()} ${name} 1`));
      const searches = 'pharos_vector_search_duration_seconds_count{database="app", canary="nearest"} > 0';
      await eventually('searches are seen', 120, async () => (await query(searches)).length > 0);
      expect(await query('pharos_vector_search_errors_total > 0')).toEqual([]);
      expect(await stack().value('pharos_vector_vectors{table="products"}')).toBe(3000);
    });

    it('has its alerts loaded and evaluated, and the one that is due pending', async () => {
      const due = 'ALERTS{alertname="VectorExtensionMissing", database="bare"}';
      await eventually('the alert', 120, async () => (await query(due)).length === 1);
      const rules = (await stack().prometheus.rules()).filter(({ name, kind }) => kind === 'alerting' && name.startsWith('Vector'));
      expect(rules.length).toBeGreaterThanOrEqual(18);
      expect(rules.filter(({ health }) => health !== 'ok')).toEqual([]);
    });

    it('starts the exporter again when a canary changes, and nothing else', async () => {
      const before = await stack().fingerprint();
      watch('other', 2);
      const { code, stderr } = await stack().run('up', '--yes');
      expect(code, stderr).toBe(0);
      const changed = (await stack().fingerprint()).split('\n').filter((line) => !before.includes(line));
      expect(changed.map((line) => line.split(' ')[0])).toEqual([`/${stack().project}-vector-exporter-1`]);
      const runs = 'pharos_vector_search_runs_total{canary="other"} > 0';
      await eventually('the new canary', 120, async () => (await query(runs)).length === 1);
    });
  });
}

/** Id and start time of the services that another password must not restart. */
async function coreOf(stack: E2eStack): Promise<readonly string[]> {
  const core = ['alertmanager', 'history', 'prometheus', 'redis-exporter'].map((service) => `/${stack.project}-${service}-1 `);
  const lines = (await stack.fingerprint()).split('\n').filter((line) => core.some((start) => line.startsWith(start)));
  expect(lines).toHaveLength(core.length);
  return lines;
}
