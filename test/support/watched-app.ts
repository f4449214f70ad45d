import { Redis } from 'ioredis';
import pg from 'pg';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, expect } from 'vitest';
import { createInstrumentation, type Instrumentation } from '../../exporters/apps/instrumentation/instrumentation.ts';
import { watchRedis } from '../../exporters/apps/instrumentation/ioredis.ts';
import { watchPool } from '../../exporters/apps/instrumentation/pg.ts';
import { sh } from './e2e-stack.ts';

/** A health check of the instrumentation gives up after half a second; its answer is there before this, whatever hangs. */
const ANSWER_MS = 1_000;

/** An application's instrumentation over the databases of a shop. What a test opens is closed after it, and nothing that it throws may escape. */
export class WatchedApp {
  readonly #open: (() => Promise<unknown>)[] = [];
  readonly #uncaught: unknown[] = [];
  #database = '';
  #cache = '';
  #usualMs = 0;

  /** Registers the hooks of the test file that calls it. */
  constructor() {
    const note = (failure: unknown): void => void this.#uncaught.push(failure);
    beforeEach(() => {
      process.on('uncaughtException', note);
      process.on('unhandledRejection', note);
    });
    afterEach(async () => {
      // What a test paused or killed may not end; the process does.
      const patience = async (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2_000).unref());
      for (const close of this.#open.splice(0).reverse()) await Promise.race([close(), patience()]);
      process.off('uncaughtException', note);
      process.off('unhandledRejection', note);
      expect(this.#uncaught.splice(0), 'nothing may escape, it would end the process').toEqual([]);
    });
  }

  /** Finds the shop's databases, and how long a health check of theirs takes on this machine now. */
  async connect(prefix: string): Promise<void> {
    this.#database = await addressOf(`${prefix}-shop-db`);
    this.#cache = await addressOf(`${prefix}-shop-cache`);
    const { instrumentation } = this.create();
    this.pool(instrumentation);
    for (let time = 0; time < 5; time += 1) {
      const began = performance.now();
      await instrumentation.health.answer('ready');
      this.#usualMs = Math.max(this.#usualMs, performance.now() - began);
    }
  }

  create(cacheMs = 0): { readonly instrumentation: Instrumentation; readonly lines: readonly string[] } {
    const lines: string[] = [];
    const at = (level: string) => (fields: object, message: string) => void lines.push(JSON.stringify({ level, message, ...fields }));
    const log = { info: at('info'), warn: at('warn'), error: at('error') };
    const instrumentation = createInstrumentation({ registry: new Registry(), log, health: { cacheMs } });
    return { instrumentation, lines };
  }

  pool(instrumentation: Instrumentation, password = 'superuser', max = 3): pg.Pool {
    const user = { host: this.#database, user: 'postgres', password, database: 'postgres' };
    // A busy machine may take longer to break an idle connection than the pool keeps it by default, 10 s.
    const made = new pg.Pool({ ...user, max, connectionTimeoutMillis: 600, idleTimeoutMillis: 0 });
    this.closeLater(async () => made.end());
    watchPool(instrumentation, made);
    return made;
  }

  redis(instrumentation: Instrumentation): Redis {
    const client = new Redis({ host: this.#cache, maxRetriesPerRequest: null, retryStrategy: () => 100 });
    this.closeLater(async () => client.disconnect());
    watchRedis(instrumentation, client);
    return client;
  }

  closeLater(close: () => Promise<unknown>): void {
    this.#open.push(close);
  }

  /** Does something that must be done within a second whatever hangs, with room for what this machine takes anyway. */
  async inTime<T>(work: () => Promise<T>): Promise<T> {
    const began = performance.now();
    const result = await work();
    expect(performance.now() - began).toBeLessThan(ANSWER_MS + 10 * this.#usualMs);
    return result;
  }
}

/** Value of a series as Prometheus would scrape it; undefined where it is absent. */
export async function series(instrumentation: Instrumentation, name: string): Promise<number | undefined> {
  const line = (await instrumentation.scrape()).body.split('\n').find((text) => text.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.slice(name.length + 1));
}

async function addressOf(container: string): Promise<string> {
  const { stdout } = await sh(['docker', 'inspect', '-f', '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}', container]);
  return stdout.trim();
}
