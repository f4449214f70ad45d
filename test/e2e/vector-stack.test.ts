import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { databasesImage } from '../support/databases.ts';
import { makeNetwork, startContainer } from '../support/cleanup.ts';
import { E2eStack, eventually, sh } from '../support/e2e-stack.ts';
import { POSTGRES, SETUP } from '../support/vector.ts';

const NAME = 'pharos-vec-stack';
const noEngine = process.env['PHAROS_NO_ENGINE'];
const LONG_MS = 600_000;
let stack: E2eStack;

const query = async (
  expression: string,
): Promise<readonly { readonly metric: Record<string, string>; readonly value: [number, string] }[]> =>
  (
    await stack.json<{ data: { result: { metric: Record<string, string>; value: [number, string] }[] } }>(
      'PROMETHEUS_PORT',
      `/api/v1/query?query=${encodeURIComponent(expression)}`,
    )
  ).data.result;

beforeEach((context) => {
  if (noEngine !== undefined) context.skip(noEngine);
});

beforeAll(async () => {
  if (noEngine !== undefined) return;
  stack = await E2eStack.create(NAME);
  await makeNetwork(NAME, `${NAME}-shop`);
  const where = ['--network', `${NAME}-shop`, '--network-alias', 'shop-db'];
  await startContainer(NAME, `${NAME}-db`, ...where, await databasesImage(), 'bash', '-c', POSTGRES);
  const psql = async (database: string, sql: string) =>
    sh(['docker', 'exec', '-u', 'postgres', `${NAME}-db`, 'psql', '-v', 'ON_ERROR_STOP=1', '-Atqc', sql, database]);
  await eventually('PostgreSQL answers', 60, async () => (await psql('postgres', 'SELECT 1')).code === 0);
  for (const [database, sql] of SETUP) if (database !== 'many') expect((await psql(database, sql)).stderr).toBe('');
  stack.set({
    MODULES: 'vector',
    APP_NETWORKS: `${NAME}-shop`,
    POSTGRES_INSTANCES: 'shop=postgresql://pharos_monitor@shop-db:5432/postgres?sslmode=disable',
    VECTOR_INSTANCES: 'shop/app,shop/bare',
  });
  stack.write('secrets/postgres_shop_password', 'not-the-monitor-pw');
}, LONG_MS);

afterAll(async () => {
  if (noEngine === undefined) await stack.destroy();
});

describe('a stack with the module vector', () => {
  it(
    'refuses a canary for a database that is not watched, with the line',
    async () => {
      stack.write('exporters/vector/canaries.yml', 'canaries:\n  - { name: nearest, instance: shop, query: SELECT 1 }\n');
      const { code, stderr } = await stack.run('up', '--yes');
      expect(code).toBe(2);
      expect(stderr).toContain('exporters/vector/canaries.yml:2');
      expect(stderr).toContain('names the instance "shop", which VECTOR_INSTANCES does not have');
    },
    LONG_MS,
  );

  it(
    'names a database that refuses the exporter',
    async () => {
      stack.write(
        'exporters/vector/canaries.yml',
        'canaries:\n  - { name: nearest, instance: shop/app, query: "SELECT id FROM products LIMIT 3", every: 5s }\n',
      );
      const { code, stderr } = await stack.run('up', '--yes');
      expect(code, stderr).toBe(1);
      expect(stderr).toContain('vector shop/app');
      expect(stderr).toContain('password authentication failed');
    },
    LONG_MS,
  );

  it(
    'starts with the right password, and says which database has no vectors',
    async () => {
      stack.write('secrets/postgres_shop_password', 'monitor-pw');
      const { code, stdout, stderr } = await stack.run('up', '--yes');
      expect(code, stderr).toBe(0);
      expect(stdout + stderr).toContain('vector shop/bare');
      expect(stdout + stderr).toContain('VectorExtensionMissing');
    },
    LONG_MS,
  );

  it(
    'shows every database in Prometheus under the labels of its server',
    async () => {
      const up = await query('pharos_vector_up');
      expect(
        up.map(({ metric, value }) => [metric['job'], metric['instance'], metric['service'], metric['database'], value[1]]).sort(),
      ).toEqual([
        ['vector', 'shop', 'shop', 'app', '1'],
        ['vector', 'shop', 'shop', 'bare', '1'],
      ]);
      await eventually('searches are seen', 60, async () => {
        const [runs] = await query('pharos_vector_search_duration_seconds_count{database="app", canary="nearest"}');
        return Number(runs?.value[1]) > 0;
      });
      expect(await query('pharos_vector_search_errors_total > 0')).toEqual([]);
      expect((await query('pharos_vector_vectors{table="products"}'))[0]?.value[1]).toBe('3000');
    },
    LONG_MS,
  );

  it(
    'has its alerts loaded and evaluated, and the one that is due pending',
    async () => {
      await eventually(
        'the alert',
        60,
        async () => (await query('ALERTS{alertname="VectorExtensionMissing", database="bare"}')).length === 1,
      );
      const { data } = await stack.json<{ data: { groups: { name: string; rules: { health: string }[] }[] } }>(
        'PROMETHEUS_PORT',
        '/api/v1/rules?type=alert',
      );
      const rules = data.groups.filter(({ name }) => name.startsWith('vector-')).flatMap((group) => group.rules);
      expect(rules.length).toBeGreaterThanOrEqual(18);
      expect(rules.filter(({ health }) => health !== 'ok')).toEqual([]);
    },
    LONG_MS,
  );

  it(
    'starts the exporter again when a canary changes, and nothing else',
    async () => {
      const before = await stack.fingerprint();
      stack.write(
        'exporters/vector/canaries.yml',
        'canaries:\n  - { name: other, instance: shop/app, query: "SELECT id FROM notes LIMIT 3", every: 5s }\n',
      );
      const { code, stderr } = await stack.run('up', '--yes');
      expect(code, stderr).toBe(0);
      const changed = (await stack.fingerprint()).split('\n').filter((line) => !before.includes(line));
      expect(changed.map((line) => line.split(' ')[0])).toEqual([`/${NAME}-vector-exporter-1`]);
      await eventually('the new canary', 60, async () => (await query('pharos_vector_search_runs_total{canary="other"} > 0')).length === 1);
    },
    LONG_MS,
  );
});
