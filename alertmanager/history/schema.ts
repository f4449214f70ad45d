/**
 * The migrations of the alert database. Entries are only added, so that a database of any older release becomes equal to a
 * new one and keeps its data. The first is also the schema of releases before the numbering.
 */
export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS alerts (
     id INTEGER PRIMARY KEY,
     fingerprint TEXT NOT NULL, startsAt TEXT NOT NULL, status TEXT NOT NULL, endsAt TEXT,
     alertname TEXT NOT NULL, instance TEXT NOT NULL, severity TEXT NOT NULL, category TEXT NOT NULL, service TEXT NOT NULL,
     summary TEXT NOT NULL, description TEXT NOT NULL, impact TEXT NOT NULL, runbook TEXT NOT NULL,
     generatorUrl TEXT NOT NULL, groupKey TEXT NOT NULL, externalUrl TEXT NOT NULL, receivers TEXT NOT NULL,
     labels TEXT NOT NULL, annotations TEXT NOT NULL, createdAt TEXT NOT NULL, updatedAt TEXT NOT NULL,
     UNIQUE (fingerprint, startsAt)
   ) STRICT;
   CREATE INDEX IF NOT EXISTS alerts_by_start ON alerts (startsAt DESC);
   CREATE INDEX IF NOT EXISTS alerts_by_status ON alerts (status, severity, startsAt DESC);`,

  `ALTER TABLE alerts RENAME COLUMN generatorUrl TO generatorURL;
   ALTER TABLE alerts RENAME COLUMN externalUrl TO externalURL;
   ALTER TABLE alerts ADD COLUMN raw TEXT NOT NULL DEFAULT '{}';
   ALTER TABLE alerts ADD COLUMN acknowledgedAt TEXT;
   ALTER TABLE alerts ADD COLUMN acknowledgedBy TEXT;
   UPDATE alerts SET raw = json_object('status', status, 'labels', json(labels), 'annotations', json(annotations), 'startsAt', startsAt,
     'endsAt', coalesce(endsAt, '0001-01-01T00:00:00Z'), 'generatorURL', generatorURL, 'fingerprint', fingerprint);
   -- Read backwards, an index gives the list's order (startsAt DESC, id DESC) without sorting.
   DROP INDEX alerts_by_start;
   DROP INDEX alerts_by_status;
   CREATE INDEX alerts_by_start ON alerts (startsAt);
   CREATE INDEX alerts_by_status ON alerts (status, startsAt);
   CREATE INDEX alerts_by_name ON alerts (alertname, startsAt);
   CREATE INDEX alerts_by_count ON alerts (status, severity);
   CREATE INDEX alerts_by_end ON alerts (endsAt);
   CREATE INDEX alerts_by_update ON alerts (updatedAt);`,
];
