import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';
import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { watchQueue, watchWorker } from '../../exporters/apps/instrumentation/bullmq.ts';
import { createInstrumentation, type Instrumentation } from '../../exporters/apps/instrumentation/instrumentation.ts';
import { watchRedis } from '../../exporters/apps/instrumentation/ioredis.ts';
import { watchPool } from '../../exporters/apps/instrumentation/pg.ts';
import { psql, startShop } from '../support/databases.ts';
import { eventually, removeEverything, sh } from '../support/e2e-stack.ts';
import { describeWithEngine } from '../support/engine.ts';

const NAME = 'pharos-test-apps';
let db: string;
let cache: string;

beforeAll(async () => {
  await removeEverything(NAME);
  await startShop(NAME);
  db = await addressOf('shop-db');
  cache = await addressOf('shop-cache');
}, 300_000);

afterAll(async () => {
  await removeEverything(NAME);
});

async function addressOf(name: string): Promise<string> {
  const { stdout } = await sh(['docker', 'inspect', '-f', '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}', `${NAME}-${name}`]);
  return stdout.trim();
}

const open: (() => Promise<unknown>)[] = [];
const uncaught: unknown[] = [];
const note = (failure: unknown): void => void uncaught.push(failure);
beforeEach(() => {
  process.on('uncaughtException', note);
  process.on('unhandledRejection', note);
});
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await Promise.race([close(), new Promise((resolve) => setTimeout(resolve, 2_000))]);
  process.off('uncaughtException', note);
  process.off('unhandledRejection', note);
  expect(uncaught.splice(0), 'nothing may escape, it would end the process').toEqual([]);
});

function create(cacheMs = 0) {
  const lines: string[] = [];
  const at = (level: string) => (fields: object, message: string) => void lines.push(JSON.stringify({ level, message, ...fields }));
  const log = { info: at('info'), warn: at('warn'), error: at('error') };
  const instrumentation = createInstrumentation({ registry: new Registry(), log, health: { cacheMs } });
  return { instrumentation, lines };
}

function pool(instrumentation: Instrumentation, password = 'superuser', max = 3): pg.Pool {
  const made = new pg.Pool({ host: db, user: 'postgres', password, database: 'postgres', max, connectionTimeoutMillis: 600 });
  open.push(async () => made.end());
  watchPool(instrumentation, made);
  return made;
}

function redis(instrumentation: Instrumentation): Redis {
  const client = new Redis({ host: cache, maxRetriesPerRequest: null, retryStrategy: () => 100 });
  open.push(async () => client.disconnect());
  watchRedis(instrumentation, client);
  return client;
}

/** Value of a series as Prometheus would scrape it; undefined where it is absent. */
async function series(instrumentation: Instrumentation, name: string): Promise<number | undefined> {
  const line = (await instrumentation.scrape()).body.split('\n').find((text) => text.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.slice(name.length + 1));
}
const health = async ({ health: of }: Instrumentation, what: string) => of.answer(what);

/** The health endpoint's answer, at most a second later whatever hangs. */
async function inTime(instrumentation: Instrumentation, what: string) {
  const began = performance.now();
  const answer = await health(instrumentation, what);
  expect(performance.now() - began).toBeLessThan(1_000);
  return answer;
}

describeWithEngine('PostgreSQL', () => {
  it('works: health, pool and wait for a connection', async () => {
    const { instrumentation } = create(60_000);
    const used = pool(instrumentation);
    expect(await health(instrumentation, 'db')).toMatchObject({ status: 200, body: { status: 'up' } });
    const client = await used.connect();
    expect(await series(instrumentation, 'db_pool_connections_used{pool="db"}')).toBe(1);
    expect(await series(instrumentation, 'db_pool_connections_max{pool="db"}')).toBe(3);
    client.release();
    expect(await series(instrumentation, 'db_pool_acquire_duration_seconds_count{pool="db"}')).toBeGreaterThanOrEqual(2);
  });

  it('has its pool used up', async () => {
    const { instrumentation, lines } = create();
    const used = pool(instrumentation, 'superuser', 1);
    const client = await used.connect();
    const waiting = used.query('SELECT 1').catch((failure: unknown) => failure);
    expect(await series(instrumentation, 'db_pool_waiting{pool="db"}')).toBeGreaterThanOrEqual(1);
    expect(await inTime(instrumentation, 'ready')).toMatchObject({ status: 503, body: { checks: { db: { reason: 'timeout' } } } });
    expect(await waiting).toBeInstanceOf(Error);
    client.release();
    await eventually('works again', 5, async () => (await health(instrumentation, 'ready')).status === 200);
    expect(lines.at(-1)).toContain('works again');
  });

  it('refuses the password', async () => {
    const { instrumentation, lines } = create();
    pool(instrumentation, 'wr0ng-s3cret');
    expect(await health(instrumentation, 'db')).toMatchObject({ status: 503, body: { reason: 'authentication' } });
    expect(await series(instrumentation, 'health_check_up{dependency="db"}')).toBe(0);
    expect(await series(instrumentation, 'db_connection_errors_total{pool="db",reason="authentication"}')).toBeGreaterThanOrEqual(1);
    expect(lines.join('\n')).toContain('password authentication failed for user');
    expect(lines.join('\n')).not.toContain('wr0ng-s3cret');
  });

  it('hangs, and the connections are not used up by the checks', async () => {
    const { instrumentation, lines } = create();
    const used = pool(instrumentation);
    await health(instrumentation, 'db');
    await sh(['docker', 'pause', `${NAME}-shop-db`]);
    try {
      for (let i = 0; i < 20; i += 1) expect((await inTime(instrumentation, 'ready')).status).toBe(503);
      expect(await health(instrumentation, 'db')).toMatchObject({ body: { reason: 'timeout' } });
      expect(await series(instrumentation, 'health_check_up{dependency="db"}')).toBe(0);
      expect(used.totalCount).toBeLessThanOrEqual(2);
      expect(
        lines.filter((line) => line.includes('"db fails"')),
        'one line, not one per probe',
      ).toHaveLength(1);
    } finally {
      await sh(['docker', 'unpause', `${NAME}-shop-db`]);
    }
    await eventually('works again', 10, async () => (await health(instrumentation, 'ready')).status === 200);
  });

  it('ends connections, idle and in use, and the process lives on', async () => {
    const { instrumentation } = create();
    const used = pool(instrumentation);
    const [held, idle] = [await used.connect(), await used.connect()];
    idle.release();
    await psql(
      NAME,
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()",
    );
    await eventually(
      'both are counted',
      5,
      async () => ((await series(instrumentation, 'db_connection_errors_total{pool="db",reason="closed"}')) ?? 0) === 2,
    );
    held.release(true);
    expect((await health(instrumentation, 'ready')).status).toBe(200);
  });
});

describeWithEngine('Redis', () => {
  it('works, and its state is shown', async () => {
    const { instrumentation } = create();
    redis(instrumentation);
    await eventually('is ready', 5, async () => (await health(instrumentation, 'redis')).status === 200);
    expect(await series(instrumentation, 'redis_client_state{client="redis",state="ready"}')).toBe(1);
  });

  it('is read-only', async () => {
    const { instrumentation, lines } = create();
    const client = redis(instrumentation);
    await client.call('REPLICAOF', '127.0.0.1', '1');
    try {
      expect(await client.ping(), 'PING alone would say that all is well').toBe('PONG');
      expect(await inTime(instrumentation, 'redis')).toMatchObject({ status: 503, body: { reason: 'read_only' } });
      expect(await series(instrumentation, 'health_check_failures_total{dependency="redis",reason="read_only"}')).toBeGreaterThanOrEqual(1);
      expect(lines.join('\n')).toContain('READONLY');
    } finally {
      await client.call('REPLICAOF', 'NO', 'ONE');
    }
    expect((await health(instrumentation, 'redis')).status).toBe(200);
  });

  it('hangs: health says so in time, counts of queues are absent, and a scrape does not wait', async () => {
    const { instrumentation } = create();
    const client = redis(instrumentation);
    const queue = new Queue('hangs', { connection: client });
    watchQueue(instrumentation, queue);
    await eventually('the queue is read', 5, async () => (await series(instrumentation, 'queue_up{queue="hangs"}')) === 1);
    expect(await series(instrumentation, 'queue_jobs{queue="hangs",state="waiting"}')).toBe(0);
    await sh(['docker', 'pause', `${NAME}-shop-cache`]);
    try {
      expect(await inTime(instrumentation, 'ready')).toMatchObject({ status: 503, body: { checks: { redis: { reason: 'timeout' } } } });
      await eventually('the queue is known to be gone', 8, async () => (await series(instrumentation, 'queue_up{queue="hangs"}')) === 0);
      const began = performance.now();
      expect(await series(instrumentation, 'queue_jobs{queue="hangs",state="waiting"}')).toBeUndefined();
      expect(performance.now() - began).toBeLessThan(1_000);
    } finally {
      await sh(['docker', 'unpause', `${NAME}-shop-cache`]);
    }
    await eventually('works again', 10, async () => (await series(instrumentation, 'queue_up{queue="hangs"}')) === 1);
  });

  it('goes away and comes back', async () => {
    const { instrumentation, lines } = create();
    const client = redis(instrumentation);
    const queue = new Queue('goes', { connection: client });
    const worker = new Worker('goes', async () => 'done', { connection: client });
    open.push(async () => worker.close(true));
    watchQueue(instrumentation, queue);
    watchWorker(instrumentation, worker);
    await eventually('is ready', 5, async () => (await health(instrumentation, 'ready')).status === 200);
    await sh(['docker', 'kill', `${NAME}-shop-cache`]);
    await eventually('is seen', 10, async () => (await inTime(instrumentation, 'ready')).status === 503);
    expect(await series(instrumentation, 'redis_client_state{client="redis",state="ready"}')).toBe(0);
    await sh(['docker', 'start', `${NAME}-shop-cache`]);
    await eventually('works again', 20, async () => (await health(instrumentation, 'ready')).status === 200);
    expect(await series(instrumentation, 'redis_client_reconnects_total{client="redis"}')).toBeGreaterThanOrEqual(1);
    await queue.add('job', {});
    await eventually(
      'the worker works on',
      20,
      async () => (await series(instrumentation, 'queue_jobs_completed_total{queue="goes"}')) === 1,
    );
    expect(lines.join('\n')).toMatch(/redis fails.*redis works again/s);
  });
});

describeWithEngine('BullMQ', () => {
  it('counts jobs that are done, fail, are tried again, and wait', async () => {
    const { instrumentation } = create();
    const client = redis(instrumentation);
    const queue = new Queue('counted', { connection: client });
    const worker = new Worker(
      'counted',
      async ({ name }) => {
        if (name === 'bad') throw new Error('no');
      },
      { connection: client, autorun: false },
    );
    open.push(async () => worker.close(true));
    watchQueue(instrumentation, queue);
    watchWorker(instrumentation, worker);
    expect(await series(instrumentation, 'queue_jobs_completed_total{queue="counted"}')).toBe(0);
    await queue.add('good', {});
    await queue.add('bad', {}, { attempts: 3 });
    await queue.add('later', {}, { delay: 600_000 });
    await eventually('both wait', 5, async () => (await series(instrumentation, 'queue_jobs{queue="counted",state="waiting"}')) === 2);
    const before = Date.now() / 1000;
    void worker.run();
    await eventually(
      'it fails for good',
      20,
      async () => (await series(instrumentation, 'queue_jobs_failed_total{queue="counted"}')) === 1,
    );
    expect(await series(instrumentation, 'queue_jobs_retried_total{queue="counted"}')).toBe(2);
    expect(await series(instrumentation, 'queue_jobs_completed_total{queue="counted"}')).toBe(1);
    expect(await series(instrumentation, 'queue_job_duration_seconds_count{queue="counted",result="failed"}')).toBe(3);
    expect(await series(instrumentation, 'queue_job_wait_seconds_count{queue="counted"}')).toBe(4);
    expect(await series(instrumentation, 'queue_last_completion_timestamp_seconds{queue="counted"}')).toBeGreaterThanOrEqual(before);
    await eventually(
      'the counts follow',
      5,
      async () => (await series(instrumentation, 'queue_jobs{queue="counted",state="failed"}')) === 1,
    );
    expect(await series(instrumentation, 'queue_jobs{queue="counted",state="delayed"}')).toBe(1);
    expect(await series(instrumentation, 'queue_jobs{queue="counted",state="waiting"}')).toBe(0);
  });
});

describeWithEngine('PostgreSQL, in the end', () => {
  it('is gone', async () => {
    const { instrumentation } = create();
    const used = pool(instrumentation);
    await used.query('SELECT 1');
    await sh(['docker', 'kill', `${NAME}-shop-db`]);
    await eventually('is seen', 10, async () => (await inTime(instrumentation, 'ready')).status === 503);
    expect(await series(instrumentation, 'health_check_up{dependency="db"}')).toBe(0);
    expect((await health(instrumentation, 'live')).status).toBe(200);
  });
});
