import { Counter, Gauge, type Registry } from 'prom-client';
import type { Instrumentation } from './instrumentation.ts';
import { takeName } from './names.ts';
import { reasonOf } from './reason.ts';
import { oncePerRegistry } from './per-registry.ts';

/** What is needed of an ioredis client, so that no version of its types is. */
interface RedisLike {
  readonly status: string;
  call(...args: any[]): any;
  on(event: any, listener: (...args: any[]) => void): unknown;
}

interface WatchRedisOptions {
  /** The label `client`, and the name of the health check. */
  readonly name?: string;
  readonly required?: boolean;
  /** False for a service that only reads: the check asks PING instead of writing a key. */
  readonly writes?: boolean;
  /** False: no health check, for a second connection to the same server. */
  readonly check?: boolean;
  /** Milliseconds that the health check may take; those of every health check unless given. */
  readonly timeoutMs?: number;
}

const STATES = ['wait', 'connecting', 'connect', 'ready', 'reconnecting', 'close', 'end'];
/** Written by the health check, with an end after ten seconds. */
const PROBE_KEY = 'pharos:health';

/**
 * Watches an ioredis client: its state, reconnections, errors and the commands it holds back, and as a health check whether Redis takes a
 * write: a read-only replica and a Redis that refuses writes still answer PING.
 */
export function watchRedis(instrumentation: Instrumentation, client: RedisLike, options: WatchRedisOptions = {}): void {
  const { name = 'redis', required = true, writes = true, check = true, timeoutMs = instrumentation.health.timeoutMs } = options;
  const { faults, health } = instrumentation;
  const { clients, errors, reconnects } = metricsOf(instrumentation.registry);
  if (!takeName(clients, 'Redis client', name, client)) return;
  errors.inc({ client: name, reason: 'error' }, 0);
  reconnects.inc({ client: name }, 0);
  // A client without a listener prints every error to stderr, as text.
  let lastError: unknown = new Error('the connection is not ready');
  client.on('error', (failure: unknown) => {
    lastError = failure;
    const reason = reasonOf(failure);
    errors.inc({ client: name, reason });
    faults.broken(`connection ${name}`, reason, failure);
  });
  client.on('reconnecting', () => reconnects.inc({ client: name }));
  client.on('ready', () => faults.works(`connection ${name}`));
  if (!check) return;
  health.add(name, {
    required,
    timeoutMs,
    check: async () => {
      // Commands of a client that has no connection wait for one; the reason is known already.
      if (!['ready', 'connect', 'connecting', 'wait'].includes(client.status)) throw lastError;
      return (writes ? client.call('SET', PROBE_KEY, '1', 'PX', '10000') : client.call('PING')) as Promise<unknown>;
    },
  });
}

const metricsOf = oncePerRegistry(createMetrics);

function createMetrics(registry: Registry) {
  const registers = [registry];
  const clients = new Map<string, RedisLike>();
  new Gauge({
    name: 'redis_client_state',
    help: '1 for the state in which the client is.',
    labelNames: ['client', 'state'],
    registers,
    collect() {
      for (const [client, { status }] of clients) for (const state of STATES) this.set({ client, state }, status === state ? 1 : 0);
    },
  });
  new Gauge({
    name: 'redis_client_commands_waiting',
    help: 'Commands that wait: for their answer (sent), or for a connection (offline).',
    labelNames: ['client', 'queue'],
    registers,
    collect() {
      for (const [client, of] of clients) {
        const { commandQueue, offlineQueue } = of as { commandQueue?: { length: number }; offlineQueue?: { length: number } };
        this.set({ client, queue: 'sent' }, commandQueue?.length ?? 0);
        this.set({ client, queue: 'offline' }, offlineQueue?.length ?? 0);
      }
    },
  });
  return {
    clients,
    errors: new Counter({
      name: 'redis_client_errors_total',
      help: 'Errors of the connection, by reason.',
      labelNames: ['client', 'reason'],
      registers,
    }),
    reconnects: new Counter({
      name: 'redis_client_reconnects_total',
      help: 'Attempts to connect again.',
      labelNames: ['client'],
      registers,
    }),
  };
}
