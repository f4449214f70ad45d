import { existsSync, renameSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createApp } from './app.ts';
import { readEnvironment, type Environment } from './environment.ts';
import type { AlertStore } from './alert.ts';
import { openStore } from './store.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const PRUNE_BATCH = 200;
const PRUNE_PAUSE_MS = 50;

const log = (entry: Readonly<Record<string, unknown>>): void =>
  void process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), ...entry })}\n`);

/** Opens the store. A file that is no database is set aside and never deleted: alerts from now on matter more than those in it. */
function openOrReplace(path: string): { readonly store: AlertStore; readonly corrupt: number } {
  try {
    return { store: openStore(path), corrupt: 0 };
  } catch (failure) {
    if (!/not a database|malformed|disk image/i.test(String(failure)) || !existsSync(path)) throw failure;
    const aside = `${path}.corrupt-${Date.now()}`;
    for (const suffix of ['', '-wal', '-shm']) if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
    log({
      level: 'error',
      msg: 'the database could not be read and was set aside; a new one was made',
      path: aside,
      error: String(failure),
    });
    return { store: openStore(path), corrupt: 1 };
  }
}

function serve(environment: Environment): void {
  const { store, corrupt } = openOrReplace(join(environment.dataDir, 'history.db'));
  const app = createApp({ store, environment, now: Date.now, log, corrupt });
  const server = createServer((request, response) => void app(request, response));
  const prune = async (): Promise<void> => {
    const before = Date.now() - environment.retentionDays * DAY_MS;
    let removed = 0;
    // Small batches with a pause: a notification never waits for the clearing of a year.
    for (let batch = PRUNE_BATCH; batch === PRUNE_BATCH; removed += batch) {
      batch = await store.prune(before, PRUNE_BATCH);
      await setTimeout(PRUNE_PAUSE_MS);
    }
    if (removed > 0) log({ msg: 'old alerts removed', count: removed });
  };
  const pruneOrLog = (): void =>
    void prune().catch((failure: unknown) => log({ level: 'error', msg: 'old alerts could not be removed', error: String(failure) }));
  pruneOrLog();
  setInterval(pruneOrLog, HOUR_MS).unref();
  server.listen(environment.port, () => log({ msg: 'listening', port: environment.port }));
  const stop = (): void => {
    server.close(() => {
      store.close();
      process.exit(0);
    });
    server.closeIdleConnections();
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

const environment = readEnvironment(process.env);
if ('port' in environment) serve(environment);
else {
  for (const message of environment) log({ level: 'error', msg: message });
  process.exitCode = 2;
}
