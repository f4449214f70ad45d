/** Index methods that search vectors: pgvector's, and those of the other extensions for PostgreSQL. */
export const METHODS: readonly string[] = ['hnsw', 'ivfflat', 'lantern_hnsw', 'diskann', 'vchordrq', 'vchordg', 'vectors'];

/** Types that hold a vector. A column of any type with one of the indexes above counts too. */
export const TYPES: readonly string[] = ['vector', 'halfvec', 'sparsevec'];

/** Maximum rows of each list: more would be a database whose tables are made by a program, and too many series. */
export const MOST_ROWS = 300;

/** What the server has. */
export const SERVER = `
  SELECT pg_size_bytes(current_setting('shared_buffers'))::float8 AS "sharedBuffers",
         pg_size_bytes(current_setting('maintenance_work_mem'))::float8 AS "maintenanceMemory"`;

/** The extensions that bring a vector type or a vector index method. $1 methods, $2 types. */
export const EXTENSIONS = `
  SELECT e.extname AS extension, e.extversion AS version
    FROM pg_extension e
   WHERE EXISTS (
           SELECT FROM pg_depend d
            WHERE d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e'
              AND (d.classid = 'pg_am'::regclass AND d.objid IN (SELECT oid FROM pg_am WHERE amname = ANY ($1))
                   OR d.classid = 'pg_type'::regclass AND d.objid IN (SELECT oid FROM pg_type WHERE typname = ANY ($2))))`;

/** Relations with a held or requested exclusive lock: reading their size would block. */
const LOCKED = `
  SELECT relation FROM pg_locks
   WHERE locktype = 'relation' AND mode = 'AccessExclusiveLock'
     AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;

/** The size of a relation in bytes, from the catalog (as of its last VACUUM) where it is locked. */
const sizeOf = (relation: string): string => `
  CASE WHEN ${relation}.oid IN (SELECT relation FROM locked)
       THEN ${relation}.relpages::float8 * current_setting('block_size')::float8
       ELSE coalesce(pg_relation_size(${relation}.oid), 0)::float8 END`;

/**
 * Columns of vectors, the largest tables first. The number of rows is the planner's: rows per page as of the last ANALYZE times the pages of now; of a
 * table that was never analyzed the counter of live rows. $1 methods, $2 types, $3 most rows.
 */
export const COLUMNS = `
  WITH locked AS (${LOCKED})
  SELECT n.nspname AS schema, c.relname AS "table", a.attname AS "column", c.oid AS "tableOid",
         CASE WHEN c.reltuples < 0 OR c.relpages = 0 THEN coalesce(s.n_live_tup, 0)::float8
              ELSE c.reltuples::float8 / c.relpages * ${sizeOf('c')} / current_setting('block_size')::float8 END AS rows,
         coalesce(st.null_frac, 0)::float8 AS "nullShare",
         coalesce(s.n_tup_ins, 0)::float8 AS inserts,
         has_column_privilege(c.oid, a.attnum, 'SELECT') AND c.relispopulated AND c.oid NOT IN (SELECT relation FROM locked) AS readable,
         EXISTS (SELECT FROM pg_index i
                   JOIN pg_class ic ON ic.oid = i.indexrelid
                   JOIN pg_am am ON am.oid = ic.relam AND am.amname = ANY ($1)
                  WHERE i.indrelid = c.oid AND i.indisvalid AND i.indisready AND uses.of(i.indexrelid)) AS indexed,
         (SELECT count(*) FROM pg_locks l WHERE l.relation = c.oid AND NOT l.granted AND l.mode = 'RowExclusiveLock')::float8 AS "waitingWriters",
         count(*) OVER ()::float8 AS found
    FROM pg_attribute a
    JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'm') AND c.relpersistence <> 't'
    JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname NOT IN ('pg_catalog', 'information_schema')
    JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_type base ON base.oid = t.typbasetype
    LEFT JOIN pg_stat_all_tables s ON s.relid = c.oid
    LEFT JOIN pg_stats st ON st.schemaname = n.nspname AND st.tablename = c.relname AND st.attname = a.attname AND NOT st.inherited
   WHERE a.attnum > 0 AND NOT a.attisdropped
     AND (coalesce(base.typname, t.typname) = ANY ($2)
          OR EXISTS (SELECT FROM pg_index i
                       JOIN pg_class ic ON ic.oid = i.indexrelid
                       JOIN pg_am am ON am.oid = ic.relam AND am.amname = ANY ($1)
                      WHERE i.indrelid = c.oid AND uses.of(i.indexrelid)))
   ORDER BY c.relpages DESC, 1, 2, 3
   LIMIT $3`.replaceAll(
  'uses.of(i.indexrelid)',
  // Also where the index is on an expression, such as (embedding::halfvec(1536)).
  `EXISTS (SELECT FROM pg_depend d
             WHERE d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid
               AND d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid AND d.refobjsubid = a.attnum)`,
);

/** Vector indexes, the largest first. $1 methods, $2 most rows. */
export const INDEXES = `
  WITH locked AS (${LOCKED})
  SELECT n.nspname AS schema, c.relname AS "table", ic.relname AS "index", am.amname AS method,
         ${sizeOf('ic')} AS size,
         i.indisvalid AND i.indisready AS valid,
         EXISTS (SELECT FROM pg_stat_progress_create_index p WHERE p.index_relid = ic.oid) AS building,
         coalesce(s.idx_scan, 0)::float8 AS scans,
         coalesce(io.idx_blks_hit, 0)::float8 AS hits,
         coalesce(io.idx_blks_read, 0)::float8 AS reads,
         count(*) OVER ()::float8 AS found
    FROM pg_index i
    JOIN pg_class ic ON ic.oid = i.indexrelid AND ic.relkind = 'i' AND ic.relpersistence <> 't'
    JOIN pg_am am ON am.oid = ic.relam AND am.amname = ANY ($1)
    JOIN pg_class c ON c.oid = i.indrelid
    JOIN pg_namespace n ON n.oid = ic.relnamespace
    LEFT JOIN pg_stat_all_indexes s ON s.indexrelid = ic.oid
    LEFT JOIN pg_statio_all_indexes io ON io.indexrelid = ic.oid
   ORDER BY ic.relpages DESC, 1, 2, 3
   LIMIT $2`;

/** Index builds under way on the given tables ($1 oids). A build that is not CONCURRENTLY has no name that others could see yet. */
export const BUILDS = `
  SELECT n.nspname AS schema, c.relname AS "table", coalesce(max(ic.relname), '') AS "index", max(p.phase) AS phase,
         sum(p.blocks_done)::float8 AS "blocksDone", sum(p.blocks_total)::float8 AS "blocksTotal",
         sum(p.tuples_done)::float8 AS "tuplesDone", sum(p.tuples_total)::float8 AS "tuplesTotal",
         coalesce(max(extract(epoch FROM clock_timestamp() - a.query_start)), 0)::float8 AS seconds
    FROM pg_stat_progress_create_index p
    JOIN pg_class c ON c.oid = p.relid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_class ic ON ic.oid = p.index_relid
    LEFT JOIN pg_stat_activity a ON a.pid = p.pid
   WHERE p.datname = current_database() AND p.relid = ANY ($1)
   GROUP BY n.nspname, c.relname, p.index_relid`;

/** How often this transaction itself has used each vector index so far. $1 methods. */
export const OWN_SCANS = `
  SELECT n.nspname AS schema, c.relname AS "table", ic.relname AS "index", pg_stat_get_xact_numscans(ic.oid)::float8 AS scans
    FROM pg_index i
    JOIN pg_class ic ON ic.oid = i.indexrelid
    JOIN pg_am am ON am.oid = ic.relam AND am.amname = ANY ($1)
    JOIN pg_class c ON c.oid = i.indrelid
    JOIN pg_namespace n ON n.oid = ic.relnamespace
   WHERE pg_stat_get_xact_numscans(ic.oid) > 0`;
