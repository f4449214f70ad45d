import Fastify, { type FastifyBaseLogger } from 'fastify';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { watchQueue, watchWorker } from '../instrumentation/bullmq.ts';
import { businessMetrics, type BusinessMetrics } from '../instrumentation/business.ts';
import { instrumentFastify } from '../instrumentation/fastify.ts';
import { createInstrumentation, type Instrumentation } from '../instrumentation/instrumentation.ts';
import { watchRedis } from '../instrumentation/ioredis.ts';
import { watchPool } from '../instrumentation/pg.ts';
import { openDatabase } from './database.ts';
import { readEnvironment } from './environment.ts';
import { addFaults, noFaults } from './faults.ts';
import { openQueues } from './queues.ts';
import { addRoutes } from './routes.ts';

/** Kubernetes and Compose kill after 10 to 30 s; what has not ended by then is lost anyway. */
const STOP_MS = 8_000;

const environment = readEnvironment(process.env);
const log = pino({
  level: environment.logLevel,
  base: { service: 'example' },
  timestamp: pino.stdTimeFunctions.isoTime,
  // Level names instead of pino's numbers, for Loki and readers.
  formatters: { level: (level) => ({ level }) },
});
const instrumentation = environment.instrumented ? createInstrumentation({ log, version: '1.0.0' }) : undefined;
const business = instrumentation === undefined ? nothing() : businessMetrics(instrumentation, { paymentProviders: ['stripe', 'paypal'] });

const faults = noFaults();
const database = openDatabase(environment, log);
// BullMQ asks for this: a worker's commands wait for Redis to come back instead of failing.
const redis = new Redis({ host: environment.redisHost, maxRetriesPerRequest: null });
// A request that adds a job fails at once without Redis.
const adding = new Redis({ host: environment.redisHost, maxRetriesPerRequest: 1, enableOfflineQueue: false });
const queues = openQueues({ adding, working: redis }, business, faults);
const loggerInstance: FastifyBaseLogger = log;
const app = Fastify({ loggerInstance });

if (instrumentation !== undefined) {
  instrumentFastify(app, instrumentation);
  watch(instrumentation);
}
if (environment.misbehave) addFaults(app, faults, queues);
addRoutes(app, { database, queues, business, faults, paymentSecret: environment.paymentSecret });

function watch(of: Instrumentation): void {
  watchPool(of, database.pool);
  watchRedis(of, redis);
  for (const queue of queues.queues) watchQueue(of, queue);
  for (const worker of queues.workers) watchWorker(of, worker);
  of.health.add('tables', { check: database.prepared });
}

/** Counts nothing. */
function nothing(): BusinessMetrics {
  const skip = (): void => undefined;
  return {
    broadcast: skip,
    broadcastRecipients: skip,
    parsingJob: skip,
    segment: skip,
    payment: skip,
    paymentCallback: skip,
  };
}

async function stop(): Promise<void> {
  instrumentation?.health.stop();
  setTimeout(() => process.exit(1), STOP_MS).unref();
  await app.close();
  await queues.close();
  await database.close();
  for (const connection of [redis, adding]) connection.disconnect();
}
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => void stop().then(() => process.exit(0)));

await app.listen({ port: environment.port, host: environment.host });
