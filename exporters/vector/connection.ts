import type { Duplex } from 'node:stream';
import pg from 'pg';
import { ProbeError } from './reasons.ts';

/** One database under watch. */
export interface Database {
  /** How it is named in a scrape: `shop`, or `shop/app` for another database of the same server. */
  readonly target: string;
  /** The server: connections are limited per server. */
  readonly instance: string;
  readonly url: string;
  readonly password: string;
}

export interface Limits {
  /** Shown in pg_stat_activity. */
  readonly application: string;
  /** Longest statement, in ms. */
  readonly statementMs: number;
}

/** A server that does not answer its door within this time is taken for gone. */
const CONNECT_MS = 3000;
/** How much longer than PostgreSQL's own limit the driver waits: a server that hangs never gets to cancel anything. */
const GRACE_MS = 2000;
/**
 * The most that one connection may be sent. 1,000 vectors of 1,536 dimensions are 20 MiB; the driver doubles its buffer until a row fits into it, so
 * that one beyond 32 MiB would take all the memory that the exporter has.
 */
const MOST_BYTES = 24 * 1024 * 1024;
/** Longest wait for a lock: the exporter never queues behind a migration, nor makes others queue behind itself. */
const LOCK_MS = 500;

type Ssl = pg.ClientConfig['ssl'];

/** What `sslmode` means, as libpq reads it; absent means `require`, as for the postgres exporter. */
export function sslOf(mode: string | null): NonNullable<Ssl> {
  if (mode === 'disable') return false;
  if (mode === 'verify-full') return { rejectUnauthorized: true };
  if (mode === 'verify-ca') return { rejectUnauthorized: true, checkServerIdentity: () => undefined };
  return { rejectUnauthorized: false };
}

/** Opens a connection, hands it over and closes it, whatever happens. Throws what the driver or the given function throws. */
export async function withClient<T>(database: Database, limits: Limits, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = await connect(database, limits);
  try {
    return await use(client);
  } finally {
    // Closes politely, or at once where a query is still under way.
    await Promise.race([client.end().catch(() => undefined), new Promise((resolve) => setTimeout(resolve, 1000).unref())]);
  }
}

async function connect(database: Database, limits: Limits): Promise<pg.Client> {
  const mode = new URL(database.url).searchParams.get('sslmode');
  try {
    return await open(database, limits, sslOf(mode));
  } catch (failure) {
    if ((mode === 'prefer' || mode === 'allow') && String(failure).includes('does not support SSL')) return open(database, limits, false);
    throw failure;
  }
}

async function open({ url, password }: Database, { application, statementMs }: Limits, ssl: NonNullable<Ssl>): Promise<pg.Client> {
  const { hostname, port, username, pathname } = new URL(url);
  const user = decodeURIComponent(username);
  const client = new pg.Client({
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(port || 5432),
    user,
    password,
    database: decodeURIComponent(pathname.slice(1)) || user,
    ssl,
    application_name: application,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: statementMs + GRACE_MS,
  });
  // A connection that breaks between two queries says so here; the next query fails with the reason.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (failure) {
    // Where the login fails on this side (no password at hand) the driver leaves the connection open, and the server waits for a minute:
    // look after look, until it has none left.
    streamOf(client).destroy();
    throw failure;
  }
  limitBytes(client);
  return client;
}

const streamOf = (client: pg.Client): Duplex =>
  (client as unknown as { readonly connection: { readonly stream: Duplex } }).connection.stream;

/** Ends the connection, and with it the query, when more comes than fits. The driver itself collects whatever the server sends. */
function limitBytes(client: pg.Client): void {
  const stream = streamOf(client);
  let received = 0;
  stream.on('data', (chunk: Buffer) => {
    received += chunk.length;
    if (received > MOST_BYTES && !stream.destroyed)
      stream.destroy(
        new ProbeError('result', `the query gives more than ${MOST_BYTES / 1024 / 1024} MiB; select fewer or smaller columns`),
      );
  });
}

/** Runs one statement by the extended protocol, which refuses a second one behind a semicolon. */
export async function ask<Row extends object>(client: pg.Client, text: string, values: readonly unknown[] = []): Promise<Row[]> {
  const config: pg.QueryConfig & { readonly queryMode: 'extended' } = { text, values: [...values], queryMode: 'extended' };
  return (await client.query<Row & pg.QueryResultRow>(config)).rows;
}

/**
 * Runs the given function in a transaction that cannot write and sees one state of the database. It is committed, because PostgreSQL counts those
 * that are rolled back as failures of an application; one in which something failed is rolled back by that too.
 */
export async function readOnly<T>(client: pg.Client, { statementMs }: Limits, use: () => Promise<T>): Promise<T> {
  await client.query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
  try {
    await ask(client, "SELECT set_config('statement_timeout', $1, true), set_config('lock_timeout', $2, true)", [
      `${statementMs}ms`,
      `${LOCK_MS}ms`,
    ]);
    return await use();
  } finally {
    await client.query('COMMIT').catch(() => undefined);
  }
}
