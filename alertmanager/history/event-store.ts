import { DatabaseSync } from 'node:sqlite';
import type { EventKind, RecordedEvent } from './events.ts';
import { migrate } from './migrate.ts';
import type { IncomingAlert } from './payload.ts';

/** One or several events of one kind and subject, one after the other. */
export interface StoredEvent {
  readonly kind: EventKind;
  readonly firstAt: string;
  readonly lastAt: string;
  readonly count: number;
  readonly detail: Readonly<Record<string, string>>;
}

/** Events of one kind and subject are one entry until they pause for this long: three of the longest usual group intervals. */
const PAUSE_MS = 15 * 60_000;

const MIGRATIONS: readonly string[] = [
  `CREATE TABLE events (
     id INTEGER PRIMARY KEY, fingerprint TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL,
     firstAt TEXT NOT NULL, lastAt TEXT NOT NULL, count INTEGER NOT NULL, detail TEXT NOT NULL
   ) STRICT;
   CREATE INDEX events_by_subject ON events (fingerprint, kind, subject, lastAt);
   CREATE INDEX events_by_time ON events (lastAt);
   -- The alerts that the events are about, as they were last: an event that mutes one holds its labels only.
   CREATE TABLE alerts (fingerprint TEXT PRIMARY KEY, alert TEXT NOT NULL, seenAt TEXT NOT NULL) STRICT;
   CREATE INDEX alerts_by_time ON alerts (seenAt);`,
];

export type EventStore = ReturnType<typeof openEventStore>;

/** Opens the database of events. They only explain alerts, so a power cut may lose the last seconds of them. */
export function openEventStore(path: string) {
  const db = new DatabaseSync(path);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000; PRAGMA temp_store = MEMORY;');
  migrate(db, MIGRATIONS);
  const last = db.prepare(`SELECT id FROM events WHERE fingerprint = ? AND kind = ? AND subject = ? AND lastAt >= ? AND firstAt <= ?
    ORDER BY lastAt DESC LIMIT 1`);
  const extend = db.prepare(
    `UPDATE events SET firstAt = min(firstAt, ?2), lastAt = max(lastAt, ?2), count = count + 1, detail = ?3 WHERE id = ?1`,
  );
  const insert = db.prepare(
    'INSERT INTO events (fingerprint, kind, subject, firstAt, lastAt, count, detail) VALUES (?1, ?2, ?3, ?4, ?4, 1, ?5)',
  );
  const see = db.prepare(`INSERT INTO alerts VALUES (?1, ?2, ?3)
    ON CONFLICT DO UPDATE SET alert = excluded.alert, seenAt = excluded.seenAt WHERE excluded.seenAt >= seenAt`);
  const seen = db.prepare('SELECT alert FROM alerts WHERE fingerprint = ?');
  const between = db.prepare(`SELECT kind, firstAt, lastAt, count, detail FROM events
    WHERE fingerprint IN (?, '') AND lastAt >= ? AND firstAt < ? ORDER BY firstAt, id LIMIT 1000`);
  const quiet = db.prepare(`SELECT kind FROM events
    WHERE fingerprint = ? AND kind IN ('silenced', 'inhibited') AND lastAt >= ? AND firstAt < ? ORDER BY lastAt DESC LIMIT 1`);
  return {
    save(events: readonly RecordedEvent[]): void {
      for (const { kind, at, fingerprint, subject, detail, alert } of events) {
        const shifted = (ms: number): string => new Date(Date.parse(at) + ms).toISOString();
        const open = last.get(fingerprint, kind, subject, shifted(-PAUSE_MS), shifted(PAUSE_MS));
        if (open === undefined) insert.run(fingerprint, kind, subject, at, JSON.stringify(detail));
        else extend.run(Number(open['id']), at, JSON.stringify(detail));
        if (alert !== undefined) see.run(fingerprint, JSON.stringify(alert), at);
      }
    },
    /** The alert of a fingerprint from its latest event. */
    alert(fingerprint: string): IncomingAlert | undefined {
      const row = seen.get(fingerprint);
      return row === undefined ? undefined : (JSON.parse(String(row['alert'])) as IncomingAlert);
    },
    /** What happened to an alert from one time to another, in order; Alertmanager's own starts and stops among it. */
    of(fingerprint: string, fromIso: string, toIso: string): readonly StoredEvent[] {
      const rows = between.all(fingerprint, fromIso, toIso);
      return rows.map((row) => ({ ...row, detail: JSON.parse(String(row['detail'])) as unknown }) as unknown as StoredEvent);
    },
    /** What kept an alert quiet last, from one time to another. */
    quietedBy(fingerprint: string, fromIso: string, toIso: string): 'silenced' | 'inhibited' | undefined {
      return quiet.get(fingerprint, fromIso, toIso)?.['kind'] as 'silenced' | 'inhibited' | undefined;
    },
    /** Removes at most `limit` events from before the time. Returns how many. */
    prune(beforeMs: number, limit: number): number {
      const before = new Date(beforeMs).toISOString();
      const remove = (table: string, column: string, key: string): number =>
        Number(
          db.prepare(`DELETE FROM ${table} WHERE ${key} IN (SELECT ${key} FROM ${table} WHERE ${column} < ? LIMIT ?)`).run(before, limit)
            .changes,
        );
      return Math.max(remove('events', 'lastAt', 'id'), remove('alerts', 'seenAt', 'fingerprint'));
    },
    close: () => db.close(),
  };
}
