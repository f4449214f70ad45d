import { existsSync, renameSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { createApp } from './app.ts';
import { readEnvironment, type Environment } from './environment.ts';
import { openStore, type Store } from './store.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const log = (entry: Readonly<Record<string, unknown>>): void =>
  void process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), ...entry })}\n`);

/** Opens the store. A file that is no database is set aside and never deleted: alerts from now on matter more than those in it. */
function openOrReplace(path: string): { readonly store: Store; readonly corrupt: number } {
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
  const prune = (): void => {
    const removed = store.prune(Date.now() - environment.retentionDays * DAY_MS);
    if (removed > 0) log({ msg: 'old alerts removed', count: removed });
  };
  prune();
  setInterval(prune, HOUR_MS).unref();
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
