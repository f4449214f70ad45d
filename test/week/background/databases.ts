import type { Target } from '../shared/event.ts';
import { clock, counts, type Shapes } from '../shared/shapes.ts';
import { TARGETS } from '../shared/targets.ts';

const MB = 1e6;
const GB = 1e9;

const postgresSettings: Shapes = {
  pg_settings_max_connections: 100,
  pg_settings_superuser_reserved_connections: 3,
  pg_settings_reserved_connections: 0,
  pg_settings_max_wal_size_bytes: GB,
  pg_settings_data_checksums: 1,
};

const collectors = ['database', 'locks', 'long_running_transactions', 'replication', 'stat_database', 'stat_user_tables', 'wal'];

const postgres: Shapes = {
  pg_up: 1,
  pg_exporter_last_scrape_error: 0,
  ...postgresSettings,
  ...Object.fromEntries(collectors.map((collector) => [`pg_scrape_collector_success{collector="${collector}"}`, 1])),
  'pg_stat_database_numbackends{datid="16384", datname="shop"}': 18,
  'pg_stat_database_blks_hit{datid="16384", datname="shop"}': counts(4000),
  'pg_stat_database_blks_read{datid="16384", datname="shop"}': counts(20),
  'pg_stat_database_deadlocks{datid="16384", datname="shop"}': counts(0),
  'pg_stat_database_xact_commit{datid="16384", datname="shop"}': counts(60),
  'pg_stat_database_xact_rollback{datid="16384", datname="shop"}': counts(0.2),
  'pg_stat_database_temp_bytes{datid="16384", datname="shop"}': counts(0),
  'pg_stat_activity_count{datname="shop", state="active", wait_event_type="Lock", usename="shop"}': 0,
  'pg_stat_activity_count{datname="shop", state="active", wait_event_type="Client", usename="shop"}': 2,
  pg_long_running_transactions_oldest_timestamp_seconds: 0,
  'pg_stat_user_tables_n_live_tup{datname="shop", relname="orders", schemaname="public"}': 900_000,
  'pg_stat_user_tables_n_dead_tup{datname="shop", relname="orders", schemaname="public"}': 40_000,
  'pg_database_wraparound_age_datfrozenxid_seconds{datname="shop"}': 1.5e8,
  'pg_database_size_bytes{datname="shop"}': 8 * GB,
  pg_wal_size_bytes: 0.6 * GB,
  pg_wal_segments: 36,
};

const primary: Shapes = {
  ...postgres,
  pg_replication_is_replica: 0,
  pg_replication_lag_seconds: 0,
  'pg_replication_slots_active{slot_name="standby1"}': 1,
  'pg_replication_slot_slot_is_active{slot_name="standby1", slot_type="physical"}': 1,
  'pg_replication_slot_slot_current_wal_lsn{slot_name="standby1", slot_type="physical"}': counts(200_000),
  pg_stat_checkpointer_num_requested_total: counts(0),
  pg_stat_checkpointer_num_timed_total: counts(1 / 300),
  pg_stat_archiver_archived_count: counts(1 / 120),
  pg_stat_archiver_failed_count: counts(0),
};

const standby: Shapes = {
  ...postgres,
  pg_replication_is_replica: 1,
  pg_replication_lag_seconds: 0.4,
  'pg_scrape_collector_success{collector="stat_wal_receiver"}': 1,
  'pg_stat_wal_receiver_receive_start_tli{slot_name="standby1", status="streaming", upstream_host="db"}': 1,
  pg_stat_checkpointer_num_requested_total: counts(0),
};

const redis: Shapes = {
  redis_up: 1,
  redis_uptime_in_seconds: 900_000,
  redis_memory_used_bytes: 180 * MB,
  redis_memory_used_rss_bytes: 210 * MB,
  redis_memory_max_bytes: 512 * MB,
  redis_mem_fragmentation_ratio: 1.15,
  redis_evicted_keys_total: counts(0),
  redis_connected_clients: 24,
  redis_max_clients: 10_000,
  redis_blocked_clients: 4,
  redis_rejected_connections_total: counts(0),
  redis_keyspace_hits_total: counts(300),
  redis_keyspace_misses_total: counts(6),
  redis_slowlog_last_id: counts(1 / 3600),
  redis_rdb_last_bgsave_status: 1,
  redis_aof_last_write_status: 1,
  redis_aof_last_bgrewrite_status: 1,
  redis_loading_dump_file: 0,
  'redis_db_keys{db="db0"}': 250_000,
};

const mysql: Shapes = {
  mysql_up: 1,
  mysql_global_variables_read_only: 0,
  mysql_global_status_threads_connected: 12,
  mysql_global_status_threads_running: 2,
  mysql_global_variables_max_connections: 151,
  'mysql_global_status_connection_errors_total{error="max_connections"}': counts(0),
  mysql_global_status_aborted_connects: counts(0.001),
  mysql_global_status_aborted_clients: counts(0.001),
  'mysql_info_schema_processlist_threads{command="sleep", state="user_sleep"}': 8,
  mysql_global_status_slow_queries: counts(0.001),
  mysql_global_status_innodb_deadlocks: counts(0),
  mysql_global_status_innodb_row_lock_current_waits: 0,
  mysql_global_status_created_tmp_disk_tables: counts(0.05),
  mysql_global_status_created_tmp_tables: counts(2),
  mysql_global_status_innodb_buffer_pool_reads: counts(3),
  mysql_global_status_innodb_buffer_pool_read_requests: counts(4000),
  mysql_global_status_innodb_buffer_pool_wait_free: counts(0),
  mysql_global_status_innodb_log_waits: counts(0),
  mysql_info_schema_innodb_metrics_transaction_trx_rseg_history_len: 300,
  mysql_global_status_open_files: 40,
  mysql_global_variables_open_files_limit: 32_000,
  mysql_binlog_size_bytes: 2 * GB,
  mysql_global_status_uptime: clock(-900_000),
  'mysql_exporter_collector_success{collector="collect.global_status"}': 1,
};

/** PostgreSQL with a standby on another server, Redis and MySQL, each with its exporter. */
export const databaseTargets: readonly Target[] = [
  { labels: TARGETS.postgres, series: primary },
  { labels: TARGETS.standby, series: standby },
  { labels: TARGETS.postgresExporter, series: {} },
  { labels: TARGETS.redis, series: redis },
  { labels: TARGETS.redisExporter, series: {} },
  { labels: TARGETS.mysql, series: mysql },
  { labels: TARGETS.mysqlExporter, series: {} },
];
