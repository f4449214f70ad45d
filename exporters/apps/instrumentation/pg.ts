import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Instrumentation } from './instrumentation.ts';
import { takeName } from './names.ts';
import { reasonOf } from './reason.ts';
import { observerOf } from './series.ts';
import { oncePerRegistry } from './per-registry.ts';

/** What is needed of `pg.Pool`, so that no version of its types is. */
interface PoolLike {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
  connect(...args: any[]): any;
  query(...args: any[]): any;
  on(event: any, listener: (...args: any[]) => void): unknown;
}

/** What is needed of `pg.Client`; its `connection` is not documented and may be missing in other versions. */
interface ClientLike {
  on(event: 'error', listener: (failure: Error) => void): unknown;
  readonly connection?: { on(event: 'errorMessage', listener: (failure: { readonly code?: string }) => void): unknown };
}

/** SQLSTATE of admin_shutdown, crash_shutdown and idle_session_timeout (PostgreSQL, appendix A): the server closes the connection after them. */
const ENDS_CONNECTION = /^57P0[125]$/;

interface WatchPoolOptions {
  /** The label `pool`, and the name of the health check. */
  readonly name?: string;
  readonly required?: boolean;
  /** Milliseconds that the health check's query may take; by default a little less than any health check may. */
  readonly timeoutMs?: number;
}

/** So much earlier than the check does its query end, so that the reason is the query's own. */
const BEFORE_CHECK_MS = 100;

/** From a free connection at hand to a wait that users notice. */
const SECONDS = [0.001, 0.005, 0.025, 0.1, 0.5, 1, 5];

/**
 * Watches a pool of PostgreSQL connections: how many are used, idle and waited for, how long the wait is, which connections fail, and as a
 * health check whether a query comes back. A pool whose server goes away no longer ends the process.
 */
export function watchPool(instrumentation: Instrumentation, pool: PoolLike, options: WatchPoolOptions = {}): void {
  const { faults, health } = instrumentation;
  const { name = 'db', required = true, timeoutMs = Math.max(1, health.timeoutMs - BEFORE_CHECK_MS) } = options;
  const { errors, acquired, pools } = metricsOf(instrumentation.registry);
  // A second time it would count everything twice.
  if (!takeName(pools, 'pool', name, pool)) return;
  const observeWait = observerOf(acquired, SECONDS, { pool: name });
  const fault = `pool ${name}`;
  // An error series that exists from the start, so that its first increase is seen.
  errors.inc({ pool: name, reason: 'error' }, 0);
  const failed = (failure: unknown): void => {
    const reason = reasonOf(failure);
    errors.inc({ pool: name, reason });
    faults.broken(fault, reason, failure);
  };
  // A connection that breaks while in use has no listener but this one, and an error without a listener ends the process.
  pool.on('connect', (client: ClientLike) => {
    let broken = false;
    // The server's reason comes first, the end of the connection after it.
    const ended = (failure: unknown): void => {
      if (!broken) failed(failure);
      broken = true;
    };
    client.on('error', ended);
    // In the middle of a query the reason goes to whoever asked, and the pool then closes the connection without an error.
    client.connection?.on('errorMessage', (failure) => {
      if (ENDS_CONNECTION.test(failure.code ?? '')) ended(failure);
    });
  });
  // The pool repeats the errors of idle connections, which are counted already.
  pool.on('error', () => undefined);
  const connect = pool.connect.bind(pool) as (...args: unknown[]) => unknown;
  pool.connect = (callback?: (failure: unknown, ...rest: unknown[]) => void): unknown => {
    const began = performance.now();
    const settled = (failure: unknown): void => {
      observeWait((performance.now() - began) / 1000);
      if (failure === undefined || failure === null) faults.works(fault);
      else failed(failure);
    };
    if (callback !== undefined)
      return connect((failure: unknown, ...rest: unknown[]) => {
        settled(failure);
        callback(failure, ...rest);
      });
    return (connect() as Promise<unknown>).then(
      (client) => {
        settled(undefined);
        return client;
      },
      (failure: unknown) => {
        settled(failure);
        throw failure;
      },
    );
  };
  // Its own limit ends the query and closes its connection; otherwise every check of a hanging server would keep one from the service.
  health.add(name, {
    required,
    timeoutMs: timeoutMs + BEFORE_CHECK_MS,
    check: async () => pool.query({ text: 'SELECT 1', query_timeout: timeoutMs }) as Promise<unknown>,
  });
}

const metricsOf = oncePerRegistry(createMetrics);

function createMetrics(registry: Registry) {
  const registers = [registry];
  const pools = new Map<string, PoolLike>();
  const gauge = (metric: string, help: string, read: (pool: PoolLike) => number): void => {
    new Gauge({
      name: metric,
      help,
      labelNames: ['pool'],
      registers,
      collect() {
        for (const [pool, of] of pools) this.set({ pool }, read(of));
      },
    });
  };
  gauge('db_pool_connections_used', 'Connections in use.', (pool) => pool.totalCount - pool.idleCount);
  gauge('db_pool_connections_idle', 'Connections that are free.', (pool) => pool.idleCount);
  gauge('db_pool_connections_max', 'Connections that the pool may open.', (pool) => maxOf(pool));
  gauge('db_pool_waiting', 'Requests that wait for a connection.', (pool) => pool.waitingCount);
  return {
    pools,
    errors: new Counter({
      name: 'db_connection_errors_total',
      help: 'Connections that could not be had or broke, by reason.',
      labelNames: ['pool', 'reason'],
      registers,
    }),
    acquired: new Histogram({
      name: 'db_pool_acquire_duration_seconds',
      help: 'How long it took to get a connection from the pool.',
      labelNames: ['pool'],
      buckets: SECONDS,
      registers,
    }),
  };
}

/** pg's default is 10. */
function maxOf(pool: PoolLike): number {
  return (pool as { options?: { max?: number } }).options?.max ?? 10;
}
