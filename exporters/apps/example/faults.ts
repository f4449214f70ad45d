import type { FastifyInstance } from 'fastify';
import type { Queues } from './queues.ts';

/** Deliberate faults. */
export interface Faults {
  /** Share of requests that are answered with 500, from 0 to 1. */
  errors: number;
  /** Milliseconds that every answer waits. */
  latency: number;
  /** Megabytes that are held and not used. */
  memory: number;
  /** Milliseconds out of every second in which the event loop is blocked. */
  block: number;
  /** 1: workers take no jobs. */
  'stuck-queue': number;
  /** 1: jobs do not end. */
  'hanging-jobs': number;
  /** Share of jobs that fail, from 0 to 1. */
  'failing-jobs': number;
  /** Share of payment callbacks that fail, from 0 to 1. */
  'payment-callback': number;
}

export const noFaults = (): Faults => ({
  errors: 0,
  latency: 0,
  memory: 0,
  block: 0,
  'stuck-queue': 0,
  'hanging-jobs': 0,
  'failing-jobs': 0,
  'payment-callback': 0,
});

/** Chance with the given share. */
export const chance = (share: number): boolean => share > 0 && Math.random() < share;

/** The maximum of each fault: enough for every alert, too little to harm the machine. */
const LIMITS: Readonly<Faults> = {
  errors: 1,
  latency: 30_000,
  memory: 512,
  block: 900,
  'stuck-queue': 1,
  'hanging-jobs': 1,
  'failing-jobs': 1,
  'payment-callback': 1,
};

/**
 * Adds `POST /misbehave/<fault>` with `{"value": n}`, `GET /misbehave` and `DELETE /misbehave`, and lets the other routes suffer.
 */
export function addFaults(app: FastifyInstance, faults: Faults, queues: Queues): void {
  let held: Buffer[] = [];
  const blocking = setInterval(() => {
    const until = Date.now() + faults.block;
    while (Date.now() < until);
  }, 1_000);
  app.addHook('onClose', async () => clearInterval(blocking));
  app.addHook('preHandler', async (request) => {
    const { url = '', config } = request.routeOptions;
    if (url.startsWith('/misbehave') || (config as { pharos?: string }).pharos !== undefined) return;
    if (faults.latency > 0) await new Promise((resolve) => setTimeout(resolve, faults.latency));
    if (chance(faults.errors)) throw new Error('misbehaving on request: errors');
  });

  async function apply(): Promise<Faults> {
    if (held.length !== faults.memory) held = Array.from({ length: faults.memory }, () => Buffer.alloc(1024 * 1024, 1));
    await queues.stand(faults['stuck-queue'] === 1);
    app.log.warn({ faults }, 'misbehaviour changed');
    return faults;
  }

  app.get('/misbehave', async () => faults);
  app.delete('/misbehave', async () => {
    Object.assign(faults, noFaults());
    return apply();
  });
  app.post('/misbehave/:fault', async (request, reply) => {
    const { fault } = request.params as { fault: string };
    const value = Number((request.body as { value?: unknown } | null)?.value);
    const limit = Object.hasOwn(LIMITS, fault) ? LIMITS[fault as keyof Faults] : undefined;
    if (limit === undefined) return reply.code(404).send({ error: `there is no such fault; there are ${Object.keys(LIMITS).join(', ')}` });
    if (!(value >= 0 && value <= limit)) return reply.code(400).send({ error: `value must be a number from 0 to ${limit}` });
    faults[fault as keyof Faults] = value;
    return apply();
  });
}
