import { beforeEach, expect, it } from 'vitest';
import type { AlertStore } from '../../alertmanager/history/alert.ts';
import { parseNotification } from '../../alertmanager/history/payload.ts';
import { parseQuery } from '../../alertmanager/history/query.ts';
import { createReconciler } from '../../alertmanager/history/reconcile.ts';

/** The part of a store that keeps the episodes of an alert apart. */
export type EpisodeStore = Pick<AlertStore, 'save' | 'learn' | 'endUnknown' | 'find'>;

/** A minute of the checks, in milliseconds since 1970. */
export const at = (minute: number): number => Date.parse('2026-01-01T00:00:00Z') + minute * 60_000;
/** The same as ISO 8601. */
export const iso = (minute: number): string => new Date(at(minute)).toISOString();
const NEVER = '0001-01-01T00:00:00Z';
/** An alert that began in a minute, and ended in another one. */
const alert = (fingerprint: string, from: number, to?: number): object => ({
  ...{ fingerprint, status: to === undefined ? 'firing' : 'resolved', startsAt: iso(from), endsAt: to === undefined ? NEVER : iso(to) },
  ...{ labels: { alertname: 'DiskFull' }, annotations: {}, generatorURL: '' },
});
const notification = (...alerts: readonly object[]) =>
  parseNotification(JSON.stringify({ version: '4', receiver: 'history', groupKey: 'g', externalURL: '', alerts }));

/** The episodes of an alert, the oldest first: from which minute to which. */
async function episodesOf(store: EpisodeStore, fingerprint: string): Promise<readonly (readonly [number, number | undefined])[]> {
  const { alerts } = await store.find(parseQuery(new URLSearchParams({ fingerprint })));
  const minute = (time: string): number => (Date.parse(time) - at(0)) / 60_000;
  return alerts
    .toReversed()
    .map(({ startsAt, endsAt, status }) => [minute(startsAt), status === 'firing' || endsAt === null ? undefined : minute(endsAt)]);
}

/** What every store does with the episodes of an alert. */
export function episodeChecks(open: () => EpisodeStore): void {
  let store: EpisodeStore;
  beforeEach(() => void (store = open()));
  const episodes = async (fingerprint: string) => episodesOf(store, fingerprint);

  it('a new one ends the one before, whose notice of the end was lost', async () => {
    await store.save(notification(alert('a', 0), alert('b', 0)), at(1));
    await store.save(notification(alert('a', 10)), at(10));
    expect(await episodes('a')).toEqual([
      [0, 10],
      [10, undefined],
    ]);
    expect(await episodes('b')).toEqual([[0, undefined]]);
  });

  it('a notice of the end that comes after all is right', async () => {
    await store.save(notification(alert('a', 0)), at(1));
    await store.save(notification(alert('a', 10)), at(10));
    await store.save(notification(alert('a', 0, 3)), at(11));
    expect((await episodes('a'))[0]).toEqual([0, 3]);
  });

  it('an old one that is heard of late does not fire again', async () => {
    await store.save(notification(alert('a', 10)), at(10));
    await store.save(notification(alert('a', 0)), at(11));
    expect(await episodes('a')).toEqual([
      [0, 10],
      [10, undefined],
    ]);
  });

  it('one that no one was notified of ends the one before too', async () => {
    await store.save(notification(alert('a', 0)), at(1));
    const [silenced] = notification(alert('a', 10)).alerts;
    if (silenced !== undefined) await store.learn(silenced, at(10));
    expect((await episodes('a'))[0]).toEqual([0, 10]);
  });

  it('what Alertmanager does not know in two checks is over, what it knows or what is new is not', async () => {
    let known: ReadonlySet<string> | undefined = new Set(['b']);
    let minute = 20;
    const check = createReconciler(
      store,
      async () => known,
      () => at(minute),
    );
    await store.save(notification(alert('a', 0), alert('b', 0)), at(1));
    await store.save(notification(alert('c', 19)), at(19));
    expect(await check()).toBe(0);
    minute = 21;
    expect(await check()).toBe(1);
    expect([await episodes('a'), await episodes('b'), await episodes('c')]).toEqual([[[0, 21]], [[0, undefined]], [[19, undefined]]]);
    // After a check that failed or knew too little it takes two again.
    known = undefined;
    expect(await check()).toBe(0);
    known = new Set();
    expect(await check()).toBe(0);
    minute = 30;
    expect(await check()).toBe(2);
  });
}
