import { above, below, ruleTable } from '../../scripts/rules/table.ts';

const RUNS = 'pharos_vector_search_runs_total';
const SUCCESS = 'pharos_vector_search_last_success_timestamp_seconds';
const TIMEOUT = 'pharos_vector_search_errors_total{reason="timeout"}';
const OTHER = 'pharos_vector_search_errors_total{reason="other"}';
const CONNECTION = 'pharos_vector_search_errors_total{reason="connection"}';
const RECALL_TIMEOUT = 'pharos_vector_recall_errors_total{reason="timeout"}';
const RECALLED = 'pharos_vector_recall_last_success_timestamp_seconds';
const MISSING = 'pharos_vector_search_errors_total{reason="missing"}';
/** A counter that grows by one in every `scrapes`. */
const steps = (start: number, scrapes: number, count: number): string =>
  Array.from({ length: count }, (_, index) => `${start + index}x${scrapes - 1}`).join(' ');

export default ruleTable({
  category: 'database',
  labels: { job: 'vector', instance: 'shop', service: 'shop', database: 'app' },
  alerts: [
    {
      alert: 'VectorExporterDown',
      severity: 'critical',
      every: '5s',
      scrape: '10s',
      series: { up: '1x3 0' },
      from: '2m40s',
      silent: { 'through a restart': { up: '1x3 0x10 1' }, 'about other jobs': 'job="postgres"' },
    },
    {
      alert: 'VectorDatabaseDown',
      severity: 'critical',
      every: '5s',
      scrape: '10s',
      series: { pharos_vector_up: '1x3 0' },
      from: '1m30s',
      fires: {
        'where another server is down, or something else about this one': {
          change: {
            'ALERTS{alertname="PostgreSQLDown", alertstate="firing", instance="other"}': '_x3 1',
            'ALERTS{alertname="PostgreSQLHighConnections", alertstate="firing"}': '_x3 1',
          },
          from: '1m30s',
        },
      },
      silent: {
        'through a restart': { pharos_vector_up: '1x3 0x4 1' },
        'where the whole server is down': { 'ALERTS{alertname="PostgreSQLDown", alertstate="pending"}': '_x3 1' },
      },
    },
    {
      alert: 'VectorSearchSlow',
      severity: 'warning',
      labels: { canary: 'nearest' },
      result: { job: '' },
      series: {
        'pharos_vector_search_duration_seconds_bucket{le="0.25"}': '0+94',
        'pharos_vector_search_duration_seconds_bucket{le="0.5"}': '0+100',
        'pharos_vector_search_duration_seconds_bucket{le="1"}': '0+100',
        'pharos_vector_search_duration_seconds_bucket{le="+Inf"}': '0+100',
      },
      from: '30m15s',
      shown: '291.7ms',
      fires: {
        'between 0.25 and 0.3 seconds': {
          change: {
            'pharos_vector_search_duration_seconds_bucket{le="0.5"}': null,
            'pharos_vector_search_duration_seconds_bucket{le="1"}': null,
            'pharos_vector_search_duration_seconds_bucket{le="0.25"}': 0,
            'pharos_vector_search_duration_seconds_bucket{le="0.3"}': '0+10',
            'pharos_vector_search_duration_seconds_bucket{le="+Inf"}': '0+10',
          },
          from: '30m15s',
          shown: '297.5ms',
        },
      },
      silent: {
        'when one search in a hundred is slow, or all are just fast enough': {
          'pharos_vector_search_duration_seconds_bucket{le="1"}': null,
          'pharos_vector_search_duration_seconds_bucket{le="0.25"}': '0+99',
        },
        'through ten minutes in which every search is slow': {
          'pharos_vector_search_duration_seconds_bucket{le="0.25"}': '0x40 0+100',
        },
        'when one search of a quarter of an hour is slow': {
          'pharos_vector_search_duration_seconds_bucket{le="1"}': null,
          'pharos_vector_search_duration_seconds_bucket{le="0.1"}': '0+1x19 19+1',
          'pharos_vector_search_duration_seconds_bucket{le="0.25"}': '0+1x19 19+1',
          'pharos_vector_search_duration_seconds_bucket{le="0.5"}': '0+1',
          'pharos_vector_search_duration_seconds_bucket{le="+Inf"}': '0+1',
        },
      },
    },
    {
      alert: 'VectorSearchVerySlow',
      severity: 'critical',
      labels: { canary: 'nearest' },
      result: { job: '' },
      series: {
        'pharos_vector_search_duration_seconds_bucket{le="1"}': '0+989',
        'pharos_vector_search_duration_seconds_bucket{le="2.5"}': '0+1000',
        'pharos_vector_search_duration_seconds_bucket{le="+Inf"}': '0+1000',
      },
      from: '5m15s',
      shown: '1.136s',
      fires: {
        'at 1.95 slow searches in two minutes': {
          change: {
            'pharos_vector_search_duration_seconds_bucket{le="1"}': '0+0.756',
            'pharos_vector_search_duration_seconds_bucket{le="2.5"}': '0+1',
            'pharos_vector_search_duration_seconds_bucket{le="+Inf"}': '0+1',
          },
          from: '6m45s',
          shown: '2.439s',
        },
        'between 1 and 1.2 seconds': {
          change: {
            'pharos_vector_search_duration_seconds_bucket{le="2.5"}': null,
            'pharos_vector_search_duration_seconds_bucket{le="1"}': 0,
            'pharos_vector_search_duration_seconds_bucket{le="1.2"}': '0+10',
            'pharos_vector_search_duration_seconds_bucket{le="+Inf"}': '0+10',
          },
          from: '5m15s',
          shown: '1.198s',
        },
      },
      silent: {
        'at a second': {
          'pharos_vector_search_duration_seconds_bucket{le="0.5"}': 0,
          'pharos_vector_search_duration_seconds_bucket{le="1"}': '0+20',
          'pharos_vector_search_duration_seconds_bucket{le="2.5"}': '0+20',
          'pharos_vector_search_duration_seconds_bucket{le="+Inf"}': '0+20',
        },
        'when one search in two hundred is that slow': {
          'pharos_vector_search_duration_seconds_bucket{le="1"}': '0+199',
          'pharos_vector_search_duration_seconds_bucket{le="2.5"}': '0+200',
          'pharos_vector_search_duration_seconds_bucket{le="+Inf"}': '0+200',
        },
        'through two minutes of a cold cache': {
          'pharos_vector_search_duration_seconds_bucket{le="1"}': '0x10 0+100',
          'pharos_vector_search_duration_seconds_bucket{le="2.5"}': '0+100',
          'pharos_vector_search_duration_seconds_bucket{le="+Inf"}': '0+100',
        },
        'at a single slow search': {
          'pharos_vector_search_duration_seconds_bucket{le="1"}': '0+1x8 8 9+1',
          'pharos_vector_search_duration_seconds_bucket{le="2.5"}': '0+1',
          'pharos_vector_search_duration_seconds_bucket{le="+Inf"}': '0+1',
        },
      },
    },
    {
      alert: 'VectorSearchErrors',
      severity: 'critical',
      labels: { canary: 'nearest' },
      result: { job: '' },
      series: { [RUNS]: '0+50', [TIMEOUT]: '0+2', [MISSING]: '0+1', [SUCCESS]: 0 },
      from: '2m15s',
      shown: '6.0',
      watched: '25m',
      fires: {
        'at 6 %': { change: { [MISSING]: null, [TIMEOUT]: '0+3' }, from: '2m15s' },
        'where timeouts leave a canary one search a minute, and each of them fails': {
          change: { [MISSING]: null, [RUNS]: steps(0, 4, 40), [TIMEOUT]: steps(0, 4, 40) },
          from: '4m',
          shown: '100.0',
        },
        'where two searches in a quarter of an hour fail and none succeeds, of whatever reason': {
          change: { [MISSING]: null, [RUNS]: '1000x10 1001x40 1002', [TIMEOUT]: '1000x10 1001', [OTHER]: '1000x51 1001' },
          from: '15m',
          shown: '100.0',
        },
        'where three of five searches in a quarter of an hour fail': {
          change: { [MISSING]: null, [RUNS]: '1000x3 1001x9 1002x9 1003x9 1004x9 1005', [TIMEOUT]: '1000x3 1001x19 1002x9 1003' },
          at: '12m',
          shown: '60.0',
        },
        'where a canary that runs every half an hour never succeeds': {
          change: { [MISSING]: null, [RUNS]: steps(0, 120, 6), [TIMEOUT]: steps(0, 120, 6) },
          from: '1h2m',
          shown: '100.0',
        },
      },
      silent: {
        'at one in twenty': { [RUNS]: '0+20', [TIMEOUT]: '0+1', [MISSING]: 0 },
        'without searches': { [MISSING]: null, [RUNS]: 0, [TIMEOUT]: 0 },
        'at a single failure': { [MISSING]: null, [RUNS]: '0+1', [TIMEOUT]: '0x8 1' },
        'through a migration of a minute': { [MISSING]: null, [RUNS]: '0+1', [TIMEOUT]: '0x8 0+1x3 3' },
        'where there is no connection': { [MISSING]: null, [TIMEOUT]: null, [CONNECTION]: '0+50' },
        'about two failures that are further apart': {
          [MISSING]: null,
          [RUNS]: '1000x10 1001x69 1002',
          [TIMEOUT]: '1000x10 1001x69 1002',
        },
        'where two of five of few searches fail': {
          [MISSING]: null,
          // One search every half minute, and a failure every 75 seconds.
          [RUNS]: steps(1001, 2, 70),
          [TIMEOUT]: steps(1001, 5, 28),
        },
      },
    },
    {
      alert: 'VectorSearchWithoutIndex',
      severity: 'warning',
      labels: { canary: 'nearest' },
      series: {
        pharos_vector_search_uses_index: 0,
        pharos_vector_search_duration_seconds_sum: above('0+0.05', '0+0.06'),
        pharos_vector_search_duration_seconds_count: '0+1',
      },
      from: '15m15s',
      fires: { 'through a lost scrape': { change: { pharos_vector_search_uses_index: '0x20 stale 0' }, from: '15m15s' } },
      silent: { 'when the index is used': { pharos_vector_search_uses_index: 1, pharos_vector_search_duration_seconds_sum: '0+0.5' } },
    },
    {
      alert: 'VectorRecallLow',
      severity: 'warning',
      labels: { probe: 'products' },
      result: { index: 'products_idx', schema: 'public', table: 'products' },
      series: {
        'pharos_vector_recall_ratio{schema="public", table="products", index="products_idx"}': below(0.9, 0.89),
        pharos_vector_recall_target_ratio: 0.9,
      },
      from: '20m',
      shown: '89%',
      fires: {
        'through lost scrapes': {
          change: {
            'pharos_vector_recall_ratio{schema="public", table="products", index="products_idx"}': '0.89x20 stale 0.89',
            pharos_vector_recall_target_ratio: '0.9x30 stale 0.9',
          },
          from: '20m',
        },
      },
      silent: {
        'when the next comparison is good again': {
          'pharos_vector_recall_ratio{schema="public", table="products", index="products_idx"}': '0.8x60 0.95',
        },
      },
    },
    {
      alert: 'VectorRecallUnknown',
      severity: 'warning',
      labels: { probe: 'products' },
      result: { job: '' },
      scrape: '5m',
      every: '1m',
      series: {
        [RECALL_TIMEOUT]: '0x2 0+1x2 2x2 2+1x2 4x2 4+1x2 6x2 6+1x40',
        pharos_vector_recall_runs_total: '0+1',
        [RECALLED]: '0x2 600',
      },
      from: '1h15m',
      fires: {
        'when no comparison ever succeeded': { change: { [RECALLED]: null }, from: '25m' },
        'of a probe that runs once a day, from the day after its last success to the next': {
          change: {
            [RECALL_TIMEOUT]: '0x288 1x287 2x287 3x300 3',
            pharos_vector_recall_runs_total: '0 1x287 2x287 3x287 4x300 4',
            [RECALLED]: '300x864 259500',
          },
          from: '1d1h10m',
          until: '3d5m',
        },
      },
      silent: {
        'when one of an hour succeeds': { [RECALLED]: '0+1800x0 0x10 3300x10 6600x10 9900x20 9900' },
        'when none fails': { [RECALL_TIMEOUT]: 0 },
        'at a single failure of a probe that runs every three hours': {
          [RECALL_TIMEOUT]: '0x36 1',
          pharos_vector_recall_runs_total: '0 1x35 2x35 3',
          [RECALLED]: '300x72 21900',
        },
      },
    },
    {
      alert: 'VectorIndexMissing',
      severity: 'critical',
      labels: { schema: 'public', table: 'products', column: 'embedding' },
      scrape: '10s',
      series: { pharos_vector_vectors: above(10000, 10001), pharos_vector_column_indexed: 0 },
      from: '9m',
      shown: '10k',
      fires: {
        'through lost scrapes': {
          change: { pharos_vector_vectors: '10001x20 stale 10001', pharos_vector_column_indexed: '0x30 stale 0' },
          from: '9m',
        },
      },
      silent: {
        'where an index is': { pharos_vector_column_indexed: 1 },
        'while an index is built': { 'pharos_vector_build_seconds{column="", index=""}': '0+10x60 stale 620+10' },
        'where the index comes after nearly nine minutes': { pharos_vector_column_indexed: '0x53 1' },
      },
    },
    {
      alert: 'VectorIndexInvalid',
      severity: 'warning',
      labels: { schema: 'public', table: 'products', index: 'products_idx' },
      scrape: '10s',
      series: { pharos_vector_index_valid: '1 0', pharos_vector_index_building: 0 },
      from: '6m',
      fires: { 'through a lost scrape': { change: { pharos_vector_index_valid: '1 0x10 stale 0' }, from: '6m' } },
      silent: {
        'while it is being built': { pharos_vector_index_valid: 0, pharos_vector_index_building: '1x10 stale 1' },
        'about a valid one': { pharos_vector_index_valid: 1 },
      },
    },
    {
      alert: 'VectorIndexUnused',
      severity: 'warning',
      every: '15m',
      scrape: '5m',
      labels: { schema: 'public', table: 'products', index: 'products_idx' },
      series: { pharos_vector_index_scans_total: '0+20', pharos_vector_index_own_scans_total: '0+20', pharos_vector_index_valid: 1 },
      from: '1d1h',
      watched: '1d6h',
      fires: {
        'where a scrape of yesterday was lost': {
          change: { pharos_vector_index_valid: '1x3 stale 1' },
          from: '1d1h',
        },
        'where there is no canary either': {
          change: { pharos_vector_index_own_scans_total: null, pharos_vector_index_scans_total: 7 },
          from: '1d1h',
        },
        'at nine searches a day': {
          change: { pharos_vector_index_own_scans_total: null, pharos_vector_index_scans_total: '0x100 9' },
          from: '1d1h',
        },
      },
      silent: {
        'at ten searches a day': { pharos_vector_index_own_scans_total: null, pharos_vector_index_scans_total: '0x200 10' },
        'about an index of today': {
          pharos_vector_index_own_scans_total: null,
          pharos_vector_index_scans_total: '_x200 0',
          pharos_vector_index_valid: '_x200 1',
        },
        'about an index that was invalid yesterday': {
          pharos_vector_index_own_scans_total: null,
          pharos_vector_index_scans_total: 0,
          pharos_vector_index_valid: 0,
        },
      },
    },
    {
      alert: 'VectorIndexLargerThanMemory',
      severity: 'warning',
      result: { job: '', database: '' },
      series: {
        'pharos_vector_index_size_bytes{schema="public", table="products", index="products_idx"}': 600,
        'pharos_vector_index_size_bytes{database="other", schema="public", table="products", index="b"}': 601,
        pharos_vector_shared_buffers_bytes: 1200,
        'pharos_vector_shared_buffers_bytes{database="other"}': 1200,
      },
      from: '2h',
      shown: '100',
      fires: {
        'through lost scrapes': {
          change: {
            'pharos_vector_index_size_bytes{database="other", schema="public", table="products", index="b"}': '601x20 stale 601',
            pharos_vector_shared_buffers_bytes: '1200x30 stale 1200',
            'pharos_vector_shared_buffers_bytes{database="other"}': '1200x30 stale 1200',
          },
          from: '2h',
        },
      },
      silent: {
        'when they just fit': {
          'pharos_vector_index_size_bytes{database="other", schema="public", table="products", index="b"}': null,
          'pharos_vector_shared_buffers_bytes{database="other"}': null,
          'pharos_vector_index_size_bytes{schema="public", table="products", index="b"}': 600,
        },
      },
    },
    {
      alert: 'VectorIndexBuildStalled',
      severity: 'warning',
      labels: { schema: 'public', table: 'products', index: 'products_idx' },
      series: {
        pharos_vector_build_seconds: '0+15',
        pharos_vector_build_blocks_done: '0+1x10 10',
        pharos_vector_build_rows_done: '0+5x10 50',
      },
      from: '17m15s',
      shown: '17m 15s',
      fires: { 'through a lost scrape': { change: { pharos_vector_build_seconds: '0+15x60 stale 930+15' }, from: '17m15s' } },
      silent: {
        'about a build that began less than ten minutes ago': {
          pharos_vector_build_seconds: '0+5',
          pharos_vector_build_blocks_done: 10,
          pharos_vector_build_rows_done: 10,
        },
        'while blocks are read': { pharos_vector_build_blocks_done: '0+1', pharos_vector_build_rows_done: 0 },
        'while rows are put in': { pharos_vector_build_blocks_done: 5, pharos_vector_build_rows_done: '0+1' },
        'about a build that is nine minutes old': { pharos_vector_build_seconds: 550 },
      },
    },
    {
      alert: 'VectorInsertsStalled',
      severity: 'warning',
      labels: { schema: 'public', table: 'products' },
      series: { pharos_vector_waiting_writers: '0x3 3' },
      from: '3m45s',
      shown: '3',
      watched: '4m30s',
      silent: { 'when no one waits in one sample of a minute': { pharos_vector_waiting_writers: '3x1 0 3x2 0 3x2 0 3x2 0 3x2 0' } },
    },
    {
      alert: 'VectorCountFalling',
      severity: 'warning',
      labels: { schema: 'public', table: 'products', column: 'embedding' },
      series: { pharos_vector_vectors: '1200x60 1068' },
      from: '25m15s',
      shown: '11.0',
      fires: {
        'through a lost scrape': { change: { pharos_vector_vectors: '1200x60 1068x10 stale 1068' }, from: '25m15s' },
        'at 1,200 vectors': { change: { pharos_vector_vectors: '1200x10 900' }, from: '12m45s', shown: '25.0' },
      },
      silent: {
        'at 10 %': { pharos_vector_vectors: '2000x60 1800' },
        'about a table of a thousand': { pharos_vector_vectors: '1000x60 10' },
        'where it grows': { pharos_vector_vectors: '2000+10' },
      },
    },
    {
      alert: 'VectorExtensionMissing',
      severity: 'critical',
      series: { pharos_vector_extensions: '1 0' },
      from: '4m15s',
      silent: {
        'through a restore of nearly four minutes': { pharos_vector_extensions: '1 0x14 1' },
        'where there is one': { pharos_vector_extensions: 1 },
      },
    },
    {
      alert: 'VectorStatisticsStale',
      severity: 'warning',
      series: { pharos_vector_last_success_timestamp_seconds: 0 },
      from: '6m15s',
      shown: '6m 15s',
      silent: { 'at five minutes': { pharos_vector_last_success_timestamp_seconds: '0x20 300x3 450+15' } },
    },
    {
      alert: 'VectorCanaryFileWrong',
      severity: 'warning',
      series: { pharos_vector_canary_file_problems: '0 2' },
      from: '5m15s',
      shown: '2',
      fires: { 'through a lost scrape': { change: { pharos_vector_canary_file_problems: '0 2x10 stale 2' }, from: '5m15s' } },
      silent: { 'where every entry is right': { pharos_vector_canary_file_problems: 0 } },
    },
  ],
});
