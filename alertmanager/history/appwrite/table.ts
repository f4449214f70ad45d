import { AppwriteException, Client, Query, TablesDB } from 'node-appwrite';
import { setTimeout } from 'node:timers/promises';
import { COLUMNS, INDEXES, type Row } from './rows.ts';

/** An Appwrite project and its access. */
export interface AppwriteProject {
  /** As in https://cloud.appwrite.io/v1 */
  readonly endpoint: string;
  readonly projectId: string;
  /** Created if missing. */
  readonly databaseId: string;
  /** A key with the scopes that README.md of this folder lists; read when it is needed. */
  readonly apiKey: () => string;
}

const TABLE = 'alerts';
/** Appwrite's maximum per request in every plan. */
export const BATCH = 100;
const READY_MS = 30_000;

/** Appwrite's answer if something is missing. */
export function isMissing(failure: unknown): boolean {
  return failure instanceof AppwriteException && failure.code === 404;
}

/** Appwrite's answer if something exists already. */
export function isThere(failure: unknown): boolean {
  return failure instanceof AppwriteException && failure.code === 409;
}

export function clientOf({ endpoint, projectId, apiKey }: AppwriteProject): Client {
  return new Client().setEndpoint(endpoint).setProject(projectId).setKey(apiKey());
}

/** The table of alerts in Appwrite; database and table are created at the first use. */
export function openTable(project: AppwriteProject) {
  const { databaseId } = project;
  const at = { databaseId, tableId: TABLE };
  let ready: Promise<void> | undefined;
  const db = async (): Promise<TablesDB> => {
    const tables = new TablesDB(clientOf(project));
    ready ??= makeTable(tables, databaseId);
    await ready.catch((failure: unknown) => {
      ready = undefined;
      throw failure;
    });
    return tables;
  };
  return {
    async list(
      queries: readonly string[],
      total = false,
    ): Promise<{ readonly total: number; readonly rows: readonly Record<string, unknown>[] }> {
      const found = await (await db()).listRows({ ...at, queries: [...queries], total });
      return { total: found.total, rows: found.rows as unknown as readonly Record<string, unknown>[] };
    },
    async get(rowId: string): Promise<Record<string, unknown> | undefined> {
      const found = (await db()).getRow({ ...at, rowId });
      return found.then(
        (row) => row as unknown as Record<string, unknown>,
        (failure: unknown) => {
          if (isMissing(failure)) return undefined;
          throw failure;
        },
      );
    },
    /** Writes rows, each batch whole or not at all. */
    async upsert(rows: readonly Row[]): Promise<void> {
      for (let from = 0; from < rows.length; from += BATCH) await (await db()).upsertRows({ ...at, rows: rows.slice(from, from + BATCH) });
    },
    async update(rowId: string, data: object): Promise<void> {
      await (await db()).updateRow({ ...at, rowId, data });
    },
    async remove(ids: readonly string[]): Promise<void> {
      if (ids.length > 0) await (await db()).deleteRows({ ...at, queries: [Query.equal('$id', [...ids])] });
    },
  };
}

async function makeTable(tables: TablesDB, databaseId: string): Promise<void> {
  const found = await tables.getTable({ databaseId, tableId: TABLE }).catch((failure: unknown) => {
    if (!isMissing(failure)) throw failure;
  });
  if (found === undefined) {
    const made = (failure: unknown): void => {
      if (!isThere(failure)) throw failure;
    };
    await tables.create({ databaseId, name: 'Pharos' }).catch(made);
    await tables.createTable({ databaseId, tableId: TABLE, name: 'Alerts', columns: [...COLUMNS], indexes: [...INDEXES] }).catch(made);
  }
  // Columns are made in the background.
  for (const until = Date.now() + READY_MS; ; await setTimeout(500)) {
    const { columns } = await tables.getTable({ databaseId, tableId: TABLE });
    if (columns.length < COLUMNS.length)
      throw new Error(
        `the table ${databaseId}.${TABLE} has ${columns.length} of ${COLUMNS.length} columns: delete it, and use Appwrite 1.9 or newer`,
      );
    if (columns.every((column) => String((column as { status?: unknown }).status) === 'available')) return;
    if (Date.now() > until) throw new Error(`Appwrite has not made the columns of ${databaseId}.${TABLE} within ${READY_MS / 1000} s`);
  }
}
