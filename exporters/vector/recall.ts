import type pg from 'pg';
import { applySettings, limitsOf, ownScans, planOf, type OwnScan } from './canary.ts';
import type { RecallProbe } from './canaries.ts';
import { ask, readOnly, withClient, type Database } from './connection.ts';
import { ProbeError } from './reasons.ts';

export interface RecallResult {
  /** From 0 to 1, the mean of all samples. */
  readonly recall: number;
  readonly samples: number;
  /** Labels of the index. */
  readonly index: { readonly schema: string; readonly table: string; readonly index: string };
  readonly ownScans: readonly OwnScan[];
}

interface IndexFacts {
  readonly schema: string;
  readonly table: string;
  readonly index: string;
  /** The indexed expression, the condition of a partial index, the type that is compared and the operator that measures distance, as SQL. */
  readonly expression: string;
  readonly condition: string | null;
  readonly type: string;
  readonly operator: string | null;
  readonly rows: number;
  readonly valid: boolean;
}

const INDEX = `
  SELECT n.nspname AS schema, c.relname AS "table", ic.relname AS "index",
         pg_get_indexdef(ic.oid, 1, false) AS expression, pg_get_expr(i.indpred, i.indrelid) AS condition,
         format_type(a.atttypid, a.atttypmod) AS type, c.reltuples::float8 AS rows, i.indisvalid AS valid,
         (SELECT format('OPERATOR(%I.%s)', opn.nspname, o.oprname)
            FROM pg_opclass oc
            JOIN pg_amop ao ON ao.amopfamily = oc.opcfamily AND ao.amoppurpose = 'o'
            JOIN pg_operator o ON o.oid = ao.amopopr
            JOIN pg_namespace opn ON opn.oid = o.oprnamespace
           WHERE oc.oid = i.indclass[0] LIMIT 1) AS operator
    FROM pg_class ic
    JOIN pg_index i ON i.indexrelid = ic.oid
    JOIN pg_class c ON c.oid = i.indrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = ic.oid AND a.attnum = 1
   WHERE ic.oid = to_regclass($1)`;

/** Rounding differs between the two ways of computing a distance: that much is no miss. */
const TOLERANCE = 1e-6;

/**
 * The share of the truly nearest that the approximate search found. Distances are compared, not rows: of two rows that are equally far either is right.
 *
 * @param approximate distances that the index found
 * @param exact the smallest distances there are
 */
export function recallOf(approximate: readonly number[], exact: readonly number[]): number {
  const farthest = exact.at(-1);
  if (farthest === undefined) return 1;
  const bound = farthest + Math.abs(farthest) * TOLERANCE + Number.EPSILON;
  return Math.min(1, approximate.filter((distance) => distance <= bound).length / exact.length);
}

/** Runs a recall probe once, in one transaction: both searches see the same rows. Throws what the driver throws, or a `ProbeError`. */
export async function runRecall(database: Database, probe: RecallProbe): Promise<RecallResult> {
  const limits = limitsOf(probe);
  return withClient(database, limits, (client) =>
    readOnly(client, limits, async () => {
      const facts = await indexFacts(client, probe);
      const table = [facts.schema, facts.table].map((part) => client.escapeIdentifier(part)).join('.');
      const vectors = await sample(client, facts, table, probe.samples);
      if (vectors.length === 0) throw new ProbeError('result', `${facts.table} holds no vector to search for`);
      // After the sample has loaded the extension: before, PostgreSQL takes any name and any value, and forgets them later.
      await applySettings(client, probe.settings);
      const distance = `(${facts.expression}) ${facts.operator ?? ''} $1::${facts.type}`;
      const where = facts.condition === null ? '' : `WHERE ${facts.condition}`;
      const search = `SELECT (${distance})::float8 AS distance FROM ${table} ${where} ORDER BY ${distance} LIMIT ${Math.round(probe.k)}`;
      const found: { readonly approximate: readonly number[]; readonly exact: readonly number[] }[] = [];
      for (const [number, vector] of vectors.entries()) {
        await applySettings(client, { enable_seqscan: 'off', enable_sort: 'off', enable_indexscan: 'on' });
        if (number === 0) await requireIndex(client, search, vector, facts.index);
        const approximate = await distances(client, search, vector);
        await applySettings(client, { enable_seqscan: 'on', enable_sort: 'on', enable_indexscan: 'off', enable_bitmapscan: 'off' });
        found.push({ approximate, exact: await distances(client, search, vector) });
      }
      const recalls = found.map(({ approximate, exact }) => recallOf(approximate, exact));
      const { schema, table: name, index } = facts;
      return {
        recall: recalls.reduce((sum, value) => sum + value, 0) / recalls.length,
        samples: recalls.length,
        index: { schema, table: name, index },
        ownScans: await ownScans(client),
      };
    }),
  );
}

async function indexFacts(client: pg.Client, { index, maxRows }: RecallProbe): Promise<IndexFacts> {
  const [facts] = await ask<IndexFacts>(client, INDEX, [index]);
  if (facts === undefined) throw new ProbeError('missing', `there is no index ${index}`);
  if (facts.operator === null) throw new ProbeError('missing', `${index} is no index that finds what is nearest`);
  if (!facts.valid) throw new ProbeError('missing', `${index} is not valid: it is being built, or its build failed`);
  if (facts.rows > maxRows)
    throw new ProbeError(
      'result',
      `${facts.table} has some ${Math.round(facts.rows)} rows, more than max_rows (${maxRows}): it is not searched exactly`,
    );
  return facts;
}

/** Vectors of the table itself, from blocks all over it; of a small table from all of it. */
async function sample(client: pg.Client, facts: IndexFacts, table: string, count: number): Promise<readonly string[]> {
  const conditions = [`(${facts.expression}) IS NOT NULL`, ...(facts.condition === null ? [] : [facts.condition])].join(' AND ');
  const query = (percent: number): string =>
    `SELECT (${facts.expression})::text AS vector FROM ${table} TABLESAMPLE SYSTEM (${percent}) WHERE ${conditions} ORDER BY random() LIMIT ${Math.round(count)}`;
  // Ten times as many rows as are wanted, so that they come from more than one corner of the table.
  const percent = Math.min(100, Math.max(0.01, (1000 * count) / Math.max(1, facts.rows)));
  const some = await ask<{ vector: string }>(client, query(percent));
  const rows = some.length >= count || percent === 100 ? some : await ask<{ vector: string }>(client, query(100));
  return rows.map(({ vector }) => vector);
}

async function requireIndex(client: pg.Client, search: string, vector: string, index: string): Promise<void> {
  const nodes = await planOf(client, search, [vector]);
  if (!nodes.some((node) => node['Index Name'] === index))
    throw new ProbeError('result', `the planner does not use ${index} for a search that it is made for`);
}

async function distances(client: pg.Client, search: string, vector: string): Promise<readonly number[]> {
  const rows = await ask<{ distance: number | null }>(client, search, [vector]);
  return rows.flatMap(({ distance }) => (distance === null || Number.isNaN(distance) ? [] : [distance]));
}
