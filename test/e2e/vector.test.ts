import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundleVector } from '../../scripts/render/bundle.ts';
import { ROOT, makeReadable } from '../../scripts/base/files.ts';
import { databasesImage } from '../support/databases.ts';
import { makeNetwork, startContainer } from '../support/cleanup.ts';
import { eventually, removeEverything, sh } from '../support/e2e-stack.ts';
import { describeWithEngine } from '../support/engine.ts';
import { serviceImage } from '../support/images.ts';
import { CANARIES, DATABASES, POSTGRES, SETUP } from '../support/vector.ts';

const NAME = 'pharos-vec-test';
const LONG_MS = 300_000;
let folder: string;
let base: string;
/** Every metric of which a sample was seen on any page. */
const seen = new Set<string>();

const psql = async (sql: string, database = 'app') =>
  sh(['docker', 'exec', '-u', 'postgres', `${NAME}-db`, 'psql', '-v', 'ON_ERROR_STOP=1', '-Atqc', sql, database]);
const run = async (name: string, ...args: readonly string[]): Promise<void> =>
  startContainer(NAME, `${NAME}-${name}`, '--network', `${NAME}-net`, '--network-alias', name, ...args);
const logs = async (): Promise<readonly { readonly msg: string; readonly reason?: string }[]> =>
  (await sh(['docker', 'logs', `${NAME}-exporter`])).stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { msg: string });

/** The samples of a database's page: `name{labels}` → value. */
async function page(target: string): Promise<ReadonlyMap<string, number>> {
  const response = await fetch(`${base}/metrics?target=${encodeURIComponent(target)}`);
  expect(response.status).toBe(200);
  const samples = new Map<string, number>();
  for (const [, key = '', value = ''] of (await response.text()).matchAll(/^(pharos_vector_\S+) (\S+)$/gm)) {
    samples.set(key, Number(value));
    seen.add(key.replace(/\{.*/, ''));
  }
  return samples;
}
/** The sum of the samples of a metric whose labels hold all of the given ones; undefined where there is none. */
async function value(target: string, metric: string, labels: Readonly<Record<string, string>> = {}): Promise<number | undefined> {
  const wanted = Object.entries(labels).map(([name, text]) => `${name}="${text}"`);
  const found = [...(await page(target))].filter(
    ([key]) => key.replace(/\{.*/, '') === `pharos_vector_${metric}` && wanted.every((label) => key.includes(label)),
  );
  return found.length === 0 ? undefined : found.reduce((sum, [, number]) => sum + number, 0);
}

beforeAll(async () => {
  await removeEverything(NAME);
  folder = mkdtempSync(join(tmpdir(), `${NAME}-`));
  writeFileSync(join(folder, 'server.mjs'), await bundleVector(ROOT));
  writeFileSync(join(folder, 'canaries.yml'), CANARIES);
  writeFileSync(join(folder, 'databases.json'), JSON.stringify(DATABASES));
  await makeReadable(folder, '.');
  await makeNetwork(NAME, `${NAME}-net`);
  const databases = await databasesImage();
  await run('db', databases, 'bash', '-c', POSTGRES);
  // Takes connections and never says a word.
  await run('deaf', databases, 'node', '-e', 'require("net").createServer(() => 0).listen(5432)');
  await eventually('PostgreSQL answers', 60, async () => (await psql('SELECT 1', 'postgres')).code === 0);
  for (const [database, sql] of SETUP) expect((await psql(sql, database)).stderr).toBe('');
  const service = ['--user', '65534:65534', '--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', '--memory', '128m'];
  const mounts = ['-v', `${folder}:/app:ro`, '-e', 'DATABASES_FILE=/app/databases.json', '-e', 'COLLECT_SECONDS=1'];
  const image = await serviceImage(new Docker(), 'history');
  await run(
    'exporter',
    ...service,
    ...mounts,
    '-p',
    '127.0.0.1::9188',
    '--entrypoint',
    'node',
    image,
    '--max-old-space-size=64',
    '/app/server.mjs',
  );
  base = `http://${(await sh(['docker', 'port', `${NAME}-exporter`, '9188'])).stdout.trim().split('\n')[0] ?? ''}`;
  await eventually('the exporter is ready', 20, async () => (await fetch(`${base}/-/ready`)).ok);
}, LONG_MS);

afterAll(async () => {
  await removeEverything(NAME);
  rmSync(folder, { recursive: true, force: true });
});

describeWithEngine('a database with vectors', () => {
  it('is up, with its extension, its memory and the age of the look', async () => {
    await eventually('the first look', 20, async () => (await value('shop/app', 'up')) === 1);
    expect(await value('shop/app', 'extension_info', { extension: 'vector' })).toBe(1);
    expect(await value('shop/app', 'shared_buffers_bytes')).toBe(128 * 1024 ** 2);
    expect(Date.now() / 1000 - ((await value('shop/app', 'last_success_timestamp_seconds')) ?? 0)).toBeLessThan(10);
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
    await eventually('the count follows', 10, async () => (await value('shop/app', 'vectors', { table: 'notes' })) === 90);
  });

  it('sees an index on an expression as the index of its column', async () => {
    expect(await value('shop/app', 'column_indexed', { table: 'notes' })).toBe(1);
    expect(await value('shop/app', 'index_info', { table: 'notes', method: 'hnsw' })).toBe(1);
  });

  it('tells size and validity of an index', async () => {
    expect(await value('shop/app', 'index_size_bytes', { index: 'products_hnsw' })).toBeGreaterThan(100_000);
    await psql("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'products_ivf'::regclass");
    await eventually('invalid', 10, async () => (await value('shop/app', 'index_valid', { index: 'products_ivf' })) === 0);
    expect(await value('shop/app', 'index_valid', { index: 'products_hnsw' })).toBe(1);
    await psql("UPDATE pg_index SET indisvalid = true WHERE indexrelid = 'products_ivf'::regclass");
    await eventually('valid again', 10, async () => (await value('shop/app', 'index_valid', { index: 'products_ivf' })) === 1);
  });

  it(
    'shows the progress of a build, and the writers that it keeps waiting',
    async () => {
      const build = psql(
        'SET max_parallel_maintenance_workers = 0; CREATE INDEX secret_hnsw ON secret USING hnsw (embedding vector_l2_ops)',
      );
      await eventually('the build is seen', 30, async () => ((await value('shop/app', 'build_rows_done', { table: 'secret' })) ?? 0) > 0);
      expect(await value('shop/app', 'build_blocks', { table: 'secret' })).toBeGreaterThan(0);
      expect(await value('shop/app', 'build_seconds', { table: 'secret' })).toBeGreaterThan(0);
      const insert = psql('INSERT INTO secret (embedding) SELECT embedding FROM secret LIMIT 1');
      await eventually('the writer is seen', 30, async () => (await value('shop/app', 'waiting_writers', { table: 'secret' })) === 1);
      expect([(await build).stderr, (await insert).stderr]).toEqual(['', '']);
      await eventually('the build is over', 30, async () => (await value('shop/app', 'build_seconds')) === undefined);
      // The tables may have been looked at just before the build was over.
      await eventually('its index counts', 10, async () => (await value('shop/app', 'column_indexed', { table: 'secret' })) === 1);
    },
    LONG_MS,
  );

  it('is looked at without waiting for a table that somebody holds exclusively', async () => {
    const lock = psql('BEGIN; LOCK TABLE products IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(6); COMMIT');
    await new Promise((resolve) => setTimeout(resolve, 2500));
    const errors = await value('shop/app', 'collect_errors_total');
    await new Promise((resolve) => setTimeout(resolve, 2500));
    expect(await value('shop/app', 'up')).toBe(1);
    expect(await value('shop/app', 'collect_errors_total')).toBe(errors);
    expect(await value('shop/app', 'vectors', { table: 'products' })).toBeGreaterThan(2000);
    await lock;
  }, 30_000);

  it('is asked over two connections at most', async () => {
    const counts: number[] = [];
    // Connections come and go with the looks and the searches, the most frequent of which is every 5 s.
    for (let look = 0; look < 100 && (look < 15 || Math.max(...counts) === 0); look += 1) {
      const { stdout } = await psql("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'pharos-vector%'");
      counts.push(Number(stdout));
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(Math.max(...counts)).toBeLessThanOrEqual(2);
    expect(Math.max(...counts)).toBeGreaterThan(0);
  }, 30_000);
});

describeWithEngine('canaries', () => {
  it('are timed, and tell whether an index answers them', async () => {
    await eventually(
      'searches',
      20,
      async () => ((await value('shop/app', 'search_duration_seconds_count', { canary: 'nearest' })) ?? 0) > 0,
    );
    expect(await value('shop/app', 'search_rows', { canary: 'nearest' })).toBe(10);
    expect(await value('shop/app', 'search_uses_index', { canary: 'nearest' })).toBe(1);
    expect(await value('shop/app', 'search_uses_index', { canary: 'by-all' })).toBe(0);
    expect(await value('shop/app', 'search_duration_seconds_bucket', { canary: 'nearest', le: '+Inf' })).toBeGreaterThan(0);
    // Half a second of sleep in the query is in the time.
    const [sum, count] = [
      await value('shop/app', 'search_duration_seconds_sum', { canary: 'sleepy' }),
      await value('shop/app', 'search_duration_seconds_count', { canary: 'sleepy' }),
    ];
    expect((sum ?? 0) / (count ?? 1)).toBeGreaterThan(0.5);
    expect((sum ?? 0) / (count ?? 1)).toBeLessThan(5);
  }, 30_000);

  it.each([
    ['unparsable', 'syntax', 'syntax error at or near "SELEC"'],
    ['two-statements', 'syntax', 'cannot insert multiple commands'],
    ['commits', 'syntax', 'syntax error at or near "COMMIT"'],
    ['no-table', 'missing', 'relation "productz" does not exist'],
    ['deletes', 'write', 'wants to write'],
    ['deletes-in-with', 'write', 'wants to write'],
    ['deletes-in-function', 'write', 'read-only transaction'],
    ['forbidden', 'permission', 'permission denied for table secret'],
    ['endless', 'timeout', 'statement timeout'],
    ['too-many', 'result', 'more than 1000 rows'],
    ['too-large', 'result', 'more than 24 MiB'],
    ['finds-nothing', 'result', 'gives 0 rows'],
    ['asks-for-values', 'syntax', 'requires 1'],
    ['sets-nonsense', 'other', 'invalid value for parameter "hnsw.ef_search"'],
    ['sets-what-is-not-there', 'syntax', 'invalid configuration parameter name "hnsw.ef_saerch"'],
  ])('%s: counts as %s and says "%s"', async (canary, reason, words) => {
    await eventually('an error', 20, async () => ((await value('shop/app', 'search_errors_total', { canary, reason })) ?? 0) > 0);
    expect(await value('shop/app', 'search_duration_seconds_count', { canary })).toBeUndefined();
    const said = (await logs()).filter(({ msg }) => msg.startsWith(`canary ${canary} on shop/app: `));
    expect(said[0]).toMatchObject({ msg: expect.stringContaining(words), reason });
    // Once, however often it fails: the next line says something else.
    expect(said.some(({ msg }, index) => msg === said[index + 1]?.msg)).toBe(false);
  });

  it('have not written anything', async () => {
    expect((await psql('SELECT count(*) FROM scratch')).stdout.trim()).toBe('3');
    expect((await psql('SELECT count(*) FROM products')).stdout.trim()).toBe('3000');
  });

  it('that are wrong in the file are left out and counted', async () => {
    expect(await value('shop/app', 'canary_file_problems')).toBe(2);
    const said = (await logs()).map(({ msg }) => msg).filter((msg) => msg.includes('left out'));
    expect(said).toEqual([expect.stringMatching(/canaries\.yml:\d+: .*"shopp".*VECTOR_INSTANCES/), expect.stringMatching(/no query/)]);
  });

  it('do not count as use of an index', async () => {
    const others = async (): Promise<number> =>
      ((await value('shop/app', 'index_scans_total', { index: 'products_hnsw' })) ?? 0) -
      ((await value('shop/app', 'index_own_scans_total', { index: 'products_hnsw' })) ?? 0);
    await eventually(
      'own scans',
      20,
      async () => ((await value('shop/app', 'index_own_scans_total', { index: 'products_hnsw' })) ?? 0) > 25,
    );
    const search = 'SELECT id FROM products ORDER BY embedding <=> (SELECT embedding FROM products WHERE id = 1) LIMIT 1';
    for (let time = 0; time < 7; time += 1) expect((await psql(search)).stdout.trim()).toBe('1');
    // A canary may be between its scan and its count, or a look old: at most a few.
    await eventually('the searches of others', 30, async () => Math.abs((await others()) - 7) <= 2);
  }, 60_000);
});

describeWithEngine('recall', () => {
  it('is high where the index finds what is nearest, and low where it does not look around', async () => {
    const recall = async (probe: string): Promise<number> => (await value('shop/app', 'recall_ratio', { probe })) ?? Number.NaN;
    await eventually('comparisons', 60, async () => !Number.isNaN((await recall('one-list')) + (await recall('all-lists'))));
    expect(await recall('hnsw')).toBeGreaterThan(0.9);
    expect(await recall('all-lists')).toBe(1);
    expect(await recall('one-list')).toBeLessThan(0.8);
    expect(await recall('on-expression')).toBeGreaterThan(0.9);
    expect(await value('shop/app', 'recall_target_ratio', { probe: 'one-list' })).toBe(0.9);
    expect(await value('shop/app', 'recall_samples', { probe: 'hnsw' })).toBe(20);
  }, 90_000);

  it.each([
    ['no-index', 'missing', 'there is no index nowhere'],
    ['no-vector-index', 'missing', 'no index that finds what is nearest'],
    ['too-large', 'result', 'more than max_rows'],
    ['not-allowed', 'permission', 'permission denied'],
  ])('%s: counts as %s and says "%s"', async (probe, reason, words) => {
    await eventually('an error', 30, async () => ((await value('shop/app', 'recall_errors_total', { probe, reason })) ?? 0) > 0);
    expect((await logs()).find(({ msg }) => msg.startsWith(`recall probe ${probe} on shop/app: `))?.msg).toContain(words);
  });
});

describeWithEngine('what is wrong with a database', () => {
  it.each([
    ['denied', 'authentication', 'password authentication failed'],
    ['unsaid', 'authentication', 'asks for a password, and there is none'],
    ['nowhere', 'connection', 'getaddrinfo'],
    ['deaf', 'connection', 'timeout'],
    ['shop/lost', 'missing', 'database "lost" does not exist'],
  ])('%s: up is 0, the reason is %s, the log says "%s"', async (target, reason, words) => {
    await eventually('an error', 30, async () => ((await value(target, 'collect_errors_total', { reason })) ?? 0) > 0);
    expect(await value(target, 'up')).toBe(0);
    expect(await value(target, 'last_success_timestamp_seconds')).toBeUndefined();
    expect((await logs()).find(({ msg }) => msg.startsWith(`database ${target}: `))).toMatchObject({
      msg: expect.stringContaining(words),
      reason,
    });
  });

  it('leaves no connection behind where a login fails', async () => {
    const { stdout } = await psql("SELECT count(*) FROM pg_stat_activity WHERE datname IS NULL AND backend_type = 'client backend'");
    expect(Number(stdout)).toBeLessThan(3);
  });

  it('no pgvector: up, no extension, a line', async () => {
    await eventually('a look', 20, async () => (await value('shop/bare', 'up')) === 1);
    expect(await value('shop/bare', 'extensions')).toBe(0);
    expect((await logs()).find(({ msg }) => msg.startsWith('database shop/bare: '))?.msg).toContain('no vector extension');
  });

  it('hundreds of tables: the largest 300 are told, and how many there are', async () => {
    await eventually('a look', 20, async () => (await value('shop/many', 'columns')) === 310);
    expect([...(await page('shop/many')).keys()].filter((key) => key.startsWith('pharos_vector_vectors{'))).toHaveLength(300);
  });

  it('never a password in the log', async () => {
    expect(JSON.stringify(await logs())).not.toContain('monitor-pw');
  });

  it('gone and back: a metric and two lines, and the exporter lives', async () => {
    await sh(['docker', 'stop', '-t', '1', `${NAME}-db`]);
    await eventually('down', 30, async () => (await value('shop/app', 'up')) === 0);
    await eventually(
      'searches fail',
      30,
      async () => ((await value('shop/app', 'search_errors_total', { canary: 'nearest', reason: 'connection' })) ?? 0) > 0,
    );
    // The figures of the last look stay for a minute: one lost look is no news.
    expect(await value('shop/app', 'vectors', { table: 'products' })).toBe(3000);
    await sh(['docker', 'start', `${NAME}-db`]);
    await eventually('up', 60, async () => (await value('shop/app', 'up')) === 1);
    expect((await logs()).map(({ msg }) => msg)).toContain('database shop/app: works again');
    expect((await sh(['docker', 'inspect', '-f', '{{.State.Running}} {{.RestartCount}}', `${NAME}-exporter`])).stdout.trim()).toBe(
      'true 0',
    );
  }, 120_000);
});

describeWithEngine('the page', () => {
  it('comes from memory, whatever the database does', async () => {
    const times: number[] = [];
    for (let time = 0; time < 15; time += 1)
      for (const target of ['shop/app', 'shop/many', 'deaf', 'nowhere']) {
        const began = performance.now();
        await page(target);
        times.push(performance.now() - began);
      }
    // Far less than a database that hangs would take; all but three of sixty, because this machine also runs the tests.
    expect(times.sort((a, b) => a - b)[56]).toBeLessThan(1_000);
  });

  it('has every metric that rules and dashboard ask for', () => {
    const text =
      readFileSync(join(ROOT, 'prometheus/rules/vector.yml'), 'utf8') + readFileSync(join(ROOT, 'grafana/dashboards/vector.json'), 'utf8');
    const asked = new Set(text.match(/pharos_vector_\w+/g));
    expect(asked.size).toBeGreaterThan(15);
    expect([...asked].filter((name) => !seen.has(name))).toEqual([]);
  });

  it('is well-formed for Prometheus', async () => {
    const text = await (await fetch(`${base}/metrics?target=shop/app`)).text();
    writeFileSync(join(folder, 'page.txt'), text, { mode: 0o644 });
    const image = await serviceImage(new Docker(), 'prometheus');
    const check = ['-v', `${folder}:/p:ro`, '--entrypoint', 'sh', image, '-c', '/bin/promtool check metrics < /p/page.txt'];
    const { code, stdout, stderr } = await sh(['docker', 'run', '--rm', '--network', 'none', ...check]);
    expect({ code, said: stdout + stderr }).toEqual({ code: 0, said: '' });
  });

  it('is refused for a database that nobody named', async () => {
    const response = await fetch(`${base}/metrics?target=x`);
    expect([response.status, await response.text()]).toEqual([404, expect.stringContaining('shop/app')]);
    expect((await fetch(`${base}/metrics`, { method: 'POST' })).status).toBe(405);
    expect((await fetch(`${base}/metrics`)).ok).toBe(true);
  });
});
