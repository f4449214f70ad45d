import { setTimeout as sleep } from 'node:timers/promises';
import { Queue, Worker, type Job } from 'bullmq';
import type { Redis } from 'ioredis';
import type { BusinessMetrics } from '../instrumentation/business.ts';
import { chance, type Faults } from './faults.ts';

export interface Queues {
  readonly queues: readonly Queue[];
  readonly workers: readonly Worker[];
  readonly broadcast: (recipients: number) => Promise<string>;
  readonly parse: (text: string) => Promise<string>;
  /** True: workers take no further jobs. */
  readonly stand: (still: boolean) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Finished jobs kept for inspection; every job uses Redis' memory. */
const JOB = { attempts: 2, backoff: 500, removeOnComplete: 100, removeOnFail: 100 };
const CONCURRENCY = 5;
/** So long a request waits for a Redis that was never there; one that went away fails at once. */
const ADD_MS = 2_000;

/** How soon jobs that hang go on when they are let. */
const HANG_MS = 500;

/** BullMQ's own connections: workers wait for a Redis that is gone, whoever adds a job in a request does not. */
interface QueueConnections {
  readonly adding: Redis;
  readonly working: Redis;
}

/** The queues of the example and the workers that empty them. */
export function openQueues({ adding, working }: QueueConnections, business: BusinessMetrics, faults: Faults): Queues {
  const queue = (name: string): Queue => new Queue(name, { connection: adding, defaultJobOptions: JOB });
  const worker = (name: string, work: (job: Job) => Promise<unknown>): Worker =>
    new Worker(
      name,
      async (job) => {
        while (faults['hanging-jobs'] === 1) await sleep(HANG_MS);
        if (chance(faults['failing-jobs'])) throw new Error('misbehaving on request: failing-jobs');
        return work(job);
      },
      { connection: working, concurrency: CONCURRENCY },
    );
  const broadcasts = queue('broadcasts');
  const parsing = queue('parsing');
  const workers = [
    worker('broadcasts', async ({ data }) => {
      const { recipients } = data as { recipients: number };
      // About what a mail provider takes for a batch.
      await new Promise((resolve) => setTimeout(resolve, 20 + recipients));
      business.broadcastRecipients({ result: 'succeeded' }, recipients);
      return recipients;
    }),
    worker('parsing', async ({ data }) => (data as { text: string }).text.split(/\s+/).length),
  ];
  const counted = [business.broadcast, business.parsingJob];
  for (const [index, of] of workers.entries()) {
    of.on('completed', () => counted[index]?.({ result: 'succeeded' }));
    of.on('failed', (job) => {
      if (job?.finishedOn !== undefined) counted[index]?.({ result: 'failed' });
    });
  }
  let still = false;
  return {
    queues: [broadcasts, parsing],
    workers,
    broadcast: async (recipients) => add(broadcasts, 'broadcast', { recipients }),
    parse: async (text) => add(parsing, 'parse', { text }),
    stand: async (wanted) => {
      if (wanted === still) return;
      still = wanted;
      for (const of of workers) await (wanted ? of.pause(true) : of.resume());
    },
    close: async () => {
      await Promise.all(workers.map(async (of) => of.close()));
      await Promise.all([broadcasts.close(), parsing.close()]);
    },
  };
}

async function add(queue: Queue, name: string, data: object): Promise<string> {
  const job = queue.add(name, data);
  const tooLong = sleep(ADD_MS, undefined, { ref: false }).then(() => {
    throw new Error(`Redis took no job for the queue ${queue.name} within ${ADD_MS} ms`);
  });
  return (await Promise.race([job, tooLong])).id ?? '';
}
