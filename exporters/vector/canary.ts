import type pg from 'pg';
import type { Canary } from './canaries.ts';
import { METHODS, OWN_SCANS } from './catalog.ts';
import { ask, readOnly, withClient, type Database, type Limits } from './connection.ts';
import { ProbeError } from './reasons.ts';

/** Index scans that a probe itself caused: they count in PostgreSQL's statistics, but are not searches of users. */
export interface OwnScan {
  readonly schema: string;
  readonly table: string;
  readonly index: string;
  readonly scans: number;
}

export interface CanaryResult {
  /** From the query's start until its last row was here. */
  readonly seconds: number;
  readonly rows: number;
  /** The plan searches by a vector index. */
  readonly usesIndex: boolean;
  readonly ownScans: readonly OwnScan[];
}

/** A search that gives more rows than this is none; the rest is not fetched. */
const MOST_ROWS = 1000;

const APPLICATION = 'pharos-vector-canary';

export const limitsOf = ({ timeoutMs }: { readonly timeoutMs: number }): Limits => ({ application: APPLICATION, statementMs: timeoutMs });

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly Plans?: readonly PlanNode[];
}

/** Every node of a plan, from the top down. */
export function planNodes(node: PlanNode): readonly PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(planNodes)];
}

/** The plan of a query. EXPLAIN takes nothing that ends a transaction or changes a setting, and runs nothing. */
export async function planOf(client: pg.Client, query: string, values: readonly unknown[] = []): Promise<readonly PlanNode[]> {
  const rows = await ask<{ 'QUERY PLAN': readonly { readonly Plan: PlanNode }[] }>(client, `EXPLAIN (FORMAT JSON) ${query}`, values);
  return rows.flatMap((row) => row['QUERY PLAN'].flatMap(({ Plan }) => planNodes(Plan)));
}

/** Sets settings for the rest of the transaction. */
export async function applySettings(client: pg.Client, settings: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, value] of Object.entries(settings)) await ask(client, 'SELECT set_config($1, $2, true)', [name, value]);
}

export async function ownScans(client: pg.Client): Promise<readonly OwnScan[]> {
  return ask<OwnScan>(client, OWN_SCANS, [METHODS]);
}

/** Whether one of the names is that of a vector index. */
async function anyVectorIndex(client: pg.Client, names: readonly string[]): Promise<boolean> {
  if (names.length === 0) return false;
  const text = 'SELECT FROM pg_class c JOIN pg_am am ON am.oid = c.relam AND am.amname = ANY ($1) WHERE c.relname = ANY ($2) LIMIT 1';
  return (await ask(client, text, [METHODS, names])).length > 0;
}

/**
 * Runs a canary once, on a connection of its own. The plan is asked for first: it says what is wrong with the query, and loads the extension and
 * the catalog, which a search on a connection that has been open for a while does not wait for either. Only the search itself is timed.
 * Throws what the driver throws, or a `ProbeError`.
 */
export async function runCanary(database: Database, canary: Canary): Promise<CanaryResult> {
  const limits = limitsOf(canary);
  return withClient(database, limits, (client) =>
    readOnly(client, limits, async () => {
      await applySettings(client, { cursor_tuple_fraction: '1' });
      let nodes = await planOf(client, canary.query);
      if (Object.keys(canary.settings).length > 0) {
        // After the plan has loaded the extension: before, PostgreSQL takes any name and any value, and forgets them later.
        await applySettings(client, canary.settings);
        nodes = await planOf(client, canary.query);
      }
      if (nodes.some((node) => node['Node Type'] === 'ModifyTable'))
        throw new ProbeError('write', 'the query wants to write; a canary may only read');
      const usesIndex = await anyVectorIndex(
        client,
        nodes.flatMap((node) => node['Index Name'] ?? []),
      );
      const began = process.hrtime.bigint();
      await ask(client, `DECLARE canary NO SCROLL CURSOR FOR ${canary.query}`);
      const rows = (await ask(client, `FETCH FORWARD ${MOST_ROWS + 1} FROM canary`)).length;
      const seconds = Number(process.hrtime.bigint() - began) / 1e9;
      if (rows > MOST_ROWS) throw new ProbeError('result', `the query gives more than ${MOST_ROWS} rows; end it with LIMIT`);
      if (rows < canary.minRows) throw new ProbeError('result', `the query gives ${rows} rows, at least ${canary.minRows} are expected`);
      return { seconds, rows, usesIndex, ownScans: await ownScans(client) };
    }),
  );
}
