import { existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { log } from '../../exporters/common/log.ts';
import { repeat } from '../../exporters/common/repeat.ts';
import { main, serve } from '../../exporters/common/service.ts';
import type { AlertStore } from './alert.ts';
import { openAppwriteStore } from './appwrite/store.ts';
import { createApp } from './app.ts';
import { readEnvironment, type Environment } from './environment.ts';
import { openEventStore } from './event-store.ts';
import { createReconciler, knownAlerts } from './reconcile.ts';
import { openStore } from './store.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const PRUNE_BATCH = 200;
const PRUNE_PAUSE_MS = 50;

/** Opens a database. A corrupt file is set aside, never deleted: new alerts matter more than old ones. */
function openOrReplace<T>(path: string, open: (path: string) => T): { readonly store: T; readonly corrupt: number } {
  try {
    return { store: open(path), corrupt: 0 };
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
    return { store: open(path), corrupt: 1 };
  }
}

/** The alerts: in the file of the volume, or in Appwrite. */
function openAlerts({ appwrite, dataDir }: Environment): { readonly store: AlertStore; readonly corrupt: number } {
  if (appwrite === undefined) return openOrReplace(join(dataDir, 'history.db'), openStore);
  const apiKey = (): string => readFileSync(appwrite.keyFile, 'utf8').trim();
  return { store: openAppwriteStore({ ...appwrite, apiKey }, log), corrupt: 0 };
}

await main(readEnvironment, async (environment) => {
  const { store, corrupt } = openAlerts(environment);
  const { store: events, corrupt: corruptEvents } = openOrReplace(join(environment.dataDir, 'events.db'), openEventStore);
  const prune = async (): Promise<void> => {
    const before = Date.now() - environment.retentionDays * DAY_MS;
    let removed = 0;
    // Small batches with pauses: a notification never waits for the removal of a year.
    for (let batch = PRUNE_BATCH; batch === PRUNE_BATCH; removed += batch) {
      batch = Math.max(await store.prune(before, PRUNE_BATCH), events.prune(before, PRUNE_BATCH));
      await setTimeout(PRUNE_PAUSE_MS);
    }
    if (removed > 0) log({ msg: 'old alerts and events removed', count: removed });
  };
  const stopping = new AbortController();
  await serve({
    port: environment.port,
    app: createApp({ store, events, environment, now: Date.now, log, corrupt: corrupt + corruptEvents }),
    stop: () => {
      stopping.abort();
      store.close();
      events.close();
    },
  });
  const reconcile = createReconciler(store, async () => knownAlerts(environment.alertmanagerUrl, Date.now), Date.now);
  const logged = (msg: string, work: () => Promise<void>) => async () =>
    work().catch((failure: unknown) => log({ level: 'error', msg, error: String(failure) }));
  await Promise.all([
    repeat(HOUR_MS, stopping.signal, logged('old alerts could not be removed', prune)),
    repeat(
      MINUTE_MS,
      stopping.signal,
      logged('Alertmanager could not be asked what still fires', async () => {
        const ended = await reconcile();
        if (ended > 0) log({ msg: 'alerts that Alertmanager does not know any more are over', count: ended });
      }),
    ),
  ]);
});
