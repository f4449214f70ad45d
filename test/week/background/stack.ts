import type { Target } from '../shared/event.ts';
import { clock, counts, type Shapes } from '../shared/shapes.ts';
import { TARGETS } from '../shared/targets.ts';

const process: Shapes = { process_start_time_seconds: -500_000, process_open_fds: 60, process_max_fds: 1_048_576 };

/** Counters of what has never gone wrong. */
const never = (...names: readonly string[]): Shapes => Object.fromEntries(names.map((name) => [name, counts(0)]));

const POOLS = [
  'apps',
  'blackbox',
  'containers',
  'node',
  'nginx',
  'postgres',
  'redis',
  'mysql',
  'prometheus',
  'alertmanager',
  'loki',
  'alloy',
];

const prometheus: Shapes = {
  ...process,
  prometheus_config_last_reload_successful: 1,
  ...Object.fromEntries(POOLS.map((pool) => [`prometheus_target_scrape_pool_targets{scrape_job="${pool}"}`, 2])),
  'prometheus_target_interval_length_seconds{interval="15s", quantile="0.99"}': 15.02,
  'prometheus_target_interval_length_seconds{interval="10s", quantile="0.99"}': 10.02,
  'prometheus_target_interval_length_seconds{interval="5s", quantile="0.99"}': 5.01,
  'prometheus_rule_group_last_duration_seconds{rule_group="redis"}': 0.01,
  'prometheus_rule_evaluation_failures_total{rule_group="redis"}': counts(0),
  'prometheus_rule_group_iterations_missed_total{rule_group="redis"}': counts(0),
  'prometheus_notifications_errors_total{alertmanager="http://alertmanager:9093/api/v2/alerts"}': counts(0),
  prometheus_notifications_alertmanagers_discovered: 1,
  prometheus_tsdb_head_series: 60_000,
  ...never(
    'prometheus_sd_file_read_errors_total',
    'prometheus_target_scrapes_exceeded_sample_limit_total',
    'prometheus_target_scrapes_exceeded_body_size_limit_total',
    'prometheus_target_scrape_pool_exceeded_label_limits_total',
    'prometheus_target_scrape_pool_exceeded_target_limit_total',
    'prometheus_notifications_dropped_total',
    'prometheus_tsdb_compactions_failed_total',
    'prometheus_tsdb_wal_writes_failed_total',
    'prometheus_tsdb_wal_truncations_failed_total',
    'prometheus_tsdb_checkpoint_creations_failed_total',
    'prometheus_tsdb_head_truncations_failed_total',
    'prometheus_tsdb_wal_corruptions_total',
    'prometheus_tsdb_mmap_chunk_corruptions_total',
    'prometheus_tsdb_reloads_failures_total',
    'prometheus_tsdb_size_retentions_total',
  ),
};

const loki: Shapes = {
  ...process,
  ...never('loki_ingester_wal_disk_full_failures_total', 'prometheus_tsdb_wal_writes_failed_total'),
  loki_compactor_apply_retention_last_successful_run_timestamp_seconds: clock(300),
  'loki_discarded_samples_total{reason="greater_than_max_sample_age", tenant="fake"}': counts(0),
  'loki_request_duration_seconds_count{method="POST", route="loki_api_v1_push", status_code="204"}': counts(2),
  'loki_request_duration_seconds_count{method="POST", route="loki_api_v1_push", status_code="500"}': counts(0),
};

/** The stack that watches itself, with its logs and a job that pushes. */
export const stackTargets: readonly Target[] = [
  { labels: TARGETS.prometheus, series: prometheus },
  {
    labels: TARGETS.alertmanager,
    series: {
      ...process,
      alertmanager_config_last_reload_successful: 1,
      'alertmanager_notifications_failed_total{integration="webhook", reason="other"}': counts(0),
      'alertmanager_notification_requests_failed_total{integration="webhook"}': counts(0),
    },
  },
  { labels: TARGETS.history, series: process },
  { labels: TARGETS.grafana, series: process },
  { labels: TARGETS.loki, series: loki },
  { labels: TARGETS.alloy, series: { ...process, 'loki_write_dropped_entries_total{host="loki:3100", reason="rate_limited"}': counts(0) } },
  {
    labels: TARGETS.pushgateway,
    series: {
      ...process,
      'push_time_seconds{job="backup", instance="web-1"}': -30_000,
      'push_failure_time_seconds{job="backup", instance="web-1"}': -900_000,
    },
  },
];
