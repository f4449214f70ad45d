import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { guardCall, type GuardedCall } from './guarded-call.ts';
import type { Instrumentation } from './instrumentation.ts';
import { takeName } from './names.ts';
import { reasonOf } from './reason.ts';
import { oncePerRegistry } from './per-registry.ts';

type Counts = Readonly<Record<string, number>>;

/** What is needed of a BullMQ queue, so that no version of its types is. */
interface QueueLike {
  readonly name: string;
  getJobCounts(): Promise<Counts>;
  isPaused(): Promise<boolean>;
  on(event: any, listener: (...args: any[]) => void): unknown;
}

/** What is needed of a BullMQ worker. */
interface WorkerLike {
  readonly name: string;
  on(event: any, listener: (...args: any[]) => void): unknown;
}

interface JobLike {
  readonly timestamp?: number;
  readonly delay?: number;
  readonly processedOn?: number;
  readonly finishedOn?: number;
}

/** From a job that only writes a row to one that parses a large file. */
const SECONDS = [0.01, 0.05, 0.25, 1, 5, 30, 120, 600];
/** A scrape may take 100 ms in all. */
const SCRAPE_WAIT_MS = 50;
const TIMEOUT_MS = 2_000;
/** Two Prometheus servers that scrape at the same time ask once. */
const CACHE_MS = 1_000;

/**
 * Watches what a queue holds, by state. Jobs that wait in a queue that is paused count as `paused`. While Redis does not answer, the counts are absent (an old count looks like a queue that stands
 * still) and `queue_up` is 0.
 */
export function watchQueue({ registry, faults }: Instrumentation, queue: QueueLike): void {
  const { watched, queues } = metricsOf(registry);
  if (!takeName(watched, 'queue', queue.name, queue)) return;
  // Without a listener an error event ends the process.
  queue.on('error', (failure: unknown) => faults.broken(`queue ${queue.name}`, reasonOf(failure), failure));
  const guard = guardCall({
    call: async () => countsOf(queue),
    timeoutMs: TIMEOUT_MS,
    cacheMs: CACHE_MS,
    settled: ({ ok, reason = 'error', failure }) => {
      if (ok) faults.works(`queue ${queue.name}`);
      else faults.broken(`queue ${queue.name}`, reason, failure);
    },
  });
  queues.set(queue.name, guard);
}

/** Older versions of BullMQ keep the jobs of a paused queue apart themselves, but not those with a priority. */
async function countsOf(queue: QueueLike): Promise<Counts> {
  const [counts, isPaused] = await Promise.all([queue.getJobCounts(), queue.isPaused()]);
  const { waiting = 0, prioritized = 0, paused = 0 } = counts;
  return isPaused ? { ...counts, waiting: 0, prioritized: 0, paused: paused + waiting + prioritized } : { ...counts, paused };
}

/** Counts what a worker finishes, and how long jobs waited and took. The series exist from the start, so that a standstill is seen as well. */
export function watchWorker({ registry, faults }: Instrumentation, worker: WorkerLike): void {
  const { completed, failed, retried, stalled, errors, duration, waited, lastCompletion } = metricsOf(registry);
  const label = { queue: worker.name };
  for (const counter of [completed, failed, retried, stalled, errors]) counter.inc(label, 0);
  const observe = ({ timestamp, delay = 0, processedOn, finishedOn }: JobLike, result: string): void => {
    if (processedOn === undefined) return;
    duration.observe({ ...label, result }, Math.max(0, (finishedOn ?? Date.now()) - processedOn) / 1000);
    if (timestamp !== undefined) waited.observe(label, Math.max(0, processedOn - timestamp - delay) / 1000);
  };
  worker.on('completed', (job: JobLike) => {
    completed.inc(label);
    lastCompletion.set(label, Date.now() / 1000);
    observe(job, 'completed');
  });
  worker.on('failed', (job: JobLike | undefined) => {
    // A job that will be tried again has not finished.
    const final = job === undefined || job.finishedOn !== undefined;
    (final ? failed : retried).inc(label);
    if (job !== undefined) observe(job, 'failed');
  });
  worker.on('stalled', () => stalled.inc(label));
  worker.on('error', (failure: unknown) => {
    errors.inc(label);
    faults.broken(`worker ${worker.name}`, reasonOf(failure), failure);
  });
  // A worker whose connection held, as with a Redis that took no writes, never gets ready again: it takes jobs again.
  for (const event of ['ready', 'active', 'completed']) worker.on(event, () => faults.works(`worker ${worker.name}`));
}

const metricsOf = oncePerRegistry(createMetrics);

function createMetrics(registry: Registry) {
  const registers = [registry];
  const labelNames = ['queue'];
  const watched = new Map<string, QueueLike>();
  const queues = new Map<string, GuardedCall<Counts>>();
  const ask = async () => Promise.all([...queues].map(async ([queue, guard]) => [queue, await guard.within(SCRAPE_WAIT_MS)] as const));
  new Gauge({
    name: 'queue_up',
    help: '1 where the queue could be asked.',
    labelNames,
    registers,
    async collect() {
      for (const [queue, outcome] of await ask()) this.set({ queue }, outcome?.ok === true ? 1 : 0);
    },
  });
  new Gauge({
    name: 'queue_jobs',
    help: 'Jobs in the queue, by state.',
    labelNames: ['queue', 'state'],
    registers,
    async collect() {
      const asked = await ask();
      this.reset();
      for (const [queue, outcome] of asked)
        for (const [state, count] of Object.entries(outcome?.value ?? {})) this.set({ queue, state }, count);
    },
  });
  const counter = (name: string, help: string): Counter => new Counter({ name, help, labelNames, registers });
  return {
    watched,
    queues,
    completed: counter('queue_jobs_completed_total', 'Jobs that were done.'),
    failed: counter('queue_jobs_failed_total', 'Jobs that failed for good.'),
    retried: counter('queue_jobs_retried_total', 'Failed attempts of jobs that are tried again.'),
    stalled: counter('queue_jobs_stalled_total', 'Jobs whose worker went away or did not report.'),
    errors: counter('queue_worker_errors_total', 'Errors of the worker itself, not of its jobs.'),
    duration: new Histogram({
      name: 'queue_job_duration_seconds',
      help: 'How long an attempt took.',
      labelNames: ['queue', 'result'],
      buckets: SECONDS,
      registers,
    }),
    waited: new Histogram({
      name: 'queue_job_wait_seconds',
      help: 'How long a job waited beyond its own delay.',
      labelNames,
      buckets: SECONDS,
      registers,
    }),
    lastCompletion: new Gauge({
      name: 'queue_last_completion_timestamp_seconds',
      help: 'When this process completed a job last; absent until it has.',
      labelNames,
      registers,
    }),
  };
}
