import { Counter, Gauge, type Registry } from 'prom-client';
import type { Build, Column, Index, Statistics } from './statistics.ts';

type Source<Row> = readonly [name: string, help: string, value: (row: Row) => number, labels: readonly (keyof Row & string)[]];

const COLUMN_LABELS = ['schema', 'table', 'column'] as const;
const COLUMNS: readonly Source<Column>[] = [
  ['vectors', 'Vectors in the column: counted in a small table, else estimated from statistics.', ({ vectors }) => vectors, COLUMN_LABELS],
  ['vectors_exact', 'Whether the vectors were counted.', ({ exact }) => Number(exact), COLUMN_LABELS],
  ['column_indexed', 'Whether a valid vector index covers the column.', ({ indexed }) => Number(indexed), COLUMN_LABELS],
];

const TABLE_LABELS = ['schema', 'table'] as const;
const TABLES: readonly Source<Column>[] = [
  ['waiting_writers', 'Writers that wait for a lock on the table.', ({ waitingWriters }) => waitingWriters, TABLE_LABELS],
  ['inserted_rows_total', 'Rows inserted into the table since its statistics were reset.', ({ inserts }) => inserts, TABLE_LABELS],
];

const INDEX_LABELS = ['schema', 'table', 'index'] as const;
const INDEXES: readonly Source<Index>[] = [
  ['index_info', 'A vector index and its method.', () => 1, [...INDEX_LABELS, 'method']],
  ['index_size_bytes', 'Size of the index.', ({ size }) => size, INDEX_LABELS],
  ['index_valid', 'Whether searches may use the index.', ({ valid }) => Number(valid), INDEX_LABELS],
  ['index_building', 'Whether the index is being built.', ({ building }) => Number(building), INDEX_LABELS],
  ['index_scans_total', 'Scans of the index since its statistics were reset.', ({ scans }) => scans, INDEX_LABELS],
  ['index_block_hits_total', 'Blocks of the index found in shared_buffers.', ({ hits }) => hits, INDEX_LABELS],
  ['index_block_reads_total', 'Blocks of the index asked from the operating system.', ({ reads }) => reads, INDEX_LABELS],
];

const BUILDS: readonly Source<Build>[] = [
  ['build_seconds', 'How long the build has been running.', ({ seconds }) => seconds, INDEX_LABELS],
  ['build_blocks_done', 'Blocks of the table that the build has read.', ({ blocksDone }) => blocksDone, INDEX_LABELS],
  ['build_blocks', 'Blocks of the table that the build reads.', ({ blocksTotal }) => blocksTotal, INDEX_LABELS],
  ['build_rows_done', 'Rows that the build has put into the index.', ({ tuplesDone }) => tuplesDone, INDEX_LABELS],
  ['build_phase_info', 'The phase that the build is in.', () => 1, [...INDEX_LABELS, 'phase']],
];

const SERVER: readonly Source<Statistics>[] = [
  ['shared_buffers_bytes', 'Setting shared_buffers: memory for blocks of tables and indexes.', ({ sharedBuffers }) => sharedBuffers, []],
  [
    'maintenance_work_mem_bytes',
    'Setting maintenance_work_mem: memory for an index build.',
    ({ maintenanceMemory }) => maintenanceMemory,
    [],
  ],
  [
    'extensions',
    'Extensions in the database that bring a vector type or a vector index method.',
    ({ extensions }) => extensions.length,
    [],
  ],
  ['columns', 'Columns of vectors in the database.', ({ columns }) => columns[0]?.found ?? 0, []],
  ['indexes', 'Vector indexes in the database.', ({ indexes }) => indexes[0]?.found ?? 0, []],
];

/** The metrics of what one look at a database found. Before the first look, and after `clear`, they have no samples. */
export function statisticsMetrics(registers: Registry[]): { readonly show: (statistics: Statistics) => void; readonly clear: () => void } {
  const shows = [
    family(SERVER, registers),
    family([['extension_info', 'A vector extension and its version.', () => 1, ['extension', 'version']]] as const, registers),
    family(COLUMNS, registers),
    family(TABLES, registers),
    family(INDEXES, registers),
    family(BUILDS, registers),
  ] as const;
  const show = ({ server, extensions, columns, indexes, builds }: Found): void => {
    const tables = [...new Map(columns.map((column) => [column.tableOid, column])).values()];
    shows[0](server);
    shows[1](extensions);
    shows[2](columns);
    shows[3](tables);
    shows[4](indexes);
    shows[5](builds);
  };
  const nothing: Found = { server: [], extensions: [], columns: [], indexes: [], builds: [] };
  show(nothing);
  return { show: (statistics) => show({ ...statistics, server: [statistics] }), clear: () => show(nothing) };
}

type Found = Pick<Statistics, 'extensions' | 'columns' | 'indexes' | 'builds'> & { readonly server: readonly Statistics[] };

/** Metrics that have one sample per row; those of the last rows are gone when new ones come. */
function family<Row extends object>(sources: readonly Source<Row>[], registers: Registry[]): (rows: readonly Row[]) => void {
  const metrics = sources.map(([name, help, value, labelNames]) => {
    const config = { name: `pharos_vector_${name}`, help, labelNames: [...labelNames], registers };
    const metric = name.endsWith('_total') ? new Counter(config) : new Gauge(config);
    return { metric, value, labelNames };
  });
  return (rows) => {
    for (const { metric, value, labelNames } of metrics) {
      metric.reset();
      // Without labels `reset` leaves a zero, which no one measured.
      if (labelNames.length === 0) metric.remove();
      for (const row of rows) metric.inc(labelsOf(row, labelNames), value(row));
    }
  };
}

function labelsOf<Row extends object>(row: Row, names: readonly (keyof Row & string)[]): Record<keyof Row & string, string> {
  return Object.fromEntries(names.map((name) => [name, String(row[name])])) as Record<keyof Row & string, string>;
}
