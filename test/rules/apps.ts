import { above, below, down, ruleTable } from '../../scripts/rules/table.ts';

const OK = 'http_request_duration_seconds_count{method="GET", route="/", status_code="200"}';
const FAILED = 'http_request_duration_seconds_count{method="GET", route="/", status_code="500"}';
const REJECTED = 'http_request_duration_seconds_count{method="GET", route="/", status_code="404"}';

export default ruleTable({
  category: 'application',
  labels: { job: 'apps', service: 'shop', instance: 'backend' },
  alerts: [
    down('ServiceDown', 'up', {
      sms: true,
      from: '1m50s',
      silent: {
        'when a restart takes three scrapes': { up: '1x3 0x2 1' },
        'about what is no application': { up: null, 'up{job="node"}': 0 },
      },
    }),
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
      alert: 'HighErrorRate',
      severity: 'warning',
      result: { instance: '' },
      every: '1m',
      scrape: '1m',
      series: { [OK]: '0+6.5', [FAILED]: '0+0.1' },
      from: '56m',
      shown: '1.5',
      watched: '80m',
      silent: {
        'at six errors in an hour with 600 requests': { [OK]: '0+10' },
        'at four errors in an hour with few requests': { [FAILED]: '0+0.07' },
      },
    },
    {
      alert: 'CriticalErrorRate',
      severity: 'critical',
      sms: true,
      result: { instance: '' },
      every: '5s',
      series: {
        [OK]: '0+94',
        [FAILED]: '0+6',
      },
      from: '2m15s',
      shown: '6.0',
      fires: {
        'at a request a minute of which all have failed for three minutes': {
          change: { [OK]: '0+1x39 39', [FAILED]: '0x39 0+0.27' },
          from: '14m50s',
          shown: '100.0',
        },
      },
      silent: {
        'at 5 %': {
          [OK]: '0+95',
          [FAILED]: '0+5',
        },
        'at four errors in a minute': {
          [FAILED]: '0+1',
          [OK]: '0+5',
        },
        'when a restart of the database takes 45 seconds': { [OK]: '0+5x19 95x2 100+5', [FAILED]: '0x19 0+5x3 15' },
        'when a restart of the database takes 45 seconds, with few requests': { [OK]: '0+0.5x19 10x2 10.5+0.5', [FAILED]: '0x19 0+1x3 3' },
        'where one of fifty requests succeeds': { [OK]: '0+0.02', [FAILED]: '0+0.98' },
        'at two requests in three minutes': { [OK]: '0+1x10 10', [FAILED]: '0x10 0+0.2' },
      },
      watched: '8m',
    },
    {
      alert: 'CriticalErrorRate',
      severity: 'critical',
      sms: true,
      result: { instance: '' },
      every: '1m',
      scrape: '1m',
      series: { [OK]: '0+0.25x19 5', [FAILED]: '0x19 0+0.16' },
      from: '41m',
      shown: '100.0',
      watched: '60m',
      silent: {
        'where one of fifty requests succeeds': { [OK]: '0+0.005', [FAILED]: '0+0.245' },
        'at two requests in twenty minutes': { [OK]: 5, [FAILED]: '0x5 1x13 2' },
      },
    },
    {
      alert: 'AllRequestsRejected',
      severity: 'critical',
      sms: true,
      result: { instance: '' },
      series: { [OK]: '0+1x79 79', [REJECTED]: '0x79 0+1' },
      from: '25m30s',
      shown: '4',
      fires: {
        'for as long as it lasts': {
          change: { [OK]: '0+1x79 79x160 79+1', [REJECTED]: '0x79 0+1' },
          at: '1h',
          until: '1h30s',
        },
        'at three a minute, where there were twelve good answers in five minutes': {
          change: { [OK]: '0+0.6x79 48', [REJECTED]: '0x79 0+0.75' },
          from: '25m45s',
          shown: '3',
        },
        'where there are failures as well, and a scrape is lost': {
          change: { [OK]: '0+1x79 79x10 stale 79', [REJECTED]: '0x79 0+1x10 stale 11+1', [FAILED]: '0x79 0+1' },
          from: '25m30s',
          shown: '4',
        },
      },
      silent: {
        'when a scanner finds a service that no one uses': { [OK]: 79 },
        'when a scanner finds one that was used for a minute': { [OK]: '0x74 1+1x4 5' },
        'when a scanner finds one that no one has used for half an hour': { [OK]: '0+1x79 79', [REJECTED]: '0x199 0+1x80 81' },
        'when a scanner finds one that is used': { [OK]: '0+1', [REJECTED]: '0x79 0+100' },
        'at eight good answers in five minutes before': { [OK]: '0+0.4x79 32' },
        'where Prometheus has just started': { [OK]: '_x65 0+1x13 13', [REJECTED]: '0x79 0+1' },
        'when everything fails, which is CriticalErrorRate': { [REJECTED]: null, [FAILED]: '0x79 0+1' },
        'at a rejected request in 40 seconds': { [REJECTED]: '0x79 0+0.375' },
      },
      watched: '80m',
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
      from: '10m15s',
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
          from: '14m15s',
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
      from: '10m15s',
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
          from: '14m15s',
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
      fires: {
        'although a scrape is lost': {
          change: { nodejs_heap_size_used_bytes: '910x9 stale 910', nodejs_heap_size_limit_bytes: '1000x9 stale 1000' },
          from: '5m',
        },
      },
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
      from: '1m50s',
      fires: { 'although a scrape is lost': { change: { health_check_up: '1x3 0 stale 0' }, from: '1m50s' } },
      silent: {
        'when a restart of the database takes three scrapes': { health_check_up: '1x3 0x2 1' },
        'about what works': { 'health_check_up{dependency="redis"}': 1, health_check_up: null },
      },
    },
    {
      alert: 'DatabasePoolExhausted',
      severity: 'critical',
      every: '5s',
      labels: { pool: 'db' },
      series: { db_pool_waiting: '0x3 7', db_pool_connections_used: '3x3 10', db_pool_connections_max: 10 },
      from: '6m',
      shown: '7',
      fires: {
        'although a scrape is lost': {
          change: {
            db_pool_waiting: '0x3 7x5 stale 7',
            db_pool_connections_used: '3x3 10x5 stale 10',
            db_pool_connections_max: '10x9 stale 10',
          },
          from: '6m',
        },
      },
      silent: {
        'about a report of four minutes': { db_pool_waiting: '0x3 7x15 0', db_pool_connections_used: '3x3 10x15 3' },
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
      from: '3m',
      shown: '9',
      fires: {
        'at an error in 45 seconds': {
          change: { 'db_connection_errors_total{reason="refused"}': '_x4 1x2 2x2 3x2 4x2 5x2 6x2 7' },
          at: '3m',
          shown: '1',
        },
      },
      silent: {
        'when a restart of the database takes 40 seconds': { 'db_connection_errors_total{reason="refused"}': '_x4 2 4 6 8' },
        'without errors, however many there were before': { 'db_connection_errors_total{reason="refused"}': 40 },
      },
    },
    {
      alert: 'QueueWithoutWorkers',
      severity: 'critical',
      labels: { queue: 'mail' },
      result: { instance: '' },
      series: {
        'queue_jobs{state="waiting"}': '0x3 3',
        'queue_jobs{state="prioritized"}': '0x3 2',
        'queue_jobs{state="active"}': 0,
        'queue_job_duration_seconds_count{result="completed"}': '0+10x3 30',
      },
      from: '3m',
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
          from: '2m',
          shown: '4',
        },
      },
      silent: {
        'when a deployment of the workers takes 100 seconds': {
          'queue_jobs{state="prioritized"}': null,
          'queue_jobs{state="waiting"}': '0x3 3x6 0',
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
      series: {
        'queue_jobs{state="waiting"}': 3,
        'queue_jobs{state="active"}': 1,
        queue_jobs_completed_total: '0+5x20 100',
        queue_job_duration_seconds_count: '0+5x20 100',
        'queue_job_duration_seconds_bucket{le="120"}': '0+5x20 100',
      },
      from: '10m15s',
      shown: '3',
      watched: '40m',
      fires: {
        'when the workers have gone': {
          change: {
            'queue_jobs{state="waiting"}': null,
            'queue_jobs{state="active"}': null,
            queue_jobs_completed_total: null,
            queue_job_duration_seconds_count: null,
            'queue_job_duration_seconds_bucket{le="120"}': null,
            'queue_jobs{instance="web", state="waiting"}': 3,
            'queue_jobs_completed_total{instance="worker"}': '7x20 stale',
          },
          from: '29m',
        },
        'although a scrape is lost': {
          change: {
            'queue_jobs{state="waiting"}': '3x29 stale 3',
            queue_jobs_completed_total: '0+5x20 100x8 stale 100',
            queue_job_duration_seconds_count: '0+5x20 100x8 stale 100',
            'queue_job_duration_seconds_bucket{le="120"}': '0+5x20 100x8 stale 100',
          },
          from: '10m15s',
        },
        'where one attempt took longer, after half an hour': {
          change: { 'queue_job_duration_seconds_bucket{le="120"}': '0+5x19 95x0 99' },
          from: '34m45s',
        },
      },
      silent: {
        'while a job among short ones takes four minutes': { queue_jobs_completed_total: '0+5x20 100x16 101+5' },
        'while batch jobs take twenty minutes each, the first in a day': {
          queue_jobs_completed_total: '0x80 1x80 2x80 3',
          queue_job_duration_seconds_count: '0x80 1x80 2x80 3',
          'queue_job_duration_seconds_bucket{le="120"}': 0,
        },
        'about an empty queue, or one that is paused': {
          'queue_jobs{state="active"}': null,
          'queue_jobs{state="waiting"}': 0,
          'queue_jobs{state="completed"}': 90,
          'queue_jobs{state="paused"}': 9,
        },
        'where no worker is watched': {
          'queue_jobs{state="active"}': null,
          queue_jobs_completed_total: null,
          queue_job_duration_seconds_count: null,
          'queue_job_duration_seconds_bucket{le="120"}': null,
        },
        'about jobs that came a quarter of an hour ago, where no duration is known': {
          'queue_jobs{state="waiting"}': '0x100 3',
          queue_jobs_completed_total: 100,
          queue_job_duration_seconds_count: null,
          'queue_job_duration_seconds_bucket{le="120"}': null,
        },
      },
    },
    {
      alert: 'QueuePaused',
      severity: 'warning',
      labels: { queue: 'mail' },
      result: { instance: '' },
      every: '10m',
      scrape: '30s',
      series: { 'queue_jobs{state="paused"}': '0x18 5x100 stale 5', 'queue_jobs{state="waiting"}': '3x18 0x100 stale 0' },
      from: '12h10m',
      shown: '5',
      watched: '14h',
      silent: {
        'about a pause of eleven hours': { 'queue_jobs{state="paused"}': '0x18 5x1320 0', 'queue_jobs{state="waiting"}': '3x18 0x1320 3' },
        'about a queue that is not paused, which other alerts watch': {
          'queue_jobs{state="paused"}': 0,
          'queue_jobs{state="waiting"}': 3,
        },
        'about jobs that wait for their time, their children or nothing any more': {
          'queue_jobs{state="paused"}': 0,
          'queue_jobs{state="waiting"}': 0,
          'queue_jobs{state="active"}': 1,
          'queue_jobs{state="delayed"}': 9,
          'queue_jobs{state="waiting-children"}': 2,
          'queue_jobs{state="completed"}': 50,
          'queue_jobs{state="failed"}': 3,
        },
      },
    },
    {
      alert: 'QueueBacklogGrowing',
      severity: 'warning',
      labels: { queue: 'mail' },
      result: { instance: '' },
      series: { 'queue_jobs{state="waiting"}': '0+1' },
      from: '55m15s',
      shown: '221',
      watched: '80m',
      fires: {
        'between 101 and 133': { change: { 'queue_jobs{state="waiting"}': '101+0.15' }, from: '40m', shown: '125' },
        'although a scrape is lost': { change: { 'queue_jobs{state="waiting"}': '0+1x120 stale 122+1' }, from: '55m15s' },
      },
      silent: {
        'below 100': { 'queue_jobs{state="waiting"}': '70+0.09' },
        'about a burst that is worked off': { 'queue_jobs{state="waiting"}': '0x40 1000-3' },
        'about an import of twenty minutes': { 'queue_jobs{state="waiting"}': '0x20 0+50x80 4000-50x79 0' },
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
      alert: 'HighJobFailureRate',
      severity: 'warning',
      labels: { queue: 'mail' },
      result: { instance: '' },
      every: '5m',
      scrape: '5m',
      series: { queue_jobs_failed_total: '0x11 1x11 2x11 3x11 4', queue_jobs_completed_total: 7 },
      from: '3h5m',
      shown: '100.0',
      watched: '8h',
      silent: {
        'at two failures in six hours': { queue_jobs_failed_total: '0x11 1x30 2' },
        'where one of ten is completed': { queue_jobs_failed_total: '0+0.09', queue_jobs_completed_total: '0+0.01' },
      },
    },
    {
      alert: 'JobsStalled',
      severity: 'critical',
      labels: { queue: 'mail' },
      result: { instance: '' },
      series: { queue_jobs_stalled_total: '0x10 1x4 2x4 4x4 5x4 6x4 7x4 8x4 9' },
      from: '7m45s',
      shown: '2',
      silent: {
        'about the jobs that a killed worker left behind': { queue_jobs_stalled_total: '0x10 5' },
        'while a deployment kills three workers within three minutes': { queue_jobs_stalled_total: '0x10 5x3 10x5 15' },
      },
    },
    {
      alert: 'PaymentCallbackFailures',
      severity: 'critical',
      sms: true,
      labels: { provider: 'stripe' },
      result: { instance: '' },
      every: '15s',
      series: { 'payment_callbacks_total{result="failed"}': '0x20 0+1', 'payment_callbacks_total{result="succeeded"}': '0+10' },
      from: '8m',
      shown: '11',
      fires: {
        'at three in five minutes': {
          change: { 'payment_callbacks_total{result="failed"}': '0x20 0+0.15' },
          from: '11m30s',
          shown: '3',
        },
        'through a pause of four minutes': {
          change: {
            'payment_callbacks_total{result="failed"}': '0x20 1x2 2x2 3x2 4x2 5x2 6',
          },
          from: '8m45s',
          until: '14m45s',
          shown: '5',
          lastShown: '6',
        },
        'at one in six minutes, none of which succeeds': {
          change: {
            'payment_callbacks_total{result="succeeded"}': '0+10x20 200',
            'payment_callbacks_total{result="failed"}': '0x23 1x23 2x23 3x23 4x23 5x23 6x23 7x23 8x23 9',
          },
          from: '36m45s',
          shown: '6',
        },
      },
      silent: {
        'about a callback that is sent again four times in an hour': {
          'payment_callbacks_total{result="failed"}': '0x20 1x3 2x19 3x99 4',
          'payment_callbacks_total{result="succeeded"}': 9,
        },
        'when a restart of the database takes 40 seconds': { 'payment_callbacks_total{result="failed"}': '0x20 3 6 9' },
        'at one in six minutes, while others succeed': {
          'payment_callbacks_total{result="failed"}': '0x23 1x23 2x23 3x23 4x23 5x23 6x23 7x23 8x23 9',
        },
        'about callbacks that are refused': {
          'payment_callbacks_total{result="failed"}': 0,
          'payment_callbacks_total{result="rejected"}': '0+3',
        },
        'at two in five minutes': {
          'payment_callbacks_total{result="failed"}': '0+0.1',
        },
      },
      watched: '80m',
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
    {
      alert: 'PaymentCallbacksRejected',
      severity: 'warning',
      labels: { provider: 'stripe' },
      result: { instance: '' },
      every: '5m',
      scrape: '5m',
      series: { 'payment_callbacks_total{result="rejected"}': '0+0.2', 'payment_callbacks_total{result="succeeded"}': 7 },
      from: '2h10m',
      shown: '100',
      watched: '4h',
      silent: {
        'at six in three hours where one succeeds': { 'payment_callbacks_total{result="succeeded"}': '0+0.03' },
        'at four in three hours': { 'payment_callbacks_total{result="rejected"}': '0+0.12' },
        'at six in three hours that fail, which is PaymentCallbackFailures': {
          'payment_callbacks_total{result="rejected"}': 0,
          'payment_callbacks_total{result="failed"}': '0+0.2',
        },
      },
    },
  ],
});
