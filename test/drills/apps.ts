import { setTimeout as sleep } from 'node:timers/promises';
import { eventually, sh } from '../support/e2e-stack.ts';
import { appDatabase } from './postgres.ts';
import { cache } from './redis.ts';
import type { DrillContext, Drill } from './shared/drill.ts';
import { addJobs, load, LOST_FILE, MISBEHAVE, VISITORS } from './shared/example-programs.ts';
import { answering, targetFile, type Target } from './shared/targets.ts';

/** Makes the example misbehave, and ends that. */
const misbehaves = (fault: string, value: number): Pick<Drill, 'inject' | 'remove' | 'targets'> => ({
  targets: [],
  inject: async (context) => misbehave(context, fault, value),
  remove: async (context) => misbehave(context, fault, 0),
});

export async function misbehave(context: DrillContext, fault: string, value: number): Promise<void> {
  const { stdout } = await sh(['docker', 'port', `${context.prefix}-demo-demo-backend-1`, '3000']);
  const answer = await fetch(`http://127.0.0.1:${Number(/:(\d+)\s*$/m.exec(stdout)?.[1])}/misbehave/${fault}`, {
    method: 'POST',
    body: JSON.stringify({ value }),
    headers: { 'content-type': 'application/json' },
  });
  if (!answer.ok) throw new Error(`the example does not misbehave: ${answer.status} ${await answer.text()}`);
}

/** The example once more, with a PostgreSQL and a Redis of its own to lose. */
const app = (name: string, database: string, redis: string): Target => ({
  name,
  like: 'history',
  args: ['/app/server.mjs'],
  options: ({ stack }) => [
    ...['-v', `${stack.path('.demo/app')}:/app:ro`, '--entrypoint', 'node'],
    ...['-e', `PGHOST=${database}`, '-e', 'PGUSER=app', '-e', 'PGPASSWORD=app', '-e', `REDIS_HOST=${redis}`, '-e', 'MISBEHAVE=true'],
  ],
  watch: targetFile('apps', name, `${name}:3000`, { service: name }),
});

const pool = [appDatabase('pool-db'), cache('pool-cache'), app('app-pool', 'pool-db', 'pool-cache')];
const lost = [appDatabase('lost-db'), cache('lost-cache'), app('app-lost', 'lost-db', 'lost-cache')];
const promised = [appDatabase('promise-db'), cache('promise-cache'), app('app-promise', 'promise-db', 'promise-cache')];
const quiet = [...promised, app('app-quiet', 'promise-db', 'promise-cache')];
/** With a Redis of its own: another's workers would take its jobs. */
const visited: Target = {
  ...app('app-hang', 'promise-db', 'hang-cache'),
  prepare: async ({ spawn }) => spawn('app-hang', 'node', '-e', VISITORS),
};
const hanging = [...promised, cache('hang-cache'), visited];
const stalled = [
  appDatabase('stall-db'),
  cache('stall-cache'),
  app('app-stall', 'stall-db', 'stall-cache'),
  app('app-left', 'stall-db', 'stall-cache'),
];

/** Ends the worker that crashes again and again. */
const crashes = new AbortController();

async function crash(context: DrillContext): Promise<void> {
  while (!crashes.signal.aborted) {
    await addJobs(context, 'app-stall', 60);
    await context.docker('kill', 'app-stall');
    // Its locks end after half a minute, and the other worker looks every half minute; were it back, it would notice itself, and forget.
    await sleep(65_000, undefined, { signal: crashes.signal });
    await context.docker('start', 'app-stall');
  }
}

export const broken = (prefix: string, name: string) => ({ NAME: `${prefix}-${name}` });

/** Faults of applications, in the example that `npm run demo` starts. */
export const drills: readonly Drill[] = [
  {
    alert: 'ServiceDown',
    severity: 'critical',
    fault: 'application stopped',
    of: 'app-down',
    down: true,
    targets: [
      {
        name: 'app-down',
        command: answering,
        watch: targetFile('apps', 'app-down', 'app-down:8080', { service: 'app-down' }),
      },
    ],
    inject: async ({ docker }) => docker('kill', 'app-down'),
    remove: async ({ docker }) => docker('start', 'app-down'),
  },
  {
    alert: 'CriticalErrorRate',
    severity: 'critical',
    fault: 'application answers every third request with 500',
    of: 'demo',
    ...misbehaves('errors', 0.3),
    back: 240,
    everyTest: true,
  },
  {
    alert: 'CriticalErrorRate',
    severity: 'critical',
    fault: 'application with a request every 15 s answers each with 500',
    of: 'app-quiet',
    targets: quiet,
    inject: async ({ exec, spawn }) => {
      await exec('app-quiet', 'node', '-e', MISBEHAVE('errors', 1));
      await spawn('app-quiet', 'node', '-e', 'setInterval(() => fetch("http://127.0.0.1:3000/products/1").catch(() => 0), 15_000)');
    },
    remove: async ({ exec }) => exec('app-quiet', 'node', '-e', MISBEHAVE('errors', 0)),
    // The hold begins with the fourth failure, a minute later and 15 s until it is scraped: the first one makes the series.
    within: 240,
  },
  {
    alert: 'AllRequestsRejected',
    severity: 'critical',
    fault: 'application finds nothing any more of what it is asked for',
    of: 'app-hang',
    targets: hanging,
    inject: async ({ exec, stack }) => {
      const steady = async () => ((await stack.value('service:http_answers_steady:rate5m{service="app-hang"}')) ?? 0) > 0;
      await eventually('the application has answered well for a quarter of an hour', 1500, steady);
      await exec('app-hang', 'touch', LOST_FILE);
      return new Date();
    },
    remove: async ({ exec }) => exec('app-hang', 'rm', LOST_FILE),
    // The last good answer leaves the five minutes, then the hold begins.
    within: 420,
  },
  {
    alert: 'SLOBurnRateFast',
    severity: 'critical',
    fault: 'application with a promise answers every request with 500',
    of: 'app-promise',
    targets: promised,
    // At 95 % some minutes of good answers outweigh the fault; at 99.9 % the half hour of the alert would have to pass first.
    prepare: async ({ stack }) =>
      stack.write('prometheus/slo/app-promise.yml', 'service: app-promise\nslos:\n  - { indicator: availability, objective: 95 }\n'),
    inject: async (context) => {
      await context.exec('app-promise', 'node', '-e', MISBEHAVE('errors', 1));
      await load(context, 'app-promise', 2, '/products/1');
    },
    remove: async ({ exec }) => exec('app-promise', 'node', '-e', MISBEHAVE('errors', 0)),
    // A rate needs two scrapes, 15 s apart, and its group is evaluated every half minute.
    within: 90,
    back: 480,
  },
  {
    alert: 'PaymentCallbackFailures',
    severity: 'critical',
    fault: 'payment callbacks fail',
    of: 'demo',
    ...misbehaves('payment-callback', 1),
    // It waits five minutes for a further failure.
    back: 480,
  },
  { alert: 'QueueWithoutWorkers', severity: 'critical', fault: 'workers take no jobs', of: 'demo', ...misbehaves('stuck-queue', 1) },
  {
    alert: 'QueueStuck',
    severity: 'critical',
    fault: 'jobs do not end',
    of: 'app-hang',
    targets: hanging,
    inject: async (context) => {
      // Attempts that ended, by which the queue is known to have short jobs; twice, because a first sample is no increase.
      for (const jobs of [5, 5]) {
        await addJobs(context, 'app-hang', jobs);
        await sleep(30_000);
      }
      await context.exec('app-hang', 'node', '-e', MISBEHAVE('hanging-jobs', 1));
      await addJobs(context, 'app-hang', 20);
      return new Date();
    },
    remove: async ({ exec }) => exec('app-hang', 'node', '-e', MISBEHAVE('hanging-jobs', 0)),
  },
  {
    alert: 'HighResponseTime',
    severity: 'warning',
    fault: 'application needs 1.5 s',
    of: 'app-left',
    targets: stalled,
    inject: async (context) => {
      await load(context, 'app-left', 2, '/products/1');
      await context.exec('app-left', 'node', '-e', MISBEHAVE('latency', 1500));
    },
    remove: async ({ exec }) => exec('app-left', 'node', '-e', MISBEHAVE('latency', 0)),
    back: 420,
  },
  {
    alert: 'DatabasePoolExhausted',
    severity: 'critical',
    fault: 'every connection of the pool waits for a lock',
    of: 'app-pool',
    targets: pool,
    inject: async (context) => {
      await context.spawn(
        'pool-db',
        'su',
        'postgres',
        '-c',
        'psql -c "BEGIN; LOCK TABLE products IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(600)"',
      );
      await load(context, 'app-pool', 30, '/products/1');
    },
    remove: async ({ docker }) => docker('restart', 'pool-db').then(async () => docker('restart', 'app-pool')),
  },
  {
    alert: 'DatabaseConnectionErrors',
    severity: 'critical',
    fault: 'database of an application stopped',
    of: 'app-lost',
    targets: lost,
    inject: async (context) => {
      await load(context, 'app-lost', 2, '/products/1');
      await context.docker('kill', 'lost-db');
    },
    remove: async ({ docker }) => docker('start', 'lost-db'),
  },
  {
    alert: 'HealthCheckFailing',
    severity: 'critical',
    fault: 'Redis of an application stopped',
    of: 'app-lost',
    targets: lost,
    inject: async ({ docker }) => docker('kill', 'lost-cache'),
    remove: async ({ docker }) => docker('start', 'lost-cache'),
  },
  {
    alert: 'JobsStalled',
    severity: 'critical',
    fault: 'worker killed in the middle of its jobs, again and again',
    of: 'app-left',
    targets: stalled,
    // A worker's lock lasts half a minute and is checked every half minute: only then a job has stalled.
    inject: async (context) => {
      crash(context).catch(() => undefined);
      const stalledOne =
        'const page = await (await fetch("http://127.0.0.1:3000/metrics")).text(); process.exit(/^queue_jobs_stalled_total.* [1-9]/m.test(page) ? 0 : 1)';
      await eventually(
        'jobs stall',
        120,
        async () => (await context.attempt('app-left', 'node', '--input-type=module', '-e', stalledOne)).code === 0,
      );
      return new Date();
    },
    remove: async ({ docker }) => {
      crashes.abort();
      return docker('start', 'app-stall');
    },
    // The alert looks back two minutes, and the last jobs stall one later.
    back: 300,
  },
];
