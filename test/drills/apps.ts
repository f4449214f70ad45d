import { eventually } from '../support/e2e-stack.ts';
import { publishedPort } from './published.ts';
import type { Arena, Drill } from './drill.ts';
import { appDatabase, redis, type Victim } from './victims.ts';

/** Tells the example to misbehave, or to be well again. */
const misbehaves = (fault: string, value: number): Pick<Drill, 'inject' | 'remove' | 'victims'> => ({
  victims: [],
  inject: async (arena) => tell(arena, fault, value),
  remove: async (arena) => tell(arena, fault, 0),
});

async function tell(arena: Arena, fault: string, value: number): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${await publishedPort(arena, 'demo-demo-backend-1', 3000)}/misbehave/${fault}`, {
    method: 'POST',
    body: JSON.stringify({ value }),
    headers: { 'content-type': 'application/json' },
  });
  if (!answer.ok) throw new Error(`the example does not misbehave: ${answer.status} ${await answer.text()}`);
}

/** The example once more, with a PostgreSQL and a Redis of its own to lose. */
const app = (name: string, database: string, cache: string): Victim => ({
  name,
  like: 'history',
  args: ['/app/server.mjs'],
  options: ({ stack }) => [
    ...['-v', `${stack.path('.demo/app')}:/app:ro`, '--entrypoint', 'node'],
    ...['-e', `PGHOST=${database}`, '-e', 'PGUSER=app', '-e', 'PGPASSWORD=app', '-e', `REDIS_HOST=${cache}`, '-e', 'MISBEHAVE=true'],
  ],
  watch: { as: 'apps', port: 3000 },
});
/** One that belongs to an application; the stack is not told of it. */
const unwatched = ({ name, command = '' }: Victim): Victim => ({ name, command });

/** Requests without an end, so many at a time, from inside the application's container. */
const load = async ({ spawn }: Arena, name: string, atOnce: number, path: string) =>
  spawn(
    name,
    'node',
    '-e',
    `for (let i = 0; i < ${atOnce}; i += 1) (async () => { for (;;) { await fetch("http://127.0.0.1:3000${path}").catch(() => 0); await new Promise((r) => setTimeout(r, 200)); } })()`,
  );

const pool = [appDatabase('pool-db'), unwatched(redis('pool-cache')), app('app-pool', 'pool-db', 'pool-cache')];
const lost = [appDatabase('lost-db'), unwatched(redis('lost-cache')), app('app-lost', 'lost-db', 'lost-cache')];
const promised = [appDatabase('promise-db'), unwatched(redis('promise-cache')), app('app-promise', 'promise-db', 'promise-cache')];
const stalled = [
  appDatabase('stall-db'),
  unwatched(redis('stall-cache')),
  app('app-stall', 'stall-db', 'stall-cache'),
  app('app-left', 'stall-db', 'stall-cache'),
];

/** Tells a victim from inside its container. */
const TOLD = (fault: string, value: number): string =>
  `fetch("http://127.0.0.1:3000/misbehave/${fault}", { method: "POST", headers: { "content-type": "application/json" }, body: '{"value":${value}}' })`;

/** Faults of applications, in the example that `npm run demo` starts. */
export const appDrills: readonly Drill[] = [
  {
    alert: 'ServiceDown',
    severity: 'critical',
    fault: 'application stopped',
    of: 'app-down',
    down: true,
    victims: [
      {
        name: 'app-down',
        command: `exec node -e 'require("http").createServer((q, r) => { r.setHeader("content-type", "text/plain; version=0.0.4"); r.end("up_since 1\\n"); }).listen(8080)'`,
        watch: { as: 'apps', port: 8080 },
      },
    ],
    inject: async ({ docker }) => docker('stop', 'app-down'),
    remove: async ({ docker }) => docker('start', 'app-down'),
  },
  {
    alert: 'CriticalErrorRate',
    severity: 'critical',
    fault: 'application answers every third request with 500',
    of: 'demo',
    ...misbehaves('errors', 0.3),
    back: 240,
  },
  {
    alert: 'SLOBurnRateFast',
    severity: 'critical',
    fault: 'application with a promise answers every request with 500',
    of: 'app-promise',
    victims: promised,
    // At 95 % some minutes of good answers outweigh the fault; at 99.9 % the half hour of the alert would have to pass first.
    prepare: async ({ stack }) =>
      stack.write('prometheus/slo/app-promise.yml', 'service: app-promise\nslos:\n  - { indicator: availability, objective: 95 }\n'),
    inject: async (arena) => {
      await arena.exec('app-promise', 'node', '-e', TOLD('errors', 1));
      await load(arena, 'app-promise', 2, '/products/1');
    },
    remove: async ({ exec }) => exec('app-promise', 'node', '-e', TOLD('errors', 0)),
    // A rate needs two scrapes, 15 s apart, and its group is evaluated every half minute.
    within: 90,
    back: 480,
    slow: true,
  },
  {
    alert: 'PaymentCallbackFailures',
    severity: 'critical',
    fault: 'payment callbacks fail',
    of: 'demo',
    ...misbehaves('payment-callback', 1),
    back: 420,
  },
  { alert: 'QueueWithoutWorkers', severity: 'critical', fault: 'workers take no jobs', of: 'demo', ...misbehaves('stuck-queue', 1) },
  {
    alert: 'QueueStuck',
    severity: 'critical',
    fault: 'queue stands still',
    of: 'demo',
    victims: [],
    inject: async (arena) => tell(arena, 'stuck-queue', 1),
    remove: async (arena) => tell(arena, 'stuck-queue', 0),
  },
  {
    alert: 'HighResponseTime',
    severity: 'warning',
    fault: 'application needs 1.5 s',
    of: 'app-left',
    victims: stalled,
    inject: async (arena) => {
      await load(arena, 'app-left', 2, '/products/1');
      await arena.exec('app-left', 'node', '-e', TOLD('latency', 1500));
    },
    remove: async ({ exec }) => exec('app-left', 'node', '-e', TOLD('latency', 0)),
    back: 420,
  },
  {
    alert: 'DatabasePoolExhausted',
    severity: 'critical',
    fault: 'every connection of the pool waits for a lock',
    of: 'app-pool',
    victims: pool,
    inject: async (arena) => {
      await arena.spawn(
        'pool-db',
        'su',
        'postgres',
        '-c',
        'psql -c "BEGIN; LOCK TABLE products IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(600)"',
      );
      await load(arena, 'app-pool', 30, '/products/1');
    },
    remove: async ({ docker }) => docker('restart', 'pool-db').then(async () => docker('restart', 'app-pool')),
    slow: true,
  },
  {
    alert: 'DatabaseConnectionErrors',
    severity: 'critical',
    fault: 'database of an application stopped',
    of: 'app-lost',
    victims: lost,
    inject: async (arena) => {
      await load(arena, 'app-lost', 2, '/products/1');
      await arena.docker('kill', 'lost-db');
    },
    remove: async ({ docker }) => docker('start', 'lost-db'),
    slow: true,
  },
  {
    alert: 'HealthCheckFailing',
    severity: 'critical',
    fault: 'Redis of an application stopped',
    of: 'app-lost',
    victims: lost,
    inject: async ({ docker }) => docker('stop', 'lost-cache'),
    remove: async ({ docker }) => docker('start', 'lost-cache'),
    slow: true,
  },
  {
    alert: 'JobsStalled',
    severity: 'critical',
    fault: 'worker killed in the middle of its jobs, and BullMQ gave them up',
    of: 'app-left',
    victims: stalled,
    // A worker's lock lasts half a minute and is looked after every half minute: only then a job has stalled.
    inject: async (arena) => {
      const add =
        'for (let i = 0; i < 60; i += 1) await fetch("http://127.0.0.1:3000/broadcasts", { method: "POST", body: JSON.stringify({ recipients: 1000 }), headers: { "content-type": "application/json" } })';
      await arena.exec('app-stall', 'node', '--input-type=module', '-e', add);
      await arena.docker('kill', 'app-stall');
      const seen =
        'const page = await (await fetch("http://127.0.0.1:3000/metrics")).text(); process.exit(/^queue_jobs_stalled_total.* [1-9]/m.test(page) ? 0 : 1)';
      await eventually(
        'jobs stall',
        120,
        async () => (await arena.attempt('app-left', 'node', '--input-type=module', '-e', seen)).code === 0,
      );
      return new Date();
    },
    remove: async ({ docker }) => docker('start', 'app-stall'),
    // The alert speaks of ten minutes.
    back: 720,
    slow: true,
  },
];
