import { DatabaseSync, type SqlValue } from 'node:sqlite';
import type { AlertStore, AlertTimes, KnownValues, StoredAlert } from './alert.ts';
import { inTransaction, migrate } from './migrate.ts';
import type { IncomingAlert, Notification } from './payload.ts';
import { whereClause, type AlertQuery } from './query.ts';
import { MIGRATIONS } from './schema.ts';

/** Alerts read at once while all are read. */
const BATCH = 500;
/** The filters offer what occurred among this many alerts. */
const RECENT = 5000;
const HOUR_MS = 3_600_000;

// An alert is stored once by fingerprint and start. A late "firing" never reopens a resolved alert.
const UPSERT = `
  INSERT INTO alerts (fingerprint, startsAt, status, endsAt, alertname, instance, severity, category, service, summary, description, impact, runbook,
    generatorURL, groupKey, externalURL, receivers, labels, annotations, raw, createdAt, updatedAt)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, json_array(?17), ?18, ?19, ?20, ?21, ?21)
  ON CONFLICT (fingerprint, startsAt) DO UPDATE SET
    status = CASE WHEN status = 'resolved' THEN status ELSE excluded.status END,
    endsAt = CASE WHEN status = 'resolved' AND excluded.status = 'firing' THEN endsAt ELSE excluded.endsAt END,
    raw = CASE WHEN status = 'resolved' AND excluded.status = 'firing' THEN raw ELSE excluded.raw END,
    summary = excluded.summary, description = excluded.description, impact = excluded.impact, runbook = excluded.runbook,
    annotations = excluded.annotations, groupKey = excluded.groupKey, externalURL = excluded.externalURL, generatorURL = excluded.generatorURL,
    receivers = CASE WHEN EXISTS (SELECT 1 FROM json_each(receivers) WHERE value = ?17) THEN receivers ELSE json_insert(receivers, '$[#]', ?17) END,
    updatedAt = excluded.updatedAt
`;

// An alert without any notification, known from Alertmanager's events. An event never changes what a notification stored.
const LEARN = `
  INSERT INTO alerts (fingerprint, startsAt, status, endsAt, alertname, instance, severity, category, service, summary, description, impact, runbook,
    generatorURL, groupKey, externalURL, receivers, labels, annotations, raw, createdAt, updatedAt)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, '[]', ?17, ?18, ?19, ?20, ?20)
  ON CONFLICT (fingerprint, startsAt) DO UPDATE SET updatedAt = excluded.updatedAt WHERE receivers = '[]' AND updatedAt < ?21
`;

// Alertmanager has one episode of an alert at a time: the earlier ones ended when the next began, at the latest. The + keeps SQLite from the index
// by status, which in a storm would read every firing alert for each of them.
const LATER = 'FROM alerts AS later WHERE later.fingerprint = alerts.fingerprint AND later.startsAt > alerts.startsAt';
const SUPERSEDE = `
  UPDATE alerts SET status = 'resolved', endsAt = (SELECT min(later.startsAt) ${LATER}), updatedAt = ?2
  WHERE fingerprint = ?1 AND +status = 'firing' AND EXISTS (SELECT 1 ${LATER})
`;

/** Opens the database and brings it to this release's version. Throws if the file is not a database or the folder cannot be written. */
export function openStore(path: string): AlertStore {
  const db = new DatabaseSync(path);
  // WAL with FULL: what was answered with 200 survives a power cut.
  // The root file system is read-only: queries sort in memory, and are limited to keep that small.
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000; PRAGMA temp_store = MEMORY;');
  migrate(db, MIGRATIONS);
  const upsert = db.prepare(UPSERT);
  const learn = db.prepare(LEARN);
  const supersede = db.prepare(SUPERSEDE);
  const open = db.prepare("SELECT DISTINCT fingerprint FROM alerts WHERE status = 'firing' AND updatedAt < ?1");
  const close = db.prepare(
    "UPDATE alerts SET status = 'resolved', endsAt = ?3, updatedAt = ?3 WHERE fingerprint = ?1 AND +status = 'firing' AND updatedAt < ?2",
  );
  const end = db.prepare(
    "UPDATE alerts SET status = 'resolved', endsAt = ?3, raw = ?4, updatedAt = ?5 WHERE fingerprint = ?1 AND startsAt = ?2 AND status = 'firing' AND receivers = '[]'",
  );
  const acknowledge = db.prepare('UPDATE alerts SET acknowledgedAt = ?2, acknowledgedBy = ?3 WHERE id = ?1 AND acknowledgedAt IS NULL');
  // Without an end: only if not repeated for the whole time. Alertmanager repeats firing alerts every few hours.
  const prune = db.prepare('DELETE FROM alerts WHERE id IN (SELECT id FROM alerts WHERE endsAt < ?1 OR updatedAt < ?1 LIMIT ?2)');
  const select = (query: AlertQuery, offset: number, limit: number): readonly StoredAlert[] => {
    const { sql, values } = whereClause(query);
    const rows = db.prepare(`SELECT * FROM alerts ${sql} ORDER BY startsAt DESC, id DESC LIMIT ? OFFSET ?`).all(...values, limit, offset);
    return rows.map(toAlert);
  };
  return {
    save: (notification, nowMs) =>
      inTransaction(db, () => {
        const now = new Date(nowMs).toISOString();
        for (const alert of notification.alerts) {
          const row = rowOf(alert, notification, now);
          upsert.run(...row.slice(0, 16), notification.receiver, ...row.slice(16));
          supersede.run(alert.fingerprint, now);
        }
      }),
    learn: (alert, nowMs) => {
      const [now, hourAgo] = [new Date(nowMs).toISOString(), new Date(nowMs - HOUR_MS).toISOString()];
      learn.run(...rowOf(alert, { groupKey: '', externalURL: '' }, now), hourAgo);
      supersede.run(alert.fingerprint, now);
    },
    end: ({ fingerprint, startsAt, endsAt, raw }, nowMs) =>
      void end.run(fingerprint, startsAt, endsAt, JSON.stringify(raw), new Date(nowMs).toISOString()),
    endUnknown: (isKnown, beforeMs, nowMs) => {
      const [before, now] = [new Date(beforeMs).toISOString(), new Date(nowMs).toISOString()];
      const unknown = open
        .all(before)
        .map((row) => String(row['fingerprint']))
        .filter((fingerprint) => !isKnown(fingerprint));
      return inTransaction(db, () => unknown.reduce((sum, fingerprint) => sum + Number(close.run(fingerprint, before, now).changes), 0));
    },
    find: (query) => {
      const { sql, values } = whereClause(query);
      const total = Number(db.prepare(`SELECT count(*) AS n FROM alerts ${sql}`).get(...values)?.['n'] ?? 0);
      return { total, alerts: select(query, query.offset, query.limit) };
    },
    *each(query) {
      // By the last one seen, not by offset: new alerts shift nothing.
      let after: AlertQuery['after'];
      for (;;) {
        const batch = select({ ...query, ...(after === undefined ? {} : { after }) }, 0, BATCH);
        const last = batch.at(-1);
        if (last === undefined) return;
        yield batch;
        after = { startsAt: last.startsAt, id: last.id };
      }
    },
    times: (query) => {
      const { sql, values } = whereClause(query);
      const rows = db.prepare(`SELECT alertname, severity, startsAt, endsAt, acknowledgedAt FROM alerts ${sql}`).all(...values);
      return rows as unknown as readonly AlertTimes[];
    },
    get: (id) => {
      const row = db.prepare('SELECT * FROM alerts WHERE id = ?').get(rowId(id));
      return row === undefined ? undefined : toAlert(row);
    },
    acknowledge: (id, by, nowMs) => Number(acknowledge.run(rowId(id), new Date(nowMs).toISOString(), by).changes) > 0,
    counts: () => {
      const rows = db.prepare('SELECT status, severity, count(*) AS n FROM alerts GROUP BY status, severity').all();
      return rows.map((row) => ({ status: String(row['status']), severity: String(row['severity']), count: Number(row['n']) }));
    },
    known: () => {
      const of = (column: keyof KnownValues): readonly string[] =>
        db
          .prepare(
            `SELECT DISTINCT ${column} AS v FROM (SELECT ${column} FROM alerts ORDER BY startsAt DESC LIMIT ${RECENT}) WHERE v <> ''`,
          )
          .all()
          .map((row) => String(row['v']))
          .sort();
      return { alertname: of('alertname'), instance: of('instance'), service: of('service') };
    },
    sizeBytes: () =>
      Number(db.prepare('SELECT page_count * page_size AS n FROM pragma_page_count(), pragma_page_size()').get()?.['n'] ?? 0),
    prune: (beforeMs, limit) => Number(prune.run(new Date(beforeMs).toISOString(), limit).changes),
    probe: () => db.exec('BEGIN IMMEDIATE; ROLLBACK;'),
    close: () => db.close(),
  };
}

/** The id in an address as the database has it; another form of a number (`1e0`, ` 1`) matches none. */
function rowId(id: string): number {
  return /^[1-9]\d*$/.test(id) ? Number(id) : -1;
}

function rowOf(
  alert: IncomingAlert,
  { groupKey, externalURL }: Pick<Notification, 'groupKey' | 'externalURL'>,
  now: string,
): readonly SqlValue[] {
  const { labels: l, annotations: a } = alert;
  return [
    ...[alert.fingerprint, alert.startsAt, alert.status, alert.endsAt === '' ? null : alert.endsAt],
    ...[l['alertname'] ?? '', l['instance'] ?? '', l['severity'] ?? '', l['category'] ?? '', l['service'] ?? ''],
    ...[a['summary'] ?? '', a['description'] ?? '', a['impact'] ?? '', a['runbook_url'] ?? ''],
    ...[alert.generatorURL, groupKey, externalURL],
    ...[JSON.stringify(l), JSON.stringify(a), JSON.stringify(alert.raw), now],
  ];
}

function toAlert(row: Record<string, SqlValue>): StoredAlert {
  const parsed = Object.fromEntries(
    ['receivers', 'labels', 'annotations', 'raw'].map((column) => [column, JSON.parse(String(row[column])) as unknown]),
  );
  return { ...row, id: String(row['id']), ...parsed } as unknown as StoredAlert;
}
