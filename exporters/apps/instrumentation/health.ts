import { Counter, Gauge, type Registry } from 'prom-client';
import { guardCall, type GuardedCall, type Outcome } from './guarded-call.ts';
import type { FaultLog } from './log.ts';
import { takeName } from './names.ts';

export interface HealthOptions {
  /** Milliseconds after which a dependency counts as hanging. Below the second that Kubernetes waits for a probe by default. */
  readonly timeoutMs?: number;
  /** Milliseconds for which an answer is given again, so that a hundred probes are one query. */
  readonly cacheMs?: number;
}

/** One dependency: `check` resolves where it works and rejects where it does not. */
export interface HealthCheck {
  readonly check: () => Promise<unknown>;
  /** False: the service works without it, if less well; it stays ready. */
  readonly required?: boolean;
  /** Milliseconds after which it counts as hanging, where it may take longer than the others. */
  readonly timeoutMs?: number;
}

interface Dependency {
  readonly guard: GuardedCall<unknown>;
  readonly required: boolean;
}

/** A health endpoint's answer. */
interface HealthAnswer {
  readonly status: 200 | 404 | 503;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Long enough for a dependency that works, short enough for a scrape within 100 ms. */
const SCRAPE_WAIT_MS = 50;

/** The health of a service and of what it depends on, as metrics and as answers for probes. */
export function createHealth(registry: Registry, faults: FaultLog, { timeoutMs = 800, cacheMs = 2_000 }: HealthOptions) {
  const dependencies = new Map<string, Dependency>();
  const checks = new Map<string, HealthCheck['check']>();
  let stopping = false;
  const registers = [registry];
  const labelNames = ['dependency'];
  // A scrape checks too: without probes, the metrics would never change.
  const gauge = (name: string, help: string): Gauge =>
    new Gauge({
      name,
      help,
      labelNames,
      registers,
      async collect() {
        await Promise.all([...dependencies.values()].map(async ({ guard }) => guard.within(SCRAPE_WAIT_MS)));
      },
    });
  const up = gauge('health_check_up', '1 where the dependency works, 0 where it does not.');
  const lastSuccess = gauge('health_check_last_success_timestamp_seconds', 'When the dependency worked last.');
  const took = gauge('health_check_duration_seconds', 'How long the last check took.');
  const failures = new Counter({
    name: 'health_check_failures_total',
    help: 'Checks that failed, by reason.',
    labelNames: ['dependency', 'reason'],
    registers,
  });

  function add(name: string, { check, required = true, timeoutMs: ownMs = timeoutMs }: HealthCheck): void {
    if (!/^[a-z][a-z0-9_-]{0,39}$/.test(name) || ['live', 'ready'].includes(name))
      throw new Error(`"${name}" cannot be the name of a dependency: small letters, digits, - and _, and neither live nor ready`);
    if (!takeName(checks, 'health check', name, check)) return;
    const settled = ({ ok, reason = 'error', failure, tookMs, at }: Outcome<unknown>): void => {
      up.set({ dependency: name }, ok ? 1 : 0);
      took.set({ dependency: name }, tookMs / 1000);
      if (ok) {
        lastSuccess.set({ dependency: name }, at / 1000);
        faults.works(name);
      } else {
        failures.inc({ dependency: name, reason });
        faults.broken(name, reason, failure);
      }
    };
    dependencies.set(name, { guard: guardCall({ call: check, timeoutMs: ownMs, cacheMs, settled }), required });
  }

  async function one(name: string, { guard, required }: Dependency) {
    const { ok, reason, tookMs, at } = await guard.get();
    return {
      name,
      ok: ok || !required,
      shown: {
        status: ok ? 'up' : 'down',
        ...(ok ? {} : { reason }),
        required,
        responseTimeMs: Math.round(tookMs),
        checkedAt: new Date(at).toISOString(),
      },
      up: ok,
    };
  }

  async function all(): Promise<HealthAnswer> {
    const results = await Promise.all([...dependencies].map(async ([name, dependency]) => one(name, dependency)));
    const ready = !stopping && results.every(({ ok }) => ok);
    const status = stopping ? 'stopping' : !ready ? 'down' : results.every((result) => result.up) ? 'ok' : 'degraded';
    return {
      status: ready ? 200 : 503,
      body: { status, ...stamp(), checks: Object.fromEntries(results.map(({ name, shown }) => [name, shown])) },
    };
  }

  /**
   * @param what `''` for /health, `live`, `ready`, or a dependency's name
   */
  async function answer(what: string): Promise<HealthAnswer> {
    // Only the process itself: a restart does not fix a database.
    if (what === 'live') return { status: 200, body: { status: 'ok', ...stamp() } };
    if (what === '' || what === 'ready') return all();
    const dependency = dependencies.get(what);
    if (dependency === undefined) return { status: 404, body: { error: 'there is no such dependency', ...stamp() } };
    const { shown, up: works } = await one(what, dependency);
    return { status: works ? 200 : 503, body: { ...stamp(), ...shown } };
  }

  return {
    /** Milliseconds that a check may take which names no time of its own. */
    timeoutMs,
    add,
    answer,
    /** Makes the service unready while it finishes what it has begun, so that no new requests are sent to it. */
    stop(): void {
      stopping = true;
    },
  };
}

export type Health = ReturnType<typeof createHealth>;

function stamp() {
  return { timestamp: new Date().toISOString(), uptimeSeconds: Math.round(process.uptime()) };
}
