import { DatabaseSync, type SqlValue } from 'node:sqlite';
import { whereClause, type AlertQuery } from './query.ts';
import type { Notification } from './payload.ts';

/** An alert as it is listed. `raw` is the alert as Alertmanager sent it last. */
export interface StoredAlert {
  readonly id: number;
  readonly fingerprint: string;
  readonly status: 'firing' | 'resolved';
  readonly alertname: string;
  readonly instance: string;
  readonly severity: string;
  readonly category: string;
  readonly service: string;
  readonly startsAt: string;
  readonly endsAt: string | null;
  readonly summary: string;
  readonly description: string;
  readonly impact: string;
  readonly runbook: string;
  readonly generatorUrl: string;
  readonly groupKey: string;
  readonly externalUrl: string;
  readonly receivers: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly createdAt: string;
  readonly updatedAt: string;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS alerts (
    id INTEGER PRIMARY KEY,
    fingerprint TEXT NOT NULL, startsAt TEXT NOT NULL, status TEXT NOT NULL, endsAt TEXT,
    alertname TEXT NOT NULL, instance TEXT NOT NULL, severity TEXT NOT NULL, category TEXT NOT NULL, service TEXT NOT NULL,
    summary TEXT NOT NULL, description TEXT NOT NULL, impact TEXT NOT NULL, runbook TEXT NOT NULL,
    generatorUrl TEXT NOT NULL, groupKey TEXT NOT NULL, externalUrl TEXT NOT NULL, receivers TEXT NOT NULL,
    labels TEXT NOT NULL, annotations TEXT NOT NULL, createdAt TEXT NOT NULL, updatedAt TEXT NOT NULL,
    UNIQUE (fingerprint, startsAt)
  ) STRICT;
  CREATE INDEX IF NOT EXISTS alerts_by_start ON alerts (startsAt DESC);
  CREATE INDEX IF NOT EXISTS alerts_by_status ON alerts (status, severity, startsAt DESC);
`;

// An alert is stored once by fingerprint and start. A late "firing" never takes back an end that was told already.
const UPSERT = `
  INSERT INTO alerts (fingerprint, startsAt, status, endsAt, alertname, instance, severity, category, service, summary, description, impact, runbook,
    generatorUrl, groupKey, externalUrl, receivers, labels, annotations, createdAt, updatedAt)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, json_array(?17), ?18, ?19, ?20, ?20)
  ON CONFLICT (fingerprint, startsAt) DO UPDATE SET
    status = CASE WHEN status = 'resolved' THEN status ELSE excluded.status END,
    endsAt = CASE WHEN status = 'resolved' AND excluded.status = 'firing' THEN endsAt ELSE excluded.endsAt END,
    summary = excluded.summary, description = excluded.description, impact = excluded.impact, runbook = excluded.runbook,
    annotations = excluded.annotations, groupKey = excluded.groupKey, externalUrl = excluded.externalUrl, generatorUrl = excluded.generatorUrl,
    receivers = CASE WHEN EXISTS (SELECT 1 FROM json_each(receivers) WHERE value = ?17) THEN receivers ELSE json_insert(receivers, '$[#]', ?17) END,
    updatedAt = excluded.updatedAt
`;

export type Store = ReturnType<typeof openStore>;

/** Opens the database and makes its tables. Throws where the file is not a database or the folder cannot be written. */
export function openStore(path: string) {
  const db = new DatabaseSync(path);
  // WAL with FULL: what was answered with 200 is on the disk, also after a power cut.
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000;');
  db.exec(SCHEMA);
  const upsert = db.prepare(UPSERT);
  const inTransaction = (work: () => void): void => {
    db.exec('BEGIN IMMEDIATE');
    try {
      work();
      db.exec('COMMIT');
    } catch (failure) {
      db.exec('ROLLBACK');
      throw failure;
    }
  };
  return {
    /** Stores a whole notification or nothing of it. When this returns, it is on the disk. */
    save(notification: Notification, nowMs: number): void {
      const now = new Date(nowMs).toISOString();
      inTransaction(() => {
        for (const alert of notification.alerts) {
          const { labels: l, annotations: a } = alert;
          upsert.run(
            ...[alert.fingerprint, alert.startsAt, alert.status, alert.endsAt === '' ? null : alert.endsAt],
            ...[l['alertname'] ?? '', l['instance'] ?? '', l['severity'] ?? '', l['category'] ?? '', l['service'] ?? ''],
            ...[a['summary'] ?? '', a['description'] ?? '', a['impact'] ?? '', a['runbook_url'] ?? ''],
            ...[alert.generatorUrl, notification.groupKey, notification.externalUrl, notification.receiver],
            ...[JSON.stringify(l), JSON.stringify(a), now],
          );
        }
      });
    },
    /** Alerts that match, newest start first, and how many there are in all. */
    find(query: AlertQuery): { readonly total: number; readonly alerts: readonly StoredAlert[] } {
      const { sql, values } = whereClause(query);
      const total = Number(db.prepare(`SELECT count(*) AS n FROM alerts ${sql}`).get(...values)?.['n'] ?? 0);
      const rows = db
        .prepare(`SELECT * FROM alerts ${sql} ORDER BY startsAt DESC, id DESC LIMIT ? OFFSET ?`)
        .all(...values, query.limit, query.offset);
      return { total, alerts: rows.map(toAlert) };
    },
    get(id: number): StoredAlert | undefined {
      const row = db.prepare('SELECT * FROM alerts WHERE id = ?').get(id);
      return row === undefined ? undefined : toAlert(row);
    },
    /** Number of alerts per status and severity. */
    counts(): readonly { readonly status: string; readonly severity: string; readonly count: number }[] {
      const rows = db.prepare('SELECT status, severity, count(*) AS n FROM alerts GROUP BY status, severity').all();
      return rows.map((row) => ({ status: String(row['status']), severity: String(row['severity']), count: Number(row['n']) }));
    },
    /** Bytes of the database file. */
    sizeBytes(): number {
      const row = db.prepare('SELECT page_count * page_size AS n FROM pragma_page_count(), pragma_page_size()').get();
      return Number(row?.['n'] ?? 0);
    },
    /** Removes alerts that ended, or were last heard of, before the time. Returns how many. */
    prune(beforeMs: number): number {
      const before = new Date(beforeMs).toISOString();
      return Number(db.prepare("DELETE FROM alerts WHERE (status = 'resolved' AND endsAt < ?1) OR updatedAt < ?1").run(before).changes);
    },
    /** Throws where the store cannot be written. */
    probe(): void {
      db.exec('BEGIN IMMEDIATE; ROLLBACK;');
    },
    close(): void {
      db.close();
    },
  };
}

function toAlert(row: Record<string, SqlValue>): StoredAlert {
  const parsed = {
    receivers: JSON.parse(String(row['receivers'])) as unknown,
    labels: JSON.parse(String(row['labels'])) as unknown,
    annotations: JSON.parse(String(row['annotations'])) as unknown,
  };
  return { ...row, ...parsed } as unknown as StoredAlert;
}
