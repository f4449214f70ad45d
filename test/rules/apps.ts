import { above, below, down, ruleTable } from '../../scripts/rules/table.ts';

const OK = 'http_request_duration_seconds_count{method="GET", route="/", status_code="200"}';
const FAILED = 'http_request_duration_seconds_count{method="GET", route="/", status_code="500"}';

export default ruleTable({
  category: 'application',
  labels: { job: 'apps', service: 'shop', instance: 'backend' },
  alerts: [
    down('ServiceDown', 'up', { sms: true, silent: { 'about what is no application': { up: null, 'up{job="node"}': 0 } } }),
    {
      alert: 'HighErrorRate',
      severity: 'warning',
      result: { instance: '' },
      series: {
        [OK]: '0+989',
        [FAILED]: '0+11',
      },
      from: '5m15s',
      shown: '1.1',
      fires: {
        'at six errors in five minutes that are more than one in a hundred': {
          change: {
            [FAILED]: '0+0.3',
            [OK]: '0+10',
          },
          from: '9m15s',
          shown: '2.9',
        },
      },
      silent: {
        'at 1 %': {
          [OK]: '0+990',
          [FAILED]: '0+10',
        },
        'about four errors at night': {
          [OK]: null,
          [FAILED]: '0+1x4 4',
        },
        'without requests': {
          [OK]: 0,
          [FAILED]: 0,
        },
        'at four errors in five minutes': {
          [FAILED]: '0+0.2',
          [OK]: '0+10',
        },
      },
    },
    {
      alert: 'CriticalErrorRate',
      severity: 'critical',
      sms: true,
      result: { instance: '' },
      series: {
        [OK]: '0+94',
        [FAILED]: '0+6',
      },
      from: '30s',
      shown: '6.0',
      silent: {
        'at 5 %': {
          [OK]: '0+95',
          [FAILED]: '0+5',
        },
        'at four errors in a minute': {
          [FAILED]: '0+1',
          [OK]: '0+5',
        },
      },
    },
    {
      alert: 'SlowResponseTime',
      severity: 'warning',
      result: { instance: '' },
      series: {
        'http_request_duration_seconds_bucket{method="GET", route="/", status_code="200", le="2"}': below('0+99', '0+98'),
        'http_request_duration_seconds_bucket{method="GET", route="/", status_code="200", le="4"}': '0+100',
        'http_request_duration_seconds_bucket{method="GET", route="/", status_code="200", le="+Inf"}': '0+100',
        [OK]: '0+100',
      },
      from: '5m15s',
      shown: '3s',
      fires: {
        'between 2 and 2.5 seconds, at 12 requests in 100 seconds': {
          change: {
            'http_request_duration_seconds_bucket{method="GET", route="/", status_code="200", le="4"}': null,
            'http_request_duration_seconds_bucket{method="GET", route="/", status_code="200", le="2"}': 0,
            'http_request_duration_seconds_bucket{method="GET", route="/", status_code="200", le="2.5"}': '0+1.8',
            'http_request_duration_seconds_bucket{method="GET", route="/", status_code="200", le="+Inf"}': '0+1.8',
            [OK]: '0+1.8',
          },
          from: '9m15s',
          shown: '2.495s',
        },
      },
      silent: {
        'at a request every ten seconds': {
          'http_request_duration_seconds_bucket{method="GET", route="/", status_code="200", le="2"}': 0,
          'http_request_duration_seconds_bucket{method="GET", route="/", status_code="200", le="4"}': '0+1.5',
          'http_request_duration_seconds_bucket{method="GET", route="/", status_code="200", le="+Inf"}': '0+1.5',
          [OK]: '0+1.5',
        },
      },
    },
    {
      alert: 'HighResponseTime',
      severity: 'warning',
      result: { instance: '' },
      series: {
        'http_request_duration_seconds_bucket{method="GET", route="/", status_code="200", le="1"}': below('0+95', '0+94'),
        'http_request_duration_seconds_bucket{method="GET", route="/", status_code="200", le="2"}': '0+100',
        'http_request_duration_seconds_bucket{method="GET", route="/", status_code="200", le="+Inf"}': '0+100',
        [OK]: '0+100',
      },
      from: '5m15s',
      shown: '1.167s',
      fires: {
        'between 1 and 1.2 seconds, at 12 requests in 100 seconds': {
          change: {
            'http_request_duration_seconds_bucket{method="GET", route="/", status_code="200", le="2"}': null,
            'http_request_duration_seconds_bucket{method="GET", route="/", status_code="200", le="1"}': 0,
            'http_request_duration_seconds_bucket{method="GET", route="/", status_code="200", le="1.2"}': '0+1.8',
            'http_request_duration_seconds_bucket{method="GET", route="/", status_code="200", le="+Inf"}': '0+1.8',
            [OK]: '0+1.8',
          },
          from: '9m15s',
          shown: '1.19s',
        },
      },
      silent: {
        'at 8 requests in 100 seconds': {
          'http_request_duration_seconds_bucket{method="GET", route="/", status_code="200", le="2"}': null,
          'http_request_duration_seconds_bucket{method="GET", route="/", status_code="200", le="1"}': 0,
          'http_request_duration_seconds_bucket{method="GET", route="/", status_code="200", le="4"}': '0+1.2',
          'http_request_duration_seconds_bucket{method="GET", route="/", status_code="200", le="+Inf"}': '0+1.2',
          [OK]: '0+1.2',
        },
      },
    },
    {
      alert: 'HighEventLoopLag',
      severity: 'warning',
      series: { nodejs_eventloop_lag_p99_seconds: above(0.2, 0.21) },
      from: '5m',
      shown: '210ms',
    },
    {
      alert: 'ServiceRestarting',
      severity: 'warning',
      scrape: '1m',
      series: { process_start_time_seconds: '1x1 2x1 3x1 4x1 5' },
      from: '8m',
      shown: '4',
      silent: {
        'at three restarts': { process_start_time_seconds: '1x1 2x1 3x1 4' },
        'about what is no application': ['job="node"', { process_start_time_seconds: '0+4' }],
      },
    },
    {
      alert: 'HighHeapUsage',
      severity: 'warning',
      series: { nodejs_heap_size_used_bytes: 910, nodejs_heap_size_limit_bytes: 1000 },
      from: '5m',
      shown: '91',
      watched: '10m',
      silent: {
        'at 89 %, and where garbage collection brings it down': {
          nodejs_heap_size_used_bytes: 890,
          'nodejs_heap_size_used_bytes{instance="worker"}': '950x12 400 950x12 400 950',
          'nodejs_heap_size_limit_bytes{instance="worker"}': 1000,
        },
      },
    },
    {
      alert: 'HealthCheckFailing',
      severity: 'critical',
      every: '5s',
      labels: { dependency: 'db' },
      series: { health_check_up: '1x3 0' },
      from: '1m20s',
      silent: { 'about one scrape, and about what works': { health_check_up: '1x3 0 1', 'health_check_up{dependency="redis"}': 1 } },
    },
    {
      alert: 'DatabasePoolExhausted',
      severity: 'critical',
      every: '5s',
      labels: { pool: 'db' },
      series: { db_pool_waiting: '0x3 7', db_pool_connections_used: '3x3 10', db_pool_connections_max: 10 },
      from: '1m30s',
      shown: '7',
      silent: {
        'about two scrapes': { db_pool_waiting: '0x3 7x1 0', db_pool_connections_used: '3x3 10x1 3' },
        'while the pool still opens connections': { db_pool_waiting: 7, db_pool_connections_used: 9 },
        'about a pool that is full and enough': { db_pool_waiting: 0, db_pool_connections_used: 10 },
      },
    },
    {
      alert: 'DatabaseConnectionErrors',
      severity: 'critical',
      every: '5s',
      labels: { pool: 'db' },
      series: { 'db_connection_errors_total{reason="error"}': 0, 'db_connection_errors_total{reason="refused"}': '_x4 2+2' },
      from: '1m30s',
      shown: '10',
      silent: {
        'when a restart of the database ends ten connections at once': {
          'db_connection_errors_total{reason="refused"}': null,
          'db_connection_errors_total{reason="closed"}': '_x4 10',
        },
        'without errors, however many there were before': { 'db_connection_errors_total{reason="refused"}': 40 },
      },
    },
    {
      alert: 'QueueWithoutWorkers',
      severity: 'critical',
      every: '5s',
      labels: { queue: 'mail' },
      result: { instance: '' },
      series: {
        'queue_jobs{state="waiting"}': '0x3 3',
        'queue_jobs{state="prioritized"}': '0x3 2',
        'queue_jobs{state="active"}': 0,
        'queue_job_duration_seconds_count{result="completed"}': '0+10x3 30',
      },
      from: '1m20s',
      shown: '5',
      fires: {
        'once for a queue that two processes watch': {
          change: {
            'queue_jobs{state="waiting"}': null,
            'queue_jobs{state="prioritized"}': null,
            'queue_jobs{state="active"}': null,
            'queue_job_duration_seconds_count{result="completed"}': null,
            'queue_jobs{instance="web", state="waiting"}': 4,
            'queue_jobs{instance="worker", state="waiting"}': 4,
            'queue_jobs{instance="web", state="active"}': 0,
            'queue_jobs{instance="worker", state="active"}': 0,
          },
          from: '20s',
          shown: '4',
        },
      },
      silent: {
        'about jobs that had come just before a scrape': {
          'queue_jobs{state="prioritized"}': null,
          'queue_jobs{state="waiting"}': '0x3 3 0',
          'queue_job_duration_seconds_count{result="completed"}': 0,
        },
        'while someone works': {
          'queue_jobs{state="prioritized"}': null,
          'queue_jobs{state="waiting"}': 3,
          'queue_jobs{state="active"}': 1,
          'queue_job_duration_seconds_count{result="completed"}': 0,
        },
        'while short jobs end between the scrapes': {
          'queue_jobs{state="prioritized"}': null,
          'queue_jobs{state="waiting"}': 3,
          'queue_job_duration_seconds_count{result="completed"}': '0+40',
        },
        'about jobs that wait for their time, their children or nothing any more': {
          'queue_job_duration_seconds_count{result="completed"}': null,
          'queue_jobs{state="waiting"}': 0,
          'queue_jobs{state="prioritized"}': 0,
          'queue_jobs{state="delayed"}': 9,
          'queue_jobs{state="waiting-children"}': 2,
          'queue_jobs{state="completed"}': 50,
          'queue_jobs{state="failed"}': 3,
        },
      },
    },
    {
      alert: 'QueueStuck',
      severity: 'critical',
      labels: { queue: 'mail' },
      result: { instance: '' },
      series: { 'queue_jobs{state="waiting"}': 3, 'queue_jobs{state="active"}': 1, queue_jobs_completed_total: '0+5x20 100' },
      from: '15m15s',
      shown: '3',
      watched: '27m',
      fires: {
        'when the workers have gone': {
          change: {
            'queue_jobs{state="waiting"}': null,
            'queue_jobs{state="active"}': null,
            queue_jobs_completed_total: null,
            'queue_jobs{instance="web", state="waiting"}': 3,
            'queue_jobs_completed_total{instance="worker"}': '7x20 stale',
          },
          from: '10m30s',
        },
        'within a minute where jobs take four seconds': {
          change: {
            'queue_jobs{state="active"}': null,
            queue_job_duration_seconds_count: '0+5x20 100',
            queue_job_duration_seconds_sum: '0+20x20 400',
          },
          from: '5m45s',
        },
      },
      silent: {
        'while a job is completed every nine minutes': {
          'queue_jobs{state="active"}': null,
          queue_jobs_completed_total: '0x4 1x36 2x36 3',
        },
        'about an empty queue': {
          'queue_jobs{state="active"}': null,
          'queue_jobs{state="waiting"}': 0,
          'queue_jobs{state="completed"}': 90,
          queue_jobs_completed_total: 90,
        },
        'where no worker is watched': { 'queue_jobs{state="active"}': null, queue_jobs_completed_total: null },
        'within ten minutes where jobs take six seconds': {
          'queue_jobs{state="active"}': null,
          queue_jobs_completed_total: '0+5x70 350',
          queue_job_duration_seconds_count: '0+5x70 350',
          queue_job_duration_seconds_sum: '0+30x70 2100',
        },
      },
    },
    {
      alert: 'QueueBacklogGrowing',
      severity: 'warning',
      labels: { queue: 'mail' },
      result: { instance: '' },
      series: { 'queue_jobs{state="waiting"}': '0+1' },
      from: '40m15s',
      shown: '161',
      fires: { 'between 101 and 133': { change: { 'queue_jobs{state="waiting"}': '101+0.2' }, from: '25m', shown: '121' } },
      silent: {
        'below 100': { 'queue_jobs{state="waiting"}': '70+0.09' },
        'about a burst that is worked off': { 'queue_jobs{state="waiting"}': '0x40 1000-5' },
      },
    },
    {
      alert: 'HighJobFailureRate',
      severity: 'warning',
      labels: { queue: 'mail' },
      result: { instance: '' },
      series: { queue_jobs_failed_total: '0+6', queue_jobs_completed_total: '0+94' },
      from: '5m15s',
      shown: '6.0',
      fires: {
        'at six failures in a quarter of an hour': {
          change: { queue_jobs_failed_total: '0+0.1', queue_jobs_completed_total: '0+0.5' },
          from: '17m45s',
          shown: '16.7',
        },
      },
      silent: {
        'at 4 %': { queue_jobs_failed_total: '0+4', queue_jobs_completed_total: '0+96' },
        'at four': { queue_jobs_failed_total: '0+0.0667', queue_jobs_completed_total: '0+0.1' },
      },
    },
    {
      alert: 'JobsStalled',
      severity: 'critical',
      labels: { queue: 'mail' },
      result: { instance: '' },
      series: { queue_jobs_stalled_total: '0x10 1x8 2' },
      from: '5m',
      shown: '2',
      fires: { 'at 1.8 in ten minutes': { change: { queue_jobs_stalled_total: '0+0.045' }, from: '8m30s' } },
      silent: {
        'about one job that a killed worker left behind': { queue_jobs_stalled_total: '0x10 1' },
        'at 1.2 in ten minutes': { queue_jobs_stalled_total: '0+0.03' },
      },
    },
    {
      alert: 'PaymentCallbackFailures',
      severity: 'critical',
      sms: true,
      labels: { provider: 'stripe' },
      result: { instance: '' },
      series: { 'payment_callbacks_total{result="failed"}': '0x20 1x4 2', 'payment_callbacks_total{result="succeeded"}': '0+10' },
      from: '6m30s',
      shown: '2',
      fires: {
        'at 1.8 in five minutes': {
          change: { 'payment_callbacks_total{result="succeeded"}': null, 'payment_callbacks_total{result="failed"}': '0+0.09' },
          from: '4m15s',
        },
      },
      silent: {
        'about one failure, and about callbacks that succeed or are refused': {
          'payment_callbacks_total{result="failed"}': '0x20 1',
          'payment_callbacks_total{result="rejected"}': '0+3',
        },
        'at 1.2 in five minutes': {
          'payment_callbacks_total{result="succeeded"}': null,
          'payment_callbacks_total{result="failed"}': '0+0.06',
        },
      },
    },
    {
      alert: 'PaymentCallbacksRejected',
      severity: 'warning',
      labels: { provider: 'stripe' },
      result: { instance: '' },
      series: { 'payment_callbacks_total{result="rejected"}': '0+6', 'payment_callbacks_total{result="succeeded"}': '0+4' },
      from: '5m15s',
      shown: '60',
      fires: {
        'at six in a quarter of an hour': {
          change: { 'payment_callbacks_total{result="rejected"}': '0+0.1', 'payment_callbacks_total{result="succeeded"}': 0 },
          from: '17m45s',
          shown: '100',
        },
      },
      silent: {
        'at 40 %': { 'payment_callbacks_total{result="rejected"}': '0+4', 'payment_callbacks_total{result="succeeded"}': '0+6' },
        'at four, and about failures': {
          'payment_callbacks_total{result="succeeded"}': null,
          'payment_callbacks_total{result="rejected"}': '0+0.0667',
          'payment_callbacks_total{result="failed"}': '0+6',
        },
        'at four, though all are refused': {
          'payment_callbacks_total{result="succeeded"}': null,
          'payment_callbacks_total{result="rejected"}': '0+0.0667',
        },
        'about callbacks that failed': {
          'payment_callbacks_total{result="succeeded"}': null,
          'payment_callbacks_total{result="rejected"}': 0,
          'payment_callbacks_total{result="failed"}': '0+6',
        },
      },
    },
  ],
});
