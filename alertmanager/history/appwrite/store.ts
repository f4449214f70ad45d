import { Query } from 'node-appwrite';
import pLimit from 'p-limit';
import type { Log } from '../../../exporters/common/log.ts';
import type { AlertCount, AlertStore, StoredAlert } from '../alert.ts';
import type { IncomingAlert, Notification } from '../payload.ts';
import type { AlertQuery } from '../query.ts';
import { pushAlerts } from './push.ts';
import { filtersOf, NEWEST_FIRST } from './queries.ts';
import { endedByNext, mergedRow, rowId, toAlert, type Row } from './rows.ts';
import { BATCH, openTable, type AppwriteProject } from './table.ts';

/** Appwrite has no counting by group: each number is a request, so they are cached. */
const COUNTS_MS = 60_000;
const PROBE_MS = 30_000;

/**
 * Alerts in a table of Appwrite. A notification of more than a hundred alerts is written in parts; if one fails, the notification is
 * refused, Alertmanager sends all of it again, and rewriting the same rows changes nothing.
 */
export function openAppwriteStore(project: AppwriteProject, log: Log): AlertStore {
  const table = openTable(project);
  // Two receivers that send the same alert at once must not undo each other's row.
  const oneAtATime = pLimit(1);
  let counted: { readonly at: number; readonly counts: readonly AlertCount[] } | undefined;
  let probed = 0;

  async function* batches(queries: readonly string[]): AsyncGenerator<readonly Record<string, unknown>[], void, undefined> {
    for (let after: string | undefined; ;) {
      const cursor = after === undefined ? [] : [Query.cursorAfter(after)];
      const { rows } = await table.list([...queries, ...NEWEST_FIRST, Query.limit(BATCH), ...cursor]);
      if (rows.length > 0) yield rows;
      if (rows.length < BATCH) return;
      after = String(rows.at(-1)?.['$id']);
    }
  }

  async function before(alerts: readonly IncomingAlert[]): Promise<ReadonlyMap<string, Record<string, unknown>>> {
    const ids = [...new Set(alerts.map(({ fingerprint, startsAt }) => rowId(fingerprint, startsAt)))];
    const found = new Map<string, Record<string, unknown>>();
    for (let from = 0; from < ids.length; from += BATCH) {
      const { rows } = await table.list([Query.equal('$id', ids.slice(from, from + BATCH)), Query.limit(BATCH)]);
      for (const row of rows) found.set(String(row['$id']), row);
    }
    return found;
  }

  async function save(notification: Notification, nowMs: number): Promise<void> {
    const now = new Date(nowMs).toISOString();
    const known = await before(notification.alerts);
    const rows = new Map<string, Row>();
    for (const alert of notification.alerts) {
      const old = known.get(rowId(alert.fingerprint, alert.startsAt));
      const row = mergedRow(old === undefined ? undefined : toAlert(old), alert, notification, now);
      rows.set(row.$id, { ...row, pushed: old?.['pushed'] === true });
    }
    await table.upsert([...rows.values()]);
    const fresh = [...rows.values()].filter(({ pushed, status }) => pushed === false && status === 'firing');
    if (fresh.length > 0) {
      const missing = await pushAlerts(project, fresh);
      if (missing.length > 0) log({ level: 'warn', msg: 'Appwrite has no such topic of messaging', topics: missing });
      await table.upsert(fresh.map((row) => ({ ...row, pushed: true })));
    }
    await supersede(notification.alerts, now);
  }

  /** Ends the earlier episodes of alerts. */
  async function supersede(alerts: readonly IncomingAlert[], now: string): Promise<void> {
    const prints = [...new Set(alerts.map(({ fingerprint }) => fingerprint))];
    const open: StoredAlert[] = [];
    for (let from = 0; from < prints.length; from += BATCH)
      for await (const found of batches([Query.equal('fingerprint', prints.slice(from, from + BATCH)), Query.equal('status', 'firing')]))
        open.push(...found.map(toAlert));
    for (const { id, endsAt } of endedByNext(open, alerts)) await table.update(id, { status: 'resolved', endsAt, updatedAt: now });
  }

  const get = async (id: string): Promise<StoredAlert | undefined> => {
    const row = await table.get(id);
    return row === undefined ? undefined : toAlert(row);
  };
  const every = async function* (query: AlertQuery): AsyncGenerator<readonly StoredAlert[], void, undefined> {
    for await (const rows of batches(filtersOf(query))) yield rows.map(toAlert);
  };

  return {
    save: async (notification, nowMs) => oneAtATime(async () => save(notification, nowMs)),
    learn: async (alert, nowMs) =>
      oneAtATime(async () => {
        if ((await table.get(rowId(alert.fingerprint, alert.startsAt))) === undefined)
          await table.upsert([{ ...mergedRow(undefined, alert, undefined, new Date(nowMs).toISOString()), pushed: true }]);
        await supersede([alert], new Date(nowMs).toISOString());
      }),
    end: async (alert, nowMs) =>
      oneAtATime(async () => {
        const old = await get(rowId(alert.fingerprint, alert.startsAt));
        if (old?.status === 'firing' && old.receivers.length === 0)
          await table.upsert([{ ...mergedRow(old, alert, undefined, new Date(nowMs).toISOString()), pushed: true }]);
      }),
    endUnknown: async (isKnown, beforeMs, nowMs) =>
      oneAtATime(async () => {
        const [limit, now] = [new Date(beforeMs).toISOString(), new Date(nowMs).toISOString()];
        const ids: string[] = [];
        for await (const rows of batches([Query.equal('status', 'firing'), Query.lessThan('updatedAt', limit)]))
          ids.push(...rows.filter((row) => !isKnown(String(row['fingerprint']))).map((row) => String(row['$id'])));
        for (const id of ids) await table.update(id, { status: 'resolved', endsAt: now, updatedAt: now });
        return ids.length;
      }),
    find: async (query) => {
      const page = [...NEWEST_FIRST, Query.limit(query.limit), Query.offset(query.offset)];
      const { total, rows } = await table.list([...filtersOf(query), ...page], true);
      return { total, alerts: rows.map(toAlert) };
    },
    each: every,
    times: async (query) => {
      const times: StoredAlert[] = [];
      for await (const alerts of every(query)) times.push(...alerts);
      return times;
    },
    get,
    acknowledge: async (id, by, nowMs) =>
      oneAtATime(async () => {
        const alert = await get(id);
        if (alert === undefined || alert.acknowledgedAt !== null) return false;
        await table.update(id, { acknowledgedAt: new Date(nowMs).toISOString(), acknowledgedBy: by });
        return true;
      }),
    counts: async () => {
      if (counted !== undefined && counted.at > Date.now() - COUNTS_MS) return counted.counts;
      const counts: AlertCount[] = [];
      for (const status of ['firing', 'resolved'])
        for (const severity of ['emergency', 'critical', 'warning', 'info']) {
          const { total } = await table.list([Query.equal('status', status), Query.equal('severity', severity), Query.limit(1)], true);
          if (total > 0) counts.push({ status, severity, count: total });
        }
      counted = { at: Date.now(), counts };
      return counts;
    },
    known: async () => {
      const { rows } = await table.list([...NEWEST_FIRST, Query.limit(BATCH)]);
      const of = (column: string): readonly string[] =>
        [...new Set(rows.map((row) => String(row[column] ?? '')))].filter((v) => v !== '').sort();
      return { alertname: of('alertname'), instance: of('instance'), service: of('service') };
    },
    sizeBytes: () => 0,
    prune: async (beforeMs, limit) => {
      const limitTime = new Date(beforeMs).toISOString();
      const old = Query.or([Query.lessThan('endsAt', limitTime), Query.lessThan('updatedAt', limitTime)]);
      const { rows } = await table.list([old, Query.limit(Math.min(limit, BATCH))]);
      await table.remove(rows.map((row) => String(row['$id'])));
      // After a full batch there may be more.
      return rows.length === BATCH ? limit : rows.length;
    },
    probe: async () => {
      if (probed > Date.now() - PROBE_MS) return;
      await table.list([Query.limit(1)]);
      probed = Date.now();
    },
    close: () => undefined,
  };
}
