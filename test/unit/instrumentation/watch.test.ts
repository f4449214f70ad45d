import { EventEmitter } from 'node:events';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { watchQueue, watchWorker } from '../../../exporters/apps/instrumentation/bullmq.ts';
import { createInstrumentation } from '../../../exporters/apps/instrumentation/instrumentation.ts';
import { watchRedis } from '../../../exporters/apps/instrumentation/ioredis.ts';
import { watchPool } from '../../../exporters/apps/instrumentation/pg.ts';

function create() {
  const lines: string[] = [];
  const at = (_fields: object, message: string) => void lines.push(message);
  const log = { info: at, warn: at, error: at };
  return { lines, instrumentation: createInstrumentation({ registry: new Registry(), log }) };
}
const later = async (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A pool and a client whose answers take so long. */
const pool = (tookMs = 0) =>
  Object.assign(new EventEmitter(), {
    totalCount: 1,
    idleCount: 1,
    waitingCount: 0,
    connect: async () => undefined,
    query: async () => later(tookMs),
  });
const redis = (tookMs = 0) => Object.assign(new EventEmitter(), { status: 'ready', call: async () => later(tookMs) });
const queue = (name: string, isPaused = false) =>
  Object.assign(new EventEmitter(), {
    name,
    getJobCounts: async () => ({ waiting: 2, prioritized: 1, active: 4 }),
    isPaused: async () => isPaused,
  });

describe('a name', () => {
  it('belongs to one pool, client, queue and check', () => {
    const { instrumentation } = create();
    watchPool(instrumentation, pool());
    expect(() => watchPool(instrumentation, pool())).toThrow('there is a pool named "db" already; give each a name of its own');
    expect(() => instrumentation.health.add('db', { check: async () => 1 })).toThrow('there is a health check named "db" already');
    watchRedis(instrumentation, redis());
    expect(() => watchRedis(instrumentation, redis())).toThrow('there is a Redis client named "redis" already');
    watchQueue(instrumentation, queue('mail'));
    expect(() => watchQueue(instrumentation, queue('mail'))).toThrow('there is a queue named "mail" already');
  });

  it('of its own keeps a second one apart', async () => {
    const { instrumentation } = create();
    watchPool(instrumentation, pool());
    watchPool(instrumentation, pool(), { name: 'reports' });
    const { body } = await instrumentation.scrape();
    for (const name of ['db', 'reports']) expect(body).toContain(`db_pool_connections_idle{pool="${name}"} 1`);
    expect(Object.keys((await instrumentation.health.answer('')).body['checks'] as object)).toEqual(['db', 'reports']);
  });

  it('may be given the same thing again, which is not counted twice', () => {
    const { instrumentation } = create();
    const [db, mail, check] = [pool(), queue('mail'), async () => 1];
    for (let time = 0; time < 2; time += 1) {
      watchPool(instrumentation, db);
      watchQueue(instrumentation, mail);
      instrumentation.health.add('own', { check });
    }
    expect([db.listenerCount('connect'), mail.listenerCount('error')]).toEqual([1, 1]);
  });
});

describe('a queue', () => {
  it.each([
    [false, { waiting: 2, prioritized: 1, active: 4, paused: 0 }],
    [true, { waiting: 0, prioritized: 0, active: 4, paused: 3 }],
  ])('that is paused (%s) has jobs that no worker may take', async (isPaused, states) => {
    const { instrumentation } = create();
    watchQueue(instrumentation, queue('mail', isPaused));
    const { body } = await instrumentation.scrape();
    const counts = [...body.matchAll(/^queue_jobs\{queue="mail",state="(\w+)"\} (\d+)$/gm)].map(([, state, count]) => [
      state,
      Number(count),
    ]);
    expect(Object.fromEntries(counts)).toEqual(states);
  });
});

describe('a health check', () => {
  const status = async (tookMs: number, timeoutMs?: number) => {
    const { instrumentation } = create();
    const options = timeoutMs === undefined ? {} : { timeoutMs };
    const asked: unknown[] = [];
    const used = pool(tookMs);
    watchPool(instrumentation, Object.assign(used, { query: async (query: unknown) => (asked.push(query), later(tookMs)) }), options);
    watchRedis(instrumentation, redis(tookMs), options);
    instrumentation.health.add('own', { check: async () => later(tookMs), ...options });
    const { body } = await instrumentation.health.answer('');
    const checks = body['checks'] as Record<string, { status: string }>;
    return { asked, ...Object.fromEntries(Object.entries(checks).map(([name, of]) => [name, of.status])) };
  };

  it('may take 800 ms, or its own limit', async () => {
    const [byDefault, patient, hasty] = await Promise.all([status(1_000), status(1_000, 2_000), status(300, 100)]);
    expect(byDefault).toMatchObject({ db: 'down', redis: 'down', own: 'down', asked: [{ query_timeout: 700 }] });
    expect(patient).toMatchObject({ db: 'up', redis: 'up', own: 'up', asked: [{ query_timeout: 2_000 }] });
    expect(hasty).toMatchObject({ db: 'down', redis: 'down', own: 'down', asked: [{ query_timeout: 100 }] });
  });
});

describe('a worker', () => {
  it('works again when it takes a job, also where its connection was never lost', () => {
    for (const event of ['ready', 'active', 'completed']) {
      const { instrumentation, lines } = create();
      const worker = Object.assign(new EventEmitter(), { name: 'parsing' });
      watchWorker(instrumentation, worker);
      worker.emit('error', new Error('READONLY You can not write against a read only replica.'));
      worker.emit(event, {});
      expect(lines, event).toEqual(['worker parsing fails', 'worker parsing works again']);
    }
  });
});
