import { above, below, down, ruleTable } from '../../scripts/rules/table.ts';

const REPLICA = { channel_name: '', connection_name: '', master_host: 'shop-db', master_uuid: '' };

/** A server that hangs. */
const HANGS = { up: '1x3 0', scrape_samples_scraped: '900x3 0' };

/** The exporter's own page. */
const EXPORTER = 'up{job="mysqld-exporter", instance="mysqld-exporter", service="mysqld-exporter"}';

/** Each eleventh scrape finds one more. */
const REFUSED_NOW_AND_THEN = `0x6 ${Array.from({ length: 12 }, (_, round) => `${round + 1}x10`).join(' ')}`;

export default ruleTable({
  category: 'database',
  labels: { job: 'mysql', instance: 'shop-db', service: 'shop-db' },
  scrape: '10s',
  alerts: [
    down('MySQLDown', 'mysql_up', {
      sms: true,
      from: '1m30s',
      fires: {
        'when it hangs': { change: { mysql_up: '1x3 stale', ...HANGS, [EXPORTER]: 1 }, from: '1m30s' },
        'when it hangs and a scrape of the exporter is lost': {
          change: { mysql_up: '1x3 stale', ...HANGS, [EXPORTER]: '1x5 0 1' },
          from: '1m30s',
        },
        'when it hangs after it has refused': {
          change: { mysql_up: '1x3 0x2 stale', up: '1x6 0', scrape_samples_scraped: '900x6 0', [EXPORTER]: 1 },
          from: '1m30s',
        },
      },
      silent: {
        'when it is away for 40 seconds': { mysql_up: '1x3 0x4 1' },
        'when the exporter is down': { mysql_up: '1x3 stale', ...HANGS, [EXPORTER]: '1x4 0' },
        'when a scrape has too many series': { mysql_up: '1x3 stale', ...HANGS, scrape_samples_scraped: 9000, [EXPORTER]: 1 },
        'about another exporter': { mysql_up: 1, 'up{job="node"}': 0, 'scrape_samples_scraped{job="node"}': 0 },
      },
    }),
    down('MySQLExporterDown', 'up', {
      labels: { job: 'mysqld-exporter', instance: 'mysqld-exporter', service: 'mysqld-exporter' },
      from: '2m40s',
      silent: { 'while this stack is upgraded': { up: '1x3 0x11 1' }, 'about another exporter': { up: null, 'up{job="mysql"}': 0 } },
    }),
    down('MySQLReplicationStopped', 'mysql_slave_status_slave_sql_running', {
      labels: REPLICA,
      series: { mysql_slave_status_slave_sql_running: '1x3 0', mysql_slave_status_last_sql_errno: above('0x3 0', '0x3 1') },
      from: '1m30s',
      silent: {
        'where only the connection is lost': { mysql_slave_status_slave_sql_running: 1, mysql_slave_status_slave_io_running: 0 },
        'when it is started again within 50 seconds': { mysql_slave_status_slave_sql_running: '1x3 0x4 1' },
      },
    }),
    {
      alert: 'MySQLReplicationPaused',
      severity: 'warning',
      labels: REPLICA,
      series: {
        mysql_slave_status_slave_sql_running: '1x5 0',
        mysql_slave_status_last_sql_errno: 0,
        mysql_slave_status_slave_io_running: 1,
        mysql_slave_status_last_io_errno: 0,
      },
      from: '2h2m',
      fires: {
        'where only the connection was stopped': {
          change: { mysql_slave_status_slave_sql_running: 1, mysql_slave_status_slave_io_running: '1x5 0' },
          from: '2h2m',
        },
      },
      silent: {
        'for a dump of two hours': { mysql_slave_status_slave_sql_running: '1x5 0x710 1' },
        'where an error stopped it': { mysql_slave_status_last_sql_errno: 1032 },
        'where the connection is lost': {
          mysql_slave_status_slave_sql_running: 1,
          mysql_slave_status_slave_io_running: 0,
          mysql_slave_status_last_io_errno: 2003,
        },
      },
    },
    {
      alert: 'MySQLReplicaDisconnected',
      severity: 'critical',
      every: '5s',
      labels: REPLICA,
      series: { mysql_slave_status_slave_io_running: '1x3 0', mysql_slave_status_last_io_errno: above('0x3 0', '0x3 1') },
      from: '3m40s',
      silent: { 'when it tries again after a minute and once more': { mysql_slave_status_slave_io_running: '1x3 0x16 1' } },
    },
    {
      alert: 'MySQLReadOnly',
      severity: 'critical',
      every: '10s',
      series: { mysql_global_variables_read_only: '0x3 1' },
      from: '2m40s',
      silent: {
        'on a replica': { 'mysql_slave_status_slave_io_running{master_host="shop-main"}': 1 },
        'on a replica that lost its primary': { 'mysql_slave_status_slave_io_running{master_host="shop-main"}': 0 },
        'where it always was': { mysql_global_variables_read_only: 1 },
        'while it is writable': { mysql_global_variables_read_only: 0 },
        'when it is a replica two minutes later': {
          mysql_global_variables_read_only: '0x3 1',
          'mysql_slave_status_slave_io_running{master_host="shop-main"}': '_x15 1',
        },
      },
      fires: {
        'beside a replica': {
          change: { 'mysql_slave_status_slave_io_running{instance="shop-copy", service="shop-copy", master_host="shop-db"}': 1 },
          from: '2m40s',
        },
      },
    },
    {
      alert: 'MySQLReadOnly',
      severity: 'critical',
      every: '5m',
      scrape: '1m',
      series: { mysql_global_variables_read_only: '0x60 1x1560 0' },
      at: '26h55m',
      fires: {
        'until it is writable, beside one that always was read-only': {
          change: { 'mysql_global_variables_read_only{instance="archive", service="archive"}': 1 },
          at: '26h55m',
          until: '27h5m',
        },
      },
    },
    {
      alert: 'MySQLHighConnections',
      severity: 'warning',
      series: { mysql_global_status_threads_connected: above(80, 81), mysql_global_variables_max_connections: 100 },
      from: '5m',
      shown: '81.0',
      fires: { 'with three left': { change: { mysql_global_status_threads_connected: 97 }, from: '5m', shown: '97.0' } },
      silent: { 'with two left, which is critical': { mysql_global_status_threads_connected: 98 } },
    },
    {
      alert: 'MySQLCriticalConnections',
      severity: 'critical',
      sms: true,
      every: '5s',
      series: { mysql_global_status_threads_connected: above(97, 98), mysql_global_variables_max_connections: 100 },
      from: '5m',
      silent: {
        'when three are left now and then': { mysql_global_status_threads_connected: `${'97 98 98 '.repeat(30)}97` },
        'for a deployment of four minutes': { mysql_global_status_threads_connected: '50x3 98x24 50' },
      },
    },
    {
      alert: 'MySQLRejectedConnections',
      severity: 'critical',
      every: '5s',
      series: { 'mysql_global_status_connection_errors_total{error="max_connections"}': '0x6 0+1' },
      result: { error: 'max_connections' },
      from: '6m20s',
      shown: '12',
      fires: {
        'at one within two minutes': {
          change: { 'mysql_global_status_connection_errors_total{error="max_connections"}': REFUSED_NOW_AND_THEN },
          from: '6m10s',
          shown: '1',
        },
      },
      silent: {
        'about the past': { 'mysql_global_status_connection_errors_total{error="max_connections"}': 2 },
        'about a single one': { 'mysql_global_status_connection_errors_total{error="max_connections"}': '0x6 1' },
        'about a deployment of three minutes': {
          'mysql_global_status_connection_errors_total{error="max_connections"}': '0x6 20+20x16 340',
        },
        'about other errors': {
          'mysql_global_status_connection_errors_total{error="max_connections"}': 0,
          'mysql_global_status_connection_errors_total{error="accept"}': '0x6 0+1',
        },
      },
    },
    {
      alert: 'MySQLAbortedConnects',
      severity: 'warning',
      series: {
        mysql_global_status_aborted_connects: above('0+1.9', '0+2.2'),
        'mysql_global_status_connection_errors_total{error="max_connections"}': 0,
        'mysql_global_status_connection_errors_total{error="accept"}': '0+1',
      },
      from: '19m45s',
      shown: '66',
      fires: {
        'beside refused ones': {
          change: {
            mysql_global_status_aborted_connects: '0+4.2',
            'mysql_global_status_connection_errors_total{error="max_connections"}': '0+2',
          },
          from: '19m45s',
          shown: '66',
        },
      },
      silent: {
        'about refused connections': {
          mysql_global_status_aborted_connects: '0+4.2',
          'mysql_global_status_connection_errors_total{error="max_connections"}': '0+2.25',
        },
      },
    },
    {
      alert: 'MySQLAbortedClients',
      severity: 'warning',
      series: { mysql_global_status_aborted_clients: above('0+1.9', '0+2.2') },
      from: '19m45s',
      shown: '66',
    },
    {
      alert: 'MySQLHighReplicationLag',
      severity: 'warning',
      labels: REPLICA,
      series: { mysql_slave_status_seconds_behind_master: above(30, 36), mysql_slave_status_sql_delay: 0 },
      from: '1h',
      shown: '36s',
      fires: {
        'beyond a delay that was ordered': {
          change: { mysql_slave_status_seconds_behind_master: 636, mysql_slave_status_sql_delay: 600 },
          from: '1h',
          shown: '36s',
        },
        'at an hour': { change: { mysql_slave_status_seconds_behind_master: 3600 }, from: '1h', shown: '1h 0m 0s' },
      },
      silent: {
        'within a delay that was ordered': { mysql_slave_status_seconds_behind_master: 630, mysql_slave_status_sql_delay: 600 },
        'above an hour, which is critical': { mysql_slave_status_seconds_behind_master: 3601 },
        'for a batch job of 20 minutes': { mysql_slave_status_seconds_behind_master: '0x3 1200+5x240 0' },
      },
    },
    {
      alert: 'MySQLCriticalReplicationLag',
      severity: 'critical',
      every: '5s',
      labels: REPLICA,
      series: { mysql_slave_status_seconds_behind_master: above('0x3 3600', '0x3 3660'), mysql_slave_status_sql_delay: 0 },
      from: '6m',
      shown: '1h 1m 0s',
      silent: {
        'within a delay that was ordered': { mysql_slave_status_seconds_behind_master: '0x3 4200', mysql_slave_status_sql_delay: 600 },
        'when one scrape shows little': { mysql_slave_status_seconds_behind_master: `0x3 ${'3660x4 0 '.repeat(12)}` },
      },
    },
    {
      alert: 'MySQLLongRunningQuery',
      severity: 'warning',
      series: { 'mysql_info_schema_processlist_threads{command="query", state="sending_data"}': above(0, 2) },
      from: '1h',
      shown: '2',
      fires: {
        'as a prepared statement': {
          change: {
            'mysql_info_schema_processlist_threads{command="query", state="sending_data"}': null,
            'mysql_info_schema_processlist_threads{command="execute", state="statistics"}': 2,
          },
          from: '1h',
          shown: '2',
        },
        'in several states, one after the other': {
          change: {
            'mysql_info_schema_processlist_threads{command="query", state="sending_data"}': '1x180 stale',
            'mysql_info_schema_processlist_threads{command="query", state="creating_sort_index"}': '_x181 1',
          },
          from: '1h',
          shown: '1',
        },
      },
      silent: Object.fromEntries(
        [
          'command="sleep", state="unknown"',
          'command="daemon", state="waiting_on_empty_queue"',
          'command="binlog_dump", state="source_has_sent_all_binlog_to_replica_waiting_for_more_updates"',
          'command="query", state="replica_has_read_all_relay_log_waiting_for_more_updates"',
          'command="query", state="waiting_for_an_event_from_coordinator"',
          'command="query", state="waiting_until_source_delay_seconds_after_source_executed_event"',
        ].map((labels) => [
          `about ${labels}`,
          {
            'mysql_info_schema_processlist_threads{command="query", state="sending_data"}': null,
            [`mysql_info_schema_processlist_threads{${labels}}`]: 2,
          },
        ]),
      ),
    },
    {
      alert: 'MySQLSlowQueries',
      severity: 'warning',
      series: { mysql_global_status_slow_queries: above('0+0.9', '0+1.2') },
      from: '34m15s',
      shown: '36',
    },
    {
      alert: 'MySQLHighThreadsRunning',
      severity: 'warning',
      series: { mysql_global_status_threads_running: above(40, 41) },
      from: '5m',
      shown: '41',
      silent: { 'about one scrape': { mysql_global_status_threads_running: '3x5 150 3' } },
    },
    {
      alert: 'MySQLDeadlocks',
      severity: 'warning',
      series: { mysql_global_status_innodb_deadlocks: above('0x6 0+0.8', '0x6 0+1') },
      from: '7m15s',
      shown: '6',
      silent: {
        'about the past': { mysql_global_status_innodb_deadlocks: 600 },
        'about a migration': { mysql_global_status_innodb_deadlocks: '0x6 0+5x23 115' },
      },
    },
    {
      alert: 'MySQLRowLockWaits',
      severity: 'warning',
      series: { mysql_global_status_innodb_row_lock_current_waits: above(5, 6) },
      from: '5m',
      shown: '6',
    },
    {
      alert: 'MySQLTempTablesOnDisk',
      severity: 'warning',
      series: { mysql_global_status_created_tmp_disk_tables: above('0+50', '0+51'), mysql_global_status_created_tmp_tables: '0+100' },
      from: '30m45s',
      shown: '51.0',
      fires: {
        'at 1.2 tables per second': {
          change: { mysql_global_status_created_tmp_disk_tables: '0+9', mysql_global_status_created_tmp_tables: '0+12' },
          at: '35m',
          shown: '75.0',
        },
      },
      silent: {
        'at one table per second': {
          mysql_global_status_created_tmp_disk_tables: '0+9.8',
          mysql_global_status_created_tmp_tables: '0+9.8',
        },
      },
    },
    {
      alert: 'MySQLLowBufferPoolHitRatio',
      severity: 'warning',
      series: {
        mysql_global_status_innodb_buffer_pool_reads: above('0+1000', '0+1200'),
        mysql_global_status_innodb_buffer_pool_read_requests: '0+20000',
      },
      from: '1h2m30s',
      shown: '94.0',
      silent: {
        'at 1,000 page reads per second': {
          mysql_global_status_innodb_buffer_pool_reads: '0+4900',
          mysql_global_status_innodb_buffer_pool_read_requests: '0+9800',
        },
      },
    },
    {
      alert: 'MySQLBufferPoolWaits',
      severity: 'warning',
      series: { mysql_global_status_innodb_buffer_pool_wait_free: above('0+0.3', '0+0.4') },
      from: '34m15s',
      shown: '12',
    },
    {
      alert: 'MySQLLogWaits',
      severity: 'warning',
      series: { mysql_global_status_innodb_log_waits: above('0+0.3', '0+0.4') },
      from: '34m15s',
      shown: '12',
    },
    {
      alert: 'MySQLLongUndoHistory',
      severity: 'warning',
      series: { mysql_info_schema_innodb_metrics_transaction_trx_rseg_history_len: above(100000, 110000) },
      from: '1h',
      shown: '110k',
      silent: {
        'when it is purged in between': {
          mysql_info_schema_innodb_metrics_transaction_trx_rseg_history_len: `${'110000x300 10 '.repeat(2)}110000`,
        },
      },
    },
    {
      alert: 'MySQLHighOpenFiles',
      severity: 'warning',
      series: { mysql_global_status_open_files: above(800, 810), mysql_global_variables_open_files_limit: 1000 },
      from: '15m',
      shown: '81.0',
    },
    {
      alert: 'MySQLBinlogGrowth',
      severity: 'warning',
      every: '5m',
      scrape: '2m',
      series: { mysql_binlog_size_bytes: '20000000000x720 31000000000' },
      from: '25h10m',
      shown: '55',
      watched: '28h',
      silent: {
        'at half as much again': { mysql_binlog_size_bytes: '20000000000x720 30000000000' },
        'at 5 GiB more': { mysql_binlog_size_bytes: '5000000000x720 10368709120' },
      },
      fires: { 'above 5 GiB more': { change: { mysql_binlog_size_bytes: '5000000000x720 10400000000' }, from: '25h10m', shown: '108' } },
    },
    {
      alert: 'MySQLRestartLoop',
      severity: 'warning',
      series: { mysql_global_status_uptime: '900 5 15 5 15 5 15 25 35 45' },
      from: '1m',
      shown: '3',
      silent: { 'after two restarts': { mysql_global_status_uptime: '900 5 15 5+10' } },
    },
    {
      alert: 'MySQLMetricsIncomplete',
      severity: 'warning',
      series: { 'mysql_exporter_collector_success{collector="collect.slave_status"}': below(1, 0), mysql_up: 1 },
      from: '5m',
      result: { collector: 'collect.slave_status' },
      silent: {
        'when one scrape works': { 'mysql_exporter_collector_success{collector="collect.slave_status"}': '0x20 1 0' },
        'while the server is down': { mysql_up: 0 },
      },
    },
  ],
});
