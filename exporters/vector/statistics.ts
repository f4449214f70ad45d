import type pg from 'pg';
import { BUILDS, COLUMNS, EXTENSIONS, INDEXES, METHODS, MOST_ROWS, SERVER, TYPES } from './catalog.ts';
import { ask, readOnly, withClient, type Database, type Limits } from './connection.ts';

/** A column that holds vectors. */
export interface Column {
  readonly schema: string;
  readonly table: string;
  readonly column: string;
  readonly tableOid: number;
  readonly rows: number;
  readonly nullShare: number;
  readonly inserts: number;
  /** This user may count it, and the table is not locked. */
  readonly readable: boolean;
  /** A valid vector index covers it. */
  readonly indexed: boolean;
  readonly waitingWriters: number;
  /** All columns, listed or not. */
  readonly found: number;
  /** Values that are not null, counted where the table is small, else estimated. */
  readonly vectors: number;
  readonly exact: boolean;
}

export interface Index {
  readonly schema: string;
  readonly table: string;
  readonly index: string;
  readonly method: string;
  /** Bytes. */
  readonly size: number;
  readonly valid: boolean;
  readonly building: boolean;
  readonly scans: number;
  readonly hits: number;
  readonly reads: number;
  readonly found: number;
}

export interface Build {
  readonly schema: string;
  readonly table: string;
  readonly index: string;
  readonly phase: string;
  readonly blocksDone: number;
  readonly blocksTotal: number;
  readonly tuplesDone: number;
  readonly tuplesTotal: number;
  /** Since its statement began. */
  readonly seconds: number;
}

/** What one look at a database found. */
export interface Statistics {
  readonly sharedBuffers: number;
  readonly maintenanceMemory: number;
  readonly extensions: readonly { readonly extension: string; readonly version: string }[];
  readonly columns: readonly Column[];
  readonly indexes: readonly Index[];
  readonly builds: readonly Build[];
}

/** A table of up to this many rows is counted: a few milliseconds. All tables that are counted have at most ten times as many together. */
const COUNT_ROWS = 10_000;
const COUNT_ROWS_TOGETHER = 10 * COUNT_ROWS;

const LIMITS: Limits = { application: 'pharos-vector', statementMs: 5000 };

/** Looks at a database once. Throws what the driver throws: no connection, wrong password, a statement that takes too long. */
export async function collect(database: Database): Promise<Statistics> {
  return withClient(database, LIMITS, async (client) => {
    const statistics = await readOnly(client, LIMITS, () => read(client));
    const columns = await withCounts(client, statistics.columns);
    return { ...statistics, columns };
  });
}

async function read(client: pg.Client): Promise<Statistics> {
  const [server] = await ask<{ sharedBuffers: number; maintenanceMemory: number }>(client, SERVER);
  const extensions = await ask<{ extension: string; version: string }>(client, EXTENSIONS, [METHODS, TYPES]);
  const found = await ask<Omit<Column, 'vectors' | 'exact'>>(client, COLUMNS, [METHODS, TYPES, MOST_ROWS]);
  const indexes = await ask<Index>(client, INDEXES, [METHODS, MOST_ROWS]);
  const builds = await ask<Build>(client, BUILDS, [[...new Set(found.map(({ tableOid }) => tableOid))]]);
  const columns = found.map((column) => ({ ...column, vectors: Math.round(column.rows * (1 - column.nullShare)), exact: false }));
  return {
    sharedBuffers: server?.sharedBuffers ?? 0,
    maintenanceMemory: server?.maintenanceMemory ?? 0,
    extensions,
    columns,
    indexes,
    builds,
  };
}

/** The columns that are small enough to be counted, smallest first, within the bound for all of them together. */
export function countable<C extends Pick<Column, 'rows' | 'readable'>>(columns: readonly C[]): readonly C[] {
  let together = 0;
  return [...columns]
    .sort((a, b) => a.rows - b.rows)
    .filter(({ rows, readable }) => readable && rows <= COUNT_ROWS && (together += rows) <= COUNT_ROWS_TOGETHER);
}

/** Counts what is small. Where that fails (a table was locked or dropped meanwhile) the estimate stays. */
async function withCounts(client: pg.Client, columns: readonly Column[]): Promise<readonly Column[]> {
  const small = countable(columns);
  // All in one statement; where that fails, one by one, so that a table that cannot be counted spoils no other.
  const together = await count(client, small);
  const counted =
    together ?? new Map((await inTurn(small, async (column) => count(client, [column]))).flatMap((found) => [...(found ?? [])]));
  return columns.map((column) => {
    const vectors = counted.get(column);
    return vectors === undefined ? column : { ...column, vectors, exact: true };
  });
}

/** The number of values in each column; undefined where one of them cannot be counted. */
async function count(client: pg.Client, columns: readonly Column[]): Promise<ReadonlyMap<Column, number> | undefined> {
  if (columns.length === 0) return new Map();
  const quoted = (name: string): string => client.escapeIdentifier(name);
  const text = columns
    .map((one, at) => `SELECT ${at} AS at, count(${quoted(one.column)})::float8 AS vectors FROM ${quoted(one.schema)}.${quoted(one.table)}`)
    .join(' UNION ALL ');
  try {
    const rows = await readOnly(client, LIMITS, () => ask<{ at: number; vectors: number }>(client, text));
    return new Map(rows.flatMap(({ at, vectors }) => (columns[at] === undefined ? [] : [[columns[at], vectors] as const])));
  } catch {
    return undefined;
  }
}

async function inTurn<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}
