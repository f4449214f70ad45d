import { RowBuilder, type DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { board, figure, graph, list } from './common.ts';

const NO_CANARIES = 'no canary in exporters/vector/canaries.yml';
const OFF = 'the module vector is off';
const HIDDEN = ['__name__', 'job', 'service'];

function state(builder: DashboardBuilder): DashboardBuilder {
  return builder
    .withRow(new RowBuilder('State'))
    .withPanel(
      figure(
        {
          title: 'Databases',
          about: 'Databases that the exporter can query. Red: VectorDatabaseDown shows why.',
          unit: 'percentunit',
          off: OFF,
        },
        { warning: 1, critical: 1, below: true },
        ['avg(pharos_vector_up)', 'answer'],
      )
        .height(4)
        .span(6),
    )
    .withPanel(
      figure({ title: 'Vectors', about: 'Of all databases; large tables are estimated.', unit: 'short', off: OFF }, undefined, [
        'sum(pharos_vector_vectors)',
        'vectors',
      ])
        .height(4)
        .span(6),
    )
    .withPanel(
      figure(
        {
          title: 'Failed searches',
          about: 'Share of canary searches that failed in the last five minutes.',
          unit: 'percent',
          off: NO_CANARIES,
        },
        { warning: 1, critical: 5 },
        ['100 * sum(increase(pharos_vector_search_errors_total[5m])) / sum(increase(pharos_vector_search_runs_total[5m]))', 'failed'],
      )
        .height(4)
        .span(6),
    )
    .withPanel(
      figure(
        {
          title: 'Indexes / shared_buffers',
          about: 'The server with the largest indexes relative to its memory. Above 100 % searches wait for the disk.',
          unit: 'percent',
          off: OFF,
        },
        { warning: 80, critical: 100 },
        [
          '100 * max(sum by (instance) (pharos_vector_index_size_bytes) / max by (instance) (pharos_vector_shared_buffers_bytes))',
          'of shared_buffers',
        ],
      )
        .height(4)
        .span(6),
    );
}

function searches(builder: DashboardBuilder): DashboardBuilder {
  const quantile = (q: number): string =>
    `histogram_quantile(${q}, sum by (instance, database, canary, le) (rate(pharos_vector_search_duration_seconds_bucket[5m])))`;
  return builder
    .withRow(new RowBuilder('Searches'))
    .withPanel(
      graph(
        {
          title: 'Latency',
          about: 'p50, p95 and p99 of the canary searches. The alerts fire above 0.25 s (p95) and 1 s (p99).',
          unit: 's',
          off: NO_CANARIES,
        },
        [quantile(0.5), 'p50 {{instance}}/{{database}} {{canary}}'],
        [quantile(0.95), 'p95 {{instance}}/{{database}} {{canary}}'],
        [quantile(0.99), 'p99 {{instance}}/{{database}} {{canary}}'],
      )
        .height(8)
        .span(12),
    )
    .withPanel(
      graph({ title: 'Errors', about: 'Canary searches that failed, by reason.', unit: 'short', off: NO_CANARIES }, [
        'sum by (instance, database, canary, reason) (increase(pharos_vector_search_errors_total[5m])) > 0 or on (instance, database, canary) label_replace(0 * sum by (instance, database, canary) (pharos_vector_search_runs_total), "reason", "none", "", "")',
        '{{instance}}/{{database}} {{canary}}: {{reason}}',
      ])
        .height(8)
        .span(12),
    )
    .withPanel(
      graph(
        {
          title: 'Recall',
          about: 'Share of the nearest vectors that the index finds, and the target of each probe.',
          unit: 'percentunit',
          off: 'no recall probe in exporters/vector/canaries.yml',
        },
        ['pharos_vector_recall_ratio', '{{instance}}/{{database}} {{probe}}'],
        ['pharos_vector_recall_target_ratio', 'target of {{probe}}'],
      )
        .height(8)
        .span(12),
    )
    .withPanel(
      list(
        {
          title: 'Canaries',
          about: 'Did the last search use a vector index? 1: yes, 0: it read the table.',
          unit: 'short',
          off: NO_CANARIES,
        },
        'pharos_vector_search_uses_index',
        HIDDEN,
        'uses an index',
      )
        .height(8)
        .span(12),
    );
}

function tables(builder: DashboardBuilder): DashboardBuilder {
  return builder
    .withRow(new RowBuilder('Tables'))
    .withPanel(
      graph(
        { title: 'Vectors per column', about: 'The ten largest. A step down is a deletion, or a new estimate.', unit: 'short', off: OFF },
        ['topk(10, pharos_vector_vectors)', '{{database}} {{schema}}.{{table}}.{{column}}'],
      )
        .height(8)
        .span(8),
    )
    .withPanel(
      graph({ title: 'Inserts', about: 'Rows inserted per second into vector tables.', unit: 'ops', off: OFF }, [
        'topk(10, rate(pharos_vector_inserted_rows_total[5m]))',
        '{{database}} {{schema}}.{{table}}',
      ])
        .height(8)
        .span(8),
    )
    .withPanel(
      graph(
        {
          title: 'Waiting writers',
          about: 'Writers waiting for a lock, as during CREATE INDEX without CONCURRENTLY.',
          unit: 'short',
          off: OFF,
        },
        ['topk(10, pharos_vector_waiting_writers)', '{{database}} {{schema}}.{{table}}'],
      )
        .height(8)
        .span(8),
    )
    .withPanel(
      list(
        {
          title: 'Columns without an index',
          about: 'Vector columns without a valid index, with their number of vectors.',
          unit: 'short',
          off: 'none',
        },
        'pharos_vector_vectors and pharos_vector_column_indexed == 0',
        HIDDEN,
        'vectors',
      )
        .height(8)
        .span(24),
    );
}

function indexes(builder: DashboardBuilder): DashboardBuilder {
  return builder
    .withRow(new RowBuilder('Indexes'))
    .withPanel(
      graph({ title: 'Size', about: 'The ten largest vector indexes.', unit: 'bytes', off: 'no vector index' }, [
        'topk(10, pharos_vector_index_size_bytes)',
        '{{database}} {{index}}',
      ])
        .height(8)
        .span(8),
    )
    .withPanel(
      graph({ title: 'Searches', about: 'Scans per second, without the exporter’s own.', unit: 'ops', off: 'no vector index' }, [
        'clamp_min(rate(pharos_vector_index_scans_total[5m]) - (rate(pharos_vector_index_own_scans_total[5m]) or 0 * rate(pharos_vector_index_scans_total[5m])), 0)',
        '{{database}} {{index}}',
      ])
        .height(8)
        .span(8),
    )
    .withPanel(
      graph(
        {
          title: 'Blocks from memory',
          about: 'Share of index blocks that were in shared_buffers. Below 99 % searches wait.',
          unit: 'percentunit',
          off: 'no searches',
        },
        [
          'rate(pharos_vector_index_block_hits_total[5m]) / (rate(pharos_vector_index_block_hits_total[5m]) + rate(pharos_vector_index_block_reads_total[5m]) > 0)',
          '{{database}} {{index}}',
        ],
      )
        .height(8)
        .span(8),
    )
    .withPanel(
      graph(
        { title: 'Builds', about: 'Share of the table’s blocks that a running build has read.', unit: 'percentunit', off: 'no build' },
        ['pharos_vector_build_blocks_done / (pharos_vector_build_blocks > 0)', '{{database}} {{table}} {{index}}'],
      )
        .height(8)
        .span(12),
    )
    .withPanel(
      list(
        { title: 'Invalid indexes', about: 'Left behind by a failed build, unless being built.', unit: 'short', off: 'none' },
        'pharos_vector_index_valid == 0',
        HIDDEN,
        'valid',
      )
        .height(8)
        .span(12),
    );
}

/** Vector search in PostgreSQL. */
export function vector(): DashboardBuilder {
  return [state, searches, tables, indexes].reduce(
    (builder, section) => section(builder),
    board('vector', 'Vector search', 'Searches, recall and indexes of the databases in VECTOR_INSTANCES.'),
  );
}
