import { above, ruleTable } from '../../scripts/rules/table.ts';

const EXPORTER_UP = 'up{job="postgres-exporter", instance="postgres-exporter", service="postgres-exporter"}';
/** Nothing comes before the scrape ends. */
const HUNG = { pg_up: '1x3 stale', up: '1x3 0', scrape_samples_scraped: '900x3 0' };
const RECEIVER = 'pg_stat_wal_receiver_receive_start_tli{slot_name="s", status="streaming", upstream_host="shop-db"}';
const COLLECTED = 'pg_scrape_collector_success{collector="stat_wal_receiver"}';
const STREAM = 'state="streaming", slot_name="42", server="shop-db:5432"';
const AGAIN = 'state="catchup", slot_name="43", server="shop-db:5432"';
const IDLE =
  'pg_stat_activity_max_tx_duration{state="idle in transaction", application_name="api", backend_type="client backend", wait_event="ClientRead", wait_event_type="Client"}';
const ACTIVE = 'pg_stat_activity_max_tx_duration{state="active", application_name="api", backend_type="client backend"}';
const FAILED = 'pg_stat_archiver_failed_count{server="shop-db:5432"}';
const ARCHIVED = 'pg_stat_archiver_archived_count{server="shop-db:5432"}';
const ATTEMPTS = Array.from({ length: 30 }, (_, index) => `${3 * (index + 1)}x5`).join(' ');

/** A counter that grows by one in every so many scrapes. */
const oneEvery = (scrapes: number): string => Array.from({ length: 60 }, (_, index) => `${index}x${scrapes - 1}`).join(' ');

export default ruleTable({
  category: 'database',
  labels: { job: 'postgres', instance: 'shop-db', service: 'shop-db', datname: 'shop' },
  alerts: [
    {
      alert: 'PostgreSQLDown',
      severity: 'critical',
      sms: true,
      every: '5s',
      scrape: '10s',
      labels: { datname: '' },
      series: { pg_up: '1x3 0', up: 1, scrape_samples_scraped: 900, [EXPORTER_UP]: 1 },
      from: '1m30s',
      fires: {
        'where it hangs': { change: HUNG, from: '1m30s' },
        'where it refuses at first and hangs then': { change: { ...HUNG, pg_up: '1x3 0x1 stale', up: '1x5 0' }, from: '1m30s' },
        'where it hangs and an exporter of its own is asked': { change: { ...HUNG, [EXPORTER_UP]: null }, from: '1m30s' },
      },
      silent: {
        'through a restart': { pg_up: '1x3 0x4 1' },
        'through a minute of which one scrape succeeds': { pg_up: '1x3 0x3 1 0x3 1' },
        'through a restart in which it hangs': { ...HUNG, up: '1x3 0x4 1' },
        'while the exporter does not answer': { ...HUNG, [EXPORTER_UP]: '1x3 0' },
        'where the scrape is rejected for its size': { ...HUNG, scrape_samples_scraped: '900x3 30000' },
        'about what is no server': {
          pg_up: null,
          up: null,
          scrape_samples_scraped: null,
          'up{job="node"}': 0,
          'scrape_samples_scraped{job="node"}': 0,
        },
      },
    },
    {
      alert: 'PostgreSQLExporterDown',
      severity: 'critical',
      every: '5s',
      scrape: '10s',
      labels: { job: 'postgres-exporter', instance: 'postgres-exporter', service: 'postgres-exporter', datname: '' },
      series: { up: '1x3 0' },
      from: '2m40s',
      silent: {
        'through a restart': { up: '1x3 0x10 1' },
        'about a server': { up: 1, 'up{job="postgres"}': 0 },
      },
    },
    {
      alert: 'PostgreSQLReplicationBroken',
      severity: 'critical',
      every: '5s',
      scrape: '10s',
      labels: { datname: '' },
      series: { pg_replication_is_replica: 1, [RECEIVER]: '1x3 stale', [COLLECTED]: 1 },
      from: '6m',
      fires: {
        'where it is refused and started anew': { change: { [RECEIVER]: `1x3 ${'stale stale 1 '.repeat(20)}stale` }, from: '6m10s' },
        'where it waits': {
          change: { [RECEIVER]: 'stale', [RECEIVER.replace('streaming', 'waiting')]: 1 },
          from: '5m',
        },
        'through a lost scrape': {
          change: {
            pg_replication_is_replica: '1x20 stale 1',
            [RECEIVER]: '1x3 stale',
            [COLLECTED]: '1x20 stale 1',
          },
          from: '6m',
        },
      },
      silent: {
        'on a primary': { pg_replication_is_replica: 0, [RECEIVER]: 'stale' },
        'through a failover of four and a half minutes': { [RECEIVER]: `1x3 ${'stale '.repeat(28)}1` },
        'once it was promoted': { pg_replication_is_replica: '1x3 0' },
        'where four of six scrapes see the receiver': { [RECEIVER]: `${'1 1 stale '.repeat(30)}1` },
        'when the collector does not know': { [RECEIVER]: 'stale', [COLLECTED]: 0 },
        'when it is another collector that works': {
          [RECEIVER]: null,
          [COLLECTED]: 0,
          'pg_scrape_collector_success{collector="replication"}': 1,
        },
      },
    },
    {
      alert: 'PostgreSQLHighConnections',
      severity: 'warning',
      scrape: '10s',
      result: { datname: '' },
      series: {
        'pg_stat_database_numbackends{datid="16384"}': above(77, 78),
        'pg_stat_database_numbackends{datid="5", datname="postgres"}': 3,
        'pg_settings_max_connections{datname="", server="shop-db:5432"}': 100,
        'pg_settings_superuser_reserved_connections{datname="", server="shop-db:5432"}': 3,
      },
      from: '5m',
      shown: '81.0',
      fires: {
        'with exporter 0.20, which has no server label': {
          change: {
            'pg_settings_max_connections{datname="", server="shop-db:5432"}': null,
            'pg_settings_superuser_reserved_connections{datname="", server="shop-db:5432"}': null,
            'pg_settings_max_connections{datname=""}': 100,
            'pg_settings_superuser_reserved_connections{datname=""}': 3,
          },
          from: '5m',
        },
      },
    },
    {
      alert: 'PostgreSQLVeryHighConnections',
      severity: 'warning',
      scrape: '10s',
      result: { datname: '' },
      series: {
        'pg_stat_database_numbackends{datid="16384"}': above(87, 88),
        'pg_stat_database_numbackends{datid="5", datname="postgres"}': 3,
        'pg_settings_max_connections{datname="", server="shop-db:5432"}': 100,
        'pg_settings_superuser_reserved_connections{datname="", server="shop-db:5432"}': 3,
      },
      from: '5m',
      shown: '91.0',
    },
    {
      alert: 'PostgreSQLCriticalConnections',
      severity: 'critical',
      sms: true,
      scrape: '10s',
      result: { datname: '' },
      series: {
        'pg_stat_database_numbackends{datid="16384"}': above(91, 92),
        'pg_stat_database_numbackends{datid="5", datname="postgres"}': 3,
        'pg_settings_max_connections{datname="", server="shop-db:5432"}': 100,
        'pg_settings_superuser_reserved_connections{datname="", server="shop-db:5432"}': 3,
      },
      from: '5m',
      fires: {
        'through a lost scrape': {
          change: { 'pg_stat_database_numbackends{datid="16384"}': '92x10 stale 92' },
          from: '5m',
        },
        'with the connections reserved since PostgreSQL 16': {
          change: {
            'pg_settings_max_connections{datname="", server="shop-db:5432"}': null,
            'pg_settings_superuser_reserved_connections{datname="", server="shop-db:5432"}': null,
            'pg_stat_database_numbackends{datid="16384"}': 82,
            'pg_settings_max_connections{datname=""}': 100,
            'pg_settings_superuser_reserved_connections{datname=""}': 3,
            'pg_settings_reserved_connections{datname=""}': 10,
          },
          from: '5m',
        },
      },
    },
    {
      alert: 'PostgreSQLCriticalConnections',
      severity: 'critical',
      sms: true,
      series: {
        'pg_stat_database_numbackends{datid="16384"}':
          '94 95 94 95 94 95 94 95 94 95 94 95 94 95 94 95 94 95 94 95 94 95 94 95 94 95 94 95 94 95 94 95 94 95 94 95 94',
        'pg_settings_max_connections{datname=""}': 100,
        'pg_settings_superuser_reserved_connections{datname=""}': 3,
      },
      watched: '9m',
      silent: { 'while two and a half of 97 are left on average': {} },
    },
    {
      alert: 'PostgreSQLHighReplicationLag',
      severity: 'warning',
      scrape: '10s',
      labels: { datname: '' },
      series: { pg_replication_lag_seconds: above(30, 31) },
      from: '5m',
      shown: '31s',
    },
    {
      alert: 'PostgreSQLCriticalReplicationLag',
      severity: 'critical',
      every: '5s',
      scrape: '10s',
      labels: { datname: '' },
      series: { pg_replication_lag_seconds: above(300, 301) },
      from: '5m',
      shown: '5m 1s',
      fires: { 'through a lost scrape': { change: { pg_replication_lag_seconds: '301x10 stale 301' }, from: '5m' } },
      silent: {
        'where it catches up once in a while': { pg_replication_lag_seconds: '900x4 0 900x4 0 900x4 0 900x4 0 900x4 0 900x4 0 900x4 0' },
      },
    },
    {
      alert: 'PostgreSQLStandbyBehind',
      severity: 'warning',
      every: '5s',
      scrape: '10s',
      labels: { datname: '', application_name: 'walreceiver', client_addr: '10.0.0.2' },
      series: {
        [`pg_stat_replication_pg_current_wal_lsn_bytes{${STREAM}}`]: 100_000_000,
        [`pg_stat_replication_pg_wal_lsn_diff{${STREAM}}`]: above(16_777_216, 16_777_217),
      },
      from: '10m',
      shown: '16Mi',
      fires: {
        'where it falls back while the primary writes, and reconnects': {
          change: {
            [`pg_stat_replication_pg_current_wal_lsn_bytes{${STREAM}}`]: '0+10000000x30 stale',
            [`pg_stat_replication_pg_wal_lsn_diff{${STREAM}}`]: '0+10000000x30 stale',
            [`pg_stat_replication_pg_current_wal_lsn_bytes{${AGAIN}}`]: '_x30 310000000+10000000',
            [`pg_stat_replication_pg_wal_lsn_diff{${AGAIN}}`]: '_x30 310000000+10000000',
          },
          from: '10m20s',
          shown: '314.7Mi',
        },
        'through a lost scrape': {
          change: {
            [`pg_stat_replication_pg_current_wal_lsn_bytes{${STREAM}}`]: '100000000x20 stale 100000000x14 stale 100000000',
            [`pg_stat_replication_pg_wal_lsn_diff{${STREAM}}`]: '16777217x20 stale 16777217x14 stale 16777217',
          },
          from: '10m',
        },
      },
      silent: {
        'where it is 200 MB behind that are younger than five minutes': {
          [`pg_stat_replication_pg_current_wal_lsn_bytes{${STREAM}}`]: '0+10000000',
          [`pg_stat_replication_pg_wal_lsn_diff{${STREAM}}`]: 200_000_000,
        },
        'about a standby that has caught up beside it': {
          [`pg_stat_replication_pg_wal_lsn_diff{${STREAM}}`]: '90000000x35 0',
        },
      },
    },
    {
      alert: 'PostgreSQLReplicationSlotInactive',
      severity: 'warning',
      scrape: '10s',
      labels: { slot_name: 'standby1', datname: '' },
      series: { 'pg_replication_slots_active{server="shop-db:5432", database=""}': '1x3 0' },
      from: '11m30s',
      fires: {
        'with exporter 0.20, and through a lost scrape': {
          change: {
            'pg_replication_slots_active{server="shop-db:5432", database=""}': null,
            'pg_replication_slots_slot_is_active{slot_type="physical"}': '1x3 0x20 stale 0',
          },
          from: '11m30s',
        },
        'by its other name': {
          change: {
            'pg_replication_slots_active{server="shop-db:5432", database=""}': null,
            'pg_replication_slot_slot_is_active{slot_type="physical"}': '1x3 0',
          },
          from: '11m30s',
        },
      },
      silent: {
        'through a reboot of the standby': { 'pg_replication_slots_active{server="shop-db:5432", database=""}': '1x3 0x57 1' },
      },
    },
    {
      alert: 'PostgreSQLLongRunningTransaction',
      severity: 'warning',
      scrape: '10s',
      labels: { usename: 'app', application_name: 'api' },
      series: { [IDLE]: above('60', '61') },
      from: '6m30s',
      shown: '1m 1s',
      fires: {
        'through lost scrapes, of a transaction that failed': {
          change: { [IDLE]: null, [IDLE.replace('transaction"', 'transaction (aborted)"')]: '61x10 stale 61x10 stale 61' },
          from: '6m30s',
        },
        'of a session that works for half an hour': {
          change: { [IDLE]: null, [ACTIVE]: '0+10x100 stale 1020+10' },
          from: '30m15s',
          shown: '30m 10s',
        },
      },
      silent: {
        'about a job that is idle in between': { [IDLE]: `${'61 61 61 stale '.repeat(30)}stale` },
        'where other sessions are idle for a moment': { [IDLE]: `${'900 900 900 2 '.repeat(30)}2` },
        'about a dump': {
          [IDLE]: null,
          [IDLE.replace('api', 'pg_dump')]: '0+10',
          [ACTIVE.replace('api', 'pg_dumpall')]: '0+10',
        },
        'about a session at 25 minutes': { [IDLE]: null, [ACTIVE]: 1500 },
        'about vacuum by hand, a reindex, and what the server does by itself': {
          [IDLE]: null,
          [ACTIVE.replace('api', 'vacuumdb')]: 9000,
          [ACTIVE.replace('api', 'reindexdb')]: 9000,
          [ACTIVE.replace('client backend', 'autovacuum worker')]: 9000,
        },
      },
    },
    {
      alert: 'PostgreSQLLowCacheHitRatio',
      severity: 'warning',
      scrape: '10s',
      labels: { datid: '16384' },
      series: { pg_stat_database_blks_hit: '0+8900', pg_stat_database_blks_read: '0+1100' },
      from: '30m45s',
      shown: '89.0',
      fires: {
        'while another database is dumped': {
          change: { 'pg_stat_activity_max_tx_duration{datname="other", application_name="pg_dump"}': 60 },
          from: '30m45s',
        },
      },
      silent: {
        'at 90 %': { pg_stat_database_blks_hit: '0+9000', pg_stat_database_blks_read: '0+1000' },
        'below 100 blocks per second': { pg_stat_database_blks_hit: 0, pg_stat_database_blks_read: '0+990' },
        'on an idle database': { pg_stat_database_blks_hit: 0, pg_stat_database_blks_read: 0 },
        'while it is dumped': { 'pg_stat_activity_max_tx_duration{application_name="pg_dump"}': '0+10' },
        'between two dumps, of which the rate still has the first': {
          'pg_stat_activity_max_tx_duration{application_name="pg_dump"}': '0+10x60 _x33 0+10',
        },
      },
    },
    {
      alert: 'PostgreSQLLowCacheHitRatio',
      severity: 'warning',
      labels: { datid: '16384' },
      series: { pg_stat_database_blks_hit: '0+900', pg_stat_database_blks_read: '0+900' },
      from: '34m15s',
      shown: '50.0',
    },
    {
      alert: 'PostgreSQLDeadlocks',
      severity: 'warning',
      scrape: '10s',
      labels: { datid: '16384' },
      series: { pg_stat_database_deadlocks: '0x6 6' },
      from: '1m15s',
      shown: '7',
      silent: { 'at four within a minute': { pg_stat_database_deadlocks: '0x6 4' } },
    },
    {
      alert: 'PostgreSQLHighRollbackRate',
      severity: 'warning',
      scrape: '10s',
      labels: { datid: '16384' },
      series: { pg_stat_database_xact_commit: '0+890', pg_stat_database_xact_rollback: '0+110' },
      from: '5m15s',
      shown: '11.0',
      fires: {
        'until a fault of some minutes is over': {
          change: { pg_stat_database_xact_rollback: '0+890x60 53400' },
          shown: '50.0',
          until: '14m30s',
        },
      },
      silent: {
        'at 10 %': { pg_stat_database_xact_commit: '0+900', pg_stat_database_xact_rollback: '0+100' },
      },
    },
    {
      alert: 'PostgreSQLHighRollbackRate',
      severity: 'warning',
      labels: { datid: '16384' },
      series: { pg_stat_database_xact_commit: '0+9', pg_stat_database_xact_rollback: '0+9' },
      from: '5m45s',
      shown: '50.0',
    },
    {
      alert: 'PostgreSQLHighRollbackRate',
      severity: 'warning',
      scrape: '10s',
      labels: { datid: '16384' },
      series: { pg_stat_database_xact_commit: '0+0.48', pg_stat_database_xact_rollback: '0+0.06' },
      from: '1h45s',
      shown: '11.1',
      watched: '3h',
      fires: {
        'at nine transactions in ten seconds, none of which is kept': {
          change: { pg_stat_database_xact_commit: 0, pg_stat_database_xact_rollback: '0+9' },
          from: '5m30s',
          shown: '100.0',
        },
      },
      silent: {
        'at 10 % of few': { pg_stat_database_xact_commit: '0+0.55', pg_stat_database_xact_rollback: '0+0.06' },
        'at twenty in an hour': { pg_stat_database_xact_commit: 0, pg_stat_database_xact_rollback: '0+0.055' },
      },
    },
    {
      alert: 'PostgreSQLLockWaits',
      severity: 'warning',
      scrape: '10s',
      series: {
        pg_up: 1,
        'pg_stat_activity_count{server="shop-db:5432", state="active", usename="a", application_name="api", backend_type="client backend", wait_event_type="Lock", wait_event="tuple"}':
          above(3, 4),
        'pg_stat_activity_count{server="shop-db:5432", state="active", usename="b", application_name="api", backend_type="client backend", wait_event_type="Lock", wait_event="transactionid"}': 2,
        'pg_stat_activity_count{server="shop-db:5432", state="idle", usename="a", application_name="api", backend_type="client backend", wait_event_type="Client", wait_event="ClientRead"}': 40,
      },
      from: '2m',
      shown: '6',
    },
    {
      alert: 'PostgreSQLTempFileSpill',
      severity: 'warning',
      scrape: '10s',
      labels: { datid: '16384' },
      series: { pg_stat_database_temp_bytes: above('0+103809024', '0+115343360') },
      from: '34m45s',
      shown: '11Mi',
    },
    {
      alert: 'PostgreSQLDeadTuples',
      severity: 'warning',
      scrape: '10s',
      labels: { schemaname: 'public', relname: 'orders' },
      series: { pg_stat_user_tables_n_dead_tup: 41000, pg_stat_user_tables_n_live_tup: 59000 },
      from: '2h',
      shown: '41.0',
      silent: {
        'at 40 %': { pg_stat_user_tables_n_dead_tup: 40000, pg_stat_user_tables_n_live_tup: 60000 },
        'about a table of 10,000 rows': { pg_stat_user_tables_n_dead_tup: 9000, pg_stat_user_tables_n_live_tup: 1000 },
      },
    },
    {
      alert: 'PostgreSQLDeadTuples',
      severity: 'warning',
      labels: { schemaname: 'public', relname: 'orders' },
      series: { pg_stat_user_tables_n_dead_tup: 6000, pg_stat_user_tables_n_live_tup: 6000 },
      from: '2h',
      shown: '50.0',
    },
    {
      alert: 'PostgreSQLHighTransactionIdAge',
      severity: 'warning',
      scrape: '10s',
      series: { pg_database_wraparound_age_datfrozenxid_seconds: above(1000000000, 1000000001) },
      from: '5m',
      shown: '1G',
    },
    {
      alert: 'PostgreSQLCriticalTransactionIdAge',
      severity: 'critical',
      sms: true,
      scrape: '10s',
      series: { pg_database_wraparound_age_datfrozenxid_seconds: above(1600000000, 1600000001) },
      from: '0s',
      shown: '1.6G',
    },
    {
      alert: 'PostgreSQLForcedCheckpoints',
      severity: 'warning',
      scrape: '1m',
      labels: { datname: '' },
      series: { pg_stat_checkpointer_num_requested_total: oneEvery(2) },
      from: '41m15s',
      shown: '8',
      watched: '1h20m',
      fires: {
        'at one every two minutes (PostgreSQL 16)': {
          change: { pg_stat_checkpointer_num_requested_total: null, pg_stat_bgwriter_checkpoints_req_total: oneEvery(2) },
          from: '41m15s',
        },
      },
      silent: {
        'at one every three minutes': { pg_stat_checkpointer_num_requested_total: oneEvery(3) },
        'through a batch job of 20 minutes': { pg_stat_checkpointer_num_requested_total: '0x5 0+1x20 20' },
      },
    },
    {
      alert: 'PostgreSQLWalGrowth',
      severity: 'warning',
      scrape: '10s',
      labels: { datname: '' },
      series: { pg_wal_size_bytes: 301, 'pg_settings_max_wal_size_bytes{server="shop-db:5432"}': 100 },
      from: '15m',
      shown: '301',
      silent: {
        'at three times max_wal_size': {
          'pg_settings_max_wal_size_bytes{server="shop-db:5432"}': null,
          pg_wal_size_bytes: 300,
          pg_settings_max_wal_size_bytes: 100,
        },
      },
    },
    {
      alert: 'PostgreSQLArchiveFailing',
      severity: 'critical',
      scrape: '10s',
      labels: { datname: '' },
      // Three attempts in every minute.
      series: { [FAILED]: `0x6 ${ATTEMPTS}`, [ARCHIVED]: 5 },
      from: '6m15s',
      shown: '10',
      fires: {
        'through lost scrapes': { change: { [FAILED]: `0x6 ${ATTEMPTS.replace('9x5', '9 stale 9x3')}` }, from: '6m15s' },
        'three minutes after the last success': { change: { [FAILED]: `0x6 ${ATTEMPTS}`, [ARCHIVED]: '5x7 6' }, from: '9m15s' },
      },
      silent: {
        'when the next attempt succeeds': { [FAILED]: '0x6 1', [ARCHIVED]: '5x7 6' },
        'when the archive is away for three minutes': { [FAILED]: '0x6 3x5 6x5 9', [ARCHIVED]: '5x24 6' },
        'when every other attempt succeeds': { [ARCHIVED]: '5+1' },
      },
    },
    {
      alert: 'PostgreSQLDatabaseGrowth',
      severity: 'warning',
      every: '5m',
      scrape: '5m',
      series: { pg_database_size_bytes: '6442450944x288 8589934592' },
      from: '1d1h10m',
      shown: '33',
      fires: {
        'when 4 GiB have become 1.2 GiB more': {
          change: { pg_database_size_bytes: '4294967296x288 5583457485' },
          from: '1d1h10m',
          shown: '30',
        },
      },
      silent: {
        'at a quarter': { pg_database_size_bytes: '8589934592x288 10737418240' },
        'about less than 1 GiB': { pg_database_size_bytes: '1073741824x288 2147483647' },
      },
    },
    {
      alert: 'PostgreSQLMetricsIncomplete',
      severity: 'warning',
      scrape: '10s',
      labels: { datname: '' },
      result: { collector: 'wal' },
      series: { 'pg_scrape_collector_success{collector="wal"}': 0, pg_up: 1 },
      from: '5m',
      silent: {
        'when the server is down': { pg_up: 0 },
        'when a collector fails once': { 'pg_scrape_collector_success{collector="wal"}': '1x3 0 1' },
      },
    },
  ],
});
