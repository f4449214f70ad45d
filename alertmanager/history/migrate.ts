import type { DatabaseSync } from 'node:sqlite';

/**
 * Migrates a database to the release's version, each step in a transaction. Entry n of the migrations turns version n into n+1.
 * Throws if a newer release wrote it.
 */
export function migrate(db: DatabaseSync, migrations: readonly string[]): void {
  const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
  if (version > migrations.length)
    throw new Error(`the database has version ${version} and this release knows ${migrations.length}: start the newer release again`);
  for (const [index, sql] of migrations.entries())
    if (index >= version) inTransaction(db, () => db.exec(`${sql} PRAGMA user_version = ${index + 1};`));
}

/** Runs work in a transaction: all of it or, if it throws, none. */
export function inTransaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (failure) {
    db.exec('ROLLBACK');
    throw failure;
  }
}
