import { Queue, Worker } from 'bullmq';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { watchQueue, watchWorker } from '../../exporters/apps/instrumentation/bullmq.ts';
import type { Instrumentation } from '../../exporters/apps/instrumentation/instrumentation.ts';
import { psql, startShop } from '../support/databases.ts';
import { eventually, removeEverything, sh } from '../support/e2e-stack.ts';
import { describeWithEngine } from '../support/engine.ts';
import { series, WatchedApp } from '../support/watched-app.ts';

const NAME = 'pharos-test-apps';
const CLOSED = 'db_connection_errors_total{pool="db",reason="closed"}';
const app = new WatchedApp();

beforeAll(async () => {
  await removeEverything(NAME);
  await startShop(NAME);
  await app.connect(NAME);
});
afterAll(async () => removeEverything(NAME));

const health = async ({ health: of }: Instrumentation, what: string) => of.answer(what);
const inTime = async (instrumentation: Instrumentation, what: string) => app.inTime(async () => health(instrumentation, what));

describeWithEngine('PostgreSQL', () => {
  it('works: health, pool and wait for a connection', async () => {
    const { instrumentation } = app.create(60_000);
    const used = app.pool(instrumentation);
    expect(await health(instrumentation, 'db')).toMatchObject({ status: 200, body: { status: 'up' } });
    const client = await used.connect();
    expect(await series(instrumentation, 'db_pool_connections_used{pool="db"}')).toBe(1);
    expect(await series(instrumentation, 'db_pool_connections_max{pool="db"}')).toBe(3);
    client.release();
    expect(await series(instrumentation, 'db_pool_acquire_duration_seconds_count{pool="db"}')).toBeGreaterThanOrEqual(2);
  });

  it('has its pool used up', async () => {
    const { instrumentation, lines } = app.create();
    const used = app.pool(instrumentation, 'superuser', 1);
    const client = await used.connect();
    const waiting = used.query('SELECT 1').catch((failure: unknown) => failure);
    expect(await series(instrumentation, 'db_pool_waiting{pool="db"}')).toBeGreaterThanOrEqual(1);
    expect(await inTime(instrumentation, 'ready')).toMatchObject({ status: 503, body: { checks: { db: { reason: 'timeout' } } } });
    expect(await waiting).toBeInstanceOf(Error);
    client.release();
    await eventually('works again', 120, async () => (await health(instrumentation, 'ready')).status === 200);
    expect(lines.at(-1)).toContain('works again');
  });

  it('refuses the password', async () => {
    const { instrumentation, lines } = app.create();
    app.pool(instrumentation, 'wr0ng-s3cret');
    expect(await health(instrumentation, 'db')).toMatchObject({ status: 503, body: { reason: 'authentication' } });
    expect(await series(instrumentation, 'health_check_up{dependency="db"}')).toBe(0);
    expect(await series(instrumentation, 'db_connection_errors_total{pool="db",reason="authentication"}')).toBeGreaterThanOrEqual(1);
    expect(lines.join('\n')).toContain('password authentication failed for user');
    expect(lines.join('\n')).not.toContain('wr0ng-s3cret');
  });

  it('hangs, and the connections are not used up by the checks', async () => {
    const { instrumentation, lines } = app.create();
    const used = app.pool(instrumentation);
    await health(instrumentation, 'db');
    await sh(['docker', 'pause', `${NAME}-shop-db`]);
    try {
      for (let i = 0; i < 5; i += 1) expect((await inTime(instrumentation, 'ready')).status).toBe(503);
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
    await eventually('works again', 120, async () => (await health(instrumentation, 'ready')).status === 200);
  });

  it('ends connections, idle and in use, and the process lives on', async () => {
    const { instrumentation, lines } = app.create();
    const used = app.pool(instrumentation);
    const [held, idle] = [await used.connect(), await used.connect()];
    idle.release();
    const ended = await psql(
      NAME,
      "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()",
    );
    expect(ended.code, ended.stderr).toBe(0);
    const counted = async () => series(instrumentation, CLOSED);
    await eventually('both are counted', 120, async () => ((await counted()) ?? 0) >= 2).catch(async (failure: unknown) => {
      throw new Error(`${String(failure)}\n${lines.join('\n')}\n${(await instrumentation.scrape()).body}`);
    });
    expect(await counted()).toBe(2);
    held.release(true);
    expect((await health(instrumentation, 'ready')).status).toBe(200);
  });

  it('ends a connection in the middle of a query, which is counted too', async () => {
    const { instrumentation } = app.create();
    const used = app.pool(instrumentation);
    const failed = used.query('SELECT pg_sleep(600)').catch((failure: unknown) => failure);
    const END = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(600)'";
    await eventually('the query runs, and its end', 120, async () => (await psql(NAME, END)).stdout === '1\n');
    expect(await failed).toMatchObject({ code: '57P01' });
    await eventually('it is counted', 120, async () => (await series(instrumentation, CLOSED)) === 1);
  });
});

describeWithEngine('Redis', () => {
  it('works, and its state is shown', async () => {
    const { instrumentation } = app.create();
    app.redis(instrumentation);
    await eventually('is ready', 120, async () => (await health(instrumentation, 'redis')).status === 200);
    expect(await series(instrumentation, 'redis_client_state{client="redis",state="ready"}')).toBe(1);
  });

  it('is read-only', async () => {
    const { instrumentation, lines } = app.create();
    const client = app.redis(instrumentation);
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
    const { instrumentation } = app.create();
    const client = app.redis(instrumentation);
    const queue = new Queue('hangs', { connection: client });
    watchQueue(instrumentation, queue);
    await eventually('the queue is read', 120, async () => (await series(instrumentation, 'queue_up{queue="hangs"}')) === 1);
    expect(await series(instrumentation, 'queue_jobs{queue="hangs",state="waiting"}')).toBe(0);
    await sh(['docker', 'pause', `${NAME}-shop-cache`]);
    try {
      expect(await inTime(instrumentation, 'ready')).toMatchObject({ status: 503, body: { checks: { redis: { reason: 'timeout' } } } });
      await eventually('the queue is known to be gone', 120, async () => (await series(instrumentation, 'queue_up{queue="hangs"}')) === 0);
      const waiting = async () => series(instrumentation, 'queue_jobs{queue="hangs",state="waiting"}');
      expect(await app.inTime(waiting)).toBeUndefined();
    } finally {
      await sh(['docker', 'unpause', `${NAME}-shop-cache`]);
    }
    await eventually('works again', 120, async () => (await series(instrumentation, 'queue_up{queue="hangs"}')) === 1);
  });

  it('goes away and comes back', async () => {
    const { instrumentation, lines } = app.create();
    const client = app.redis(instrumentation);
    const queue = new Queue('goes', { connection: client });
    const worker = new Worker('goes', async () => 'done', { connection: client });
    app.closeLater(async () => worker.close(true));
    watchQueue(instrumentation, queue);
    watchWorker(instrumentation, worker);
    await eventually('is ready', 120, async () => (await health(instrumentation, 'ready')).status === 200);
    await sh(['docker', 'kill', `${NAME}-shop-cache`]);
    await eventually('is seen', 120, async () => (await inTime(instrumentation, 'ready')).status === 503);
    expect(await series(instrumentation, 'redis_client_state{client="redis",state="ready"}')).toBe(0);
    await sh(['docker', 'start', `${NAME}-shop-cache`]);
    await eventually('works again', 120, async () => (await health(instrumentation, 'ready')).status === 200);
    expect(await series(instrumentation, 'redis_client_reconnects_total{client="redis"}')).toBeGreaterThanOrEqual(1);
    await queue.add('job', {});
    await eventually(
      'the worker works on',
      120,
      async () => (await series(instrumentation, 'queue_jobs_completed_total{queue="goes"}')) === 1,
    );
    expect(lines.join('\n')).toMatch(/redis fails.*redis works again/s);
  });
});

describeWithEngine('BullMQ', () => {
  it('counts jobs that are done, fail, are tried again, and wait', async () => {
    const { instrumentation } = app.create();
    const client = app.redis(instrumentation);
    const queue = new Queue('counted', { connection: client });
    const worker = new Worker(
      'counted',
      async ({ name }) => {
        if (name === 'bad') throw new Error('no');
      },
      { connection: client, autorun: false },
    );
    app.closeLater(async () => worker.close(true));
    watchQueue(instrumentation, queue);
    watchWorker(instrumentation, worker);
    expect(await series(instrumentation, 'queue_jobs_completed_total{queue="counted"}')).toBe(0);
    await queue.add('good', {});
    await queue.add('bad', {}, { attempts: 3 });
    await queue.add('later', {}, { delay: 600_000 });
    await eventually('both wait', 120, async () => (await series(instrumentation, 'queue_jobs{queue="counted",state="waiting"}')) === 2);
    await queue.pause();
    await eventually(
      'both are paused',
      120,
      async () => (await series(instrumentation, 'queue_jobs{queue="counted",state="paused"}')) === 2,
    );
    expect(await series(instrumentation, 'queue_jobs{queue="counted",state="waiting"}')).toBe(0);
    await queue.resume();
    const before = Date.now() / 1000;
    void worker.run();
    await eventually(
      'it fails for good',
      120,
      async () => (await series(instrumentation, 'queue_jobs_failed_total{queue="counted"}')) === 1,
    );
    expect(await series(instrumentation, 'queue_jobs_retried_total{queue="counted"}')).toBe(2);
    expect(await series(instrumentation, 'queue_jobs_completed_total{queue="counted"}')).toBe(1);
    expect(await series(instrumentation, 'queue_job_duration_seconds_count{queue="counted",result="failed"}')).toBe(3);
    expect(await series(instrumentation, 'queue_job_wait_seconds_count{queue="counted"}')).toBe(4);
    expect(await series(instrumentation, 'queue_last_completion_timestamp_seconds{queue="counted"}')).toBeGreaterThanOrEqual(before);
    await eventually(
      'the counts follow',
      120,
      async () => (await series(instrumentation, 'queue_jobs{queue="counted",state="failed"}')) === 1,
    );
    expect(await series(instrumentation, 'queue_jobs{queue="counted",state="delayed"}')).toBe(1);
    expect(await series(instrumentation, 'queue_jobs{queue="counted",state="waiting"}')).toBe(0);
  });
});

describeWithEngine('PostgreSQL, in the end', () => {
  it('is gone', async () => {
    const { instrumentation } = app.create();
    const used = app.pool(instrumentation);
    await used.query('SELECT 1');
    await sh(['docker', 'kill', `${NAME}-shop-db`]);
    await eventually('is seen', 120, async () => (await inTime(instrumentation, 'ready')).status === 503);
    expect(await series(instrumentation, 'health_check_up{dependency="db"}')).toBe(0);
    expect((await health(instrumentation, 'live')).status).toBe(200);
  });
});
