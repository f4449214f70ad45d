import { above, below, down, ruleTable } from '../../scripts/rules/table.ts';

const ATTEMPTS = 'alertmanager_notification_requests_failed_total{receiver_name="sms"}';
const HISTORY = 'up{job="history", instance="history", service="history", integration=""}';

/** A service's own "down" alert that is pending. */
const isDown = (alertname: string, service: string): string =>
  `ALERTS{alertname="${alertname}", alertstate="pending", severity="critical", notify_sms="true", job="apps", instance="${alertname}", service="${service}", target_host="${service}"}`;
const noAlerts = { [isDown('RedisDown', 'cache')]: null, [isDown('ServiceDown', 'shop')]: null, [isDown('PostgreSQLDown', 'db')]: null };
const reboot = 'ALERTS{alertname="RebootInProgress", alertstate="firing", severity="info", job="node", instance="node", service="node"}';
/** A server of which nothing answers. */
const server = {
  'up{job="node", instance="web-1", service="", server="web-1"}': '1x3 0',
  'up{job="apps", instance="a", service="", server="web-1"}': '1x3 0',
  'up{job="apps", instance="b", service="", server="web-1"}': '1x3 0',
};

export default ruleTable({
  category: 'stack',
  labels: { job: 'prometheus', instance: 'prometheus', service: 'prometheus' },
  alerts: [
    {
      alert: 'Watchdog',
      severity: 'info',
      result: { job: '', instance: '', service: '' },
      series: { up: 1 },
      from: '0s',
      fires: { 'until nothing has been recorded for five minutes': { change: { up: '0x3 _' }, from: '0s', until: '5m45s' } },
    },
    {
      alert: 'TestAlert',
      severity: 'critical',
      category: 'database',
      every: '5s',
      scrape: '5s',
      labels: { job: 'history', nonce: '4f1c', severity: 'critical', category: 'database', team: 'shop' },
      series: { pharos_test_alert: '_x3 1' },
      from: '15s',
      fires: { 'until the metric ends': { change: { pharos_test_alert: '1x3 stale' }, from: '0s', until: '20s' } },
      silent: { 'at 0': { pharos_test_alert: 0 } },
    },
    down('PrometheusDown', 'up', {
      from: '1m50s',
      fires: {
        'when nothing is recorded': { change: { up: '1x3 _' }, from: '2m35s', result: { instance: '', service: '' } },
        'until something is recorded again': {
          change: { up: '1x3 _x12 1' },
          at: '3m',
          until: '4m',
          result: { instance: '', service: '' },
        },
      },
      silent: {
        'when it is started anew': { up: '1x3 0x2 1' },
        'when a minute is not recorded': { up: '1x3 _x6 1' },
        'about another exporter': { up: 1, 'up{job="node"}': 0 },
      },
    }),
    down('AlertmanagerDown', 'up', {
      labels: { job: 'alertmanager' },
      from: '1m50s',
      silent: { 'when it is started anew': { up: '1x3 0x2 1' }, 'about another exporter': { up: null, 'up{job="node"}': 0 } },
    }),
    {
      alert: 'GrafanaDown',
      severity: 'warning',
      every: '5s',
      labels: { job: 'grafana' },
      series: { up: '1x3 0' },
      from: '3m',
      silent: { 'during an upgrade': { up: '1x3 0x7 1' }, 'about another exporter': { up: null, 'up{job="node"}': 0 } },
    },
    {
      alert: 'HistoryDown',
      severity: 'warning',
      every: '5s',
      scrape: '5s',
      labels: { job: 'history' },
      series: { up: '1x3 0' },
      from: '2m20s',
      silent: { 'when it is started anew': { up: '1x3 0x23 1' }, 'about another exporter': { up: null, 'up{job="node"}': 0 } },
    },
    {
      alert: 'TargetDown',
      severity: 'warning',
      every: '5s',
      labels: { job: 'printer', server: 'office', target_host: 'printer' },
      series: { up: '1x3 0' },
      from: '3m',
      silent: {
        'during a deployment': { up: '1x3 0x7 1' },
        'where the job has an alert of its own': { up: 0, 'pharos:job:covered{instance="", service="", server="", target_host=""}': 1 },
      },
    },
    {
      alert: 'SeveralServicesDown',
      severity: 'emergency',
      category: 'infrastructure',
      sms: true,
      every: '5s',
      series: {
        process_start_time_seconds: -1000,
        [isDown('RedisDown', 'cache')]: '_x3 1',
        [isDown('ServiceDown', 'shop')]: '_x3 1',
        [isDown('PostgreSQLDown', 'db')]: '_x3 1',
      },
      result: { job: '', instance: '', service: '' },
      from: '1m5s',
      shown: '3',
      fires: {
        'when a server and two targets on it do not answer': {
          change: { ...noAlerts, ...server },
          from: '1m20s',
          result: { job: '', instance: '', service: '', server: 'web-1' },
        },
        'in the end where it fired first while Prometheus started': {
          change: { process_start_time_seconds: 0 },
          from: '2m20s',
        },
        'although another server is rebooted': { change: { [reboot.replace('}', ', server="web-2"}')]: 1 }, from: '1m5s' },
        'although something else is deployed': {
          change: { 'pharos:deployment:target_host{job="", instance="", service="", target_host="blog"}': 1 },
          from: '1m5s',
        },
        'although another Prometheus, and another process of that name, have just started': {
          change: { 'process_start_time_seconds{instance="second"}': 1000, 'process_start_time_seconds{job="apps"}': 1000 },
          from: '1m5s',
        },
        'when an exporter answers for a database on a server that does not': {
          change: { ...noAlerts, ...server, 'up{job="redis", instance="cache", service="", server="web-1"}': 1 },
          from: '1m20s',
          result: { job: '', instance: '', service: '', server: 'web-1' },
        },
      },
      silent: {
        'when two services are down': { [isDown('PostgreSQLDown', 'db')]: null },
        'when one of three is deployed': { 'pharos:deployment:target_host{job="", instance="", service="", target_host="shop"}': 1 },
        'when their server was rebooted on purpose': ['server="web-1"', { [reboot]: 1 }],
        'when a service is down with several targets': {
          [isDown('PostgreSQLDown', 'db')]: null,
          [isDown('EndpointDown', 'shop')]: '_x3 1',
        },
        'when an exporter loses a scrape of three servers': {
          [isDown('RedisDown', 'cache')]: '_x3 1 stale',
          [isDown('ServiceDown', 'shop')]: '_x3 1 stale',
          [isDown('PostgreSQLDown', 'db')]: '_x3 1 stale',
        },
        'when exporters are down': {
          [isDown('PostgreSQLDown', 'db')]: null,
          [isDown('RedisExporterDown', 'redis-exporter').replace(', notify_sms="true"', '')]: 1,
        },
        'about a warning': {
          [isDown('PostgreSQLDown', 'db')]: null,
          [isDown('ContainerDown', 'web').replace('critical', 'warning')]: 1,
        },
        'about another critical alert': {
          [isDown('PostgreSQLDown', 'db')]: null,
          [isDown('CertificateExpired', 'web')]: 1,
        },
        'when the node exporter and two applications on a server that answers are down': {
          ...noAlerts,
          ...server,
          'up{job="apps", instance="c", service="", server="web-1"}': 1,
        },
        'when what does not answer on the server of Prometheus is asked directly': {
          ...noAlerts,
          ...server,
          'up{job="prometheus", server="web-1"}': 1,
        },
        'when only two targets of a server do not answer': {
          ...noAlerts,
          ...server,
          'up{job="apps", instance="b", service="", server="web-1"}': null,
        },
        'when a server, a target and an exporter on it do not answer': {
          ...noAlerts,
          ...server,
          'up{job="apps", instance="b", service="", server="web-1"}': null,
          'up{job="redis", instance="b", service="", server="web-1"}': 0,
        },
        'when three targets of unknown servers do not answer': {
          ...noAlerts,
          'up{job="apps", instance="a", service=""}': 0,
          'up{job="apps", instance="b", service=""}': 0,
          'up{job="apps", instance="c", service=""}': 0,
        },
      },
    },
    {
      alert: 'PrometheusConfigReloadFailed',
      severity: 'warning',
      series: { prometheus_config_last_reload_successful: '1x4 0 stale 0' },
      from: '2m',
      silent: { 'when the mistake is fixed at once': { prometheus_config_last_reload_successful: '1x4 0x2 1' } },
    },
    {
      alert: 'AlertmanagerConfigReloadFailed',
      severity: 'warning',
      labels: { job: 'alertmanager' },
      series: { alertmanager_config_last_reload_successful: '1x4 0 stale 0' },
      from: '2m',
      silent: { 'when the mistake is fixed at once': { alertmanager_config_last_reload_successful: '1x4 0x2 1' } },
    },
    {
      alert: 'TargetsMissing',
      severity: 'warning',
      labels: { scrape_job: 'postgres' },
      series: { prometheus_target_scrape_pool_targets: 0 },
      from: '5m',
      silent: { 'while there are no applications yet': 'scrape_job="apps"' },
    },
    {
      alert: 'TargetFileUnreadable',
      severity: 'warning',
      series: { prometheus_sd_file_read_errors_total: '0x19 1x19 2x19 3' },
      from: '11m',
      shown: '1',
      fires: {
        'until six minutes after it was corrected': {
          change: { prometheus_sd_file_read_errors_total: '0x19 1x19 2' },
          from: '11m',
          until: '15m45s',
          lastShown: '1',
        },
      },
      silent: {
        'about the past': { prometheus_sd_file_read_errors_total: 3 },
        'about a file that was half written at one look': { prometheus_sd_file_read_errors_total: '0x19 1' },
      },
    },
    {
      alert: 'ScrapeSlow',
      severity: 'warning',
      labels: { job: 'apps' },
      series: { scrape_duration_seconds: above(1, 1.1) },
      from: '10m',
      shown: '1.1s',
      silent: { 'about probes': { scrape_duration_seconds: null, 'scrape_duration_seconds{job="blackbox", module="http_2xx"}': 4 } },
    },
    {
      alert: 'ScrapesLate',
      severity: 'warning',
      labels: { interval: '15s', quantile: '0.99' },
      series: { prometheus_target_interval_length_seconds: above(22.5, 22.6) },
      from: '15m',
      shown: '22.6s',
      fires: {
        'after a quarter of an hour when 10s become 15.1': {
          change: ['interval="10s"', { prometheus_target_interval_length_seconds: 15.1 }],
          from: '15m',
          shown: '15.1s',
        },
        'after a quarter of an hour when 5s become 7.6': {
          change: ['interval="5s"', { prometheus_target_interval_length_seconds: 7.6 }],
          from: '15m',
          shown: '7.6s',
        },
      },
      silent: {
        'about one pause, which the percentile shows for ten minutes': { prometheus_target_interval_length_seconds: '15x3 28800x40 15' },
        'when 10s become 15': ['interval="10s"', { prometheus_target_interval_length_seconds: 15 }],
        'when 5s become 7.5': ['interval="5s"', { prometheus_target_interval_length_seconds: 7.5 }],
        'about the longest of all scrapes': {
          prometheus_target_interval_length_seconds: 15,
          'prometheus_target_interval_length_seconds{quantile="1"}': 60,
          'prometheus_target_interval_length_seconds{interval="10s"}': 10,
          'prometheus_target_interval_length_seconds{interval="10s", quantile="1"}': 60,
          'prometheus_target_interval_length_seconds{interval="5s"}': 5,
          'prometheus_target_interval_length_seconds{interval="5s", quantile="1"}': 60,
        },
        'about scrapes that are meant to be far apart': ['interval="1m"', { prometheus_target_interval_length_seconds: 60 }],
      },
    },
    {
      alert: 'ScrapeLimitExceeded',
      severity: 'warning',
      series: { prometheus_target_scrapes_exceeded_sample_limit_total: '0x4 1' },
      from: '1m15s',
      shown: '1',
      fires: {
        'on scrapes_exceeded_body_size_limit': {
          change: {
            prometheus_target_scrapes_exceeded_sample_limit_total: null,
            prometheus_target_scrapes_exceeded_body_size_limit_total: '0x4 1',
          },
          from: '1m15s',
        },
        'on scrape_pool_exceeded_label_limits': {
          change: {
            prometheus_target_scrapes_exceeded_sample_limit_total: null,
            prometheus_target_scrape_pool_exceeded_label_limits_total: '0x4 1',
          },
          from: '1m15s',
        },
        'on scrape_pool_exceeded_target_limit': {
          change: {
            prometheus_target_scrapes_exceeded_sample_limit_total: null,
            prometheus_target_scrape_pool_exceeded_target_limit_total: '0x4 1',
          },
          from: '1m15s',
        },
      },
      silent: { 'about the past': { prometheus_target_scrapes_exceeded_sample_limit_total: 5 } },
    },
    {
      alert: 'PrometheusRuleFailures',
      severity: 'critical',
      labels: { rule_group: '/etc/prometheus/rules/node.yml;node-cpu' },
      series: { prometheus_rule_evaluation_failures_total: '0x4 1x3 2x3 3' },
      from: '3m15s',
      shown: '2',
      silent: {
        'about the past': { prometheus_rule_evaluation_failures_total: 5 },
        'about a failure that does not come again': { prometheus_rule_evaluation_failures_total: '0x4 1' },
      },
    },
    {
      alert: 'PrometheusRulesSlow',
      severity: 'warning',
      labels: { rule_group: '/etc/prometheus/rules/node.yml;node-cpu' },
      series: { prometheus_rule_group_last_duration_seconds: above(5, 5.1) },
      from: '5m',
      shown: '5.1s',
    },
    {
      alert: 'PrometheusRulesMissed',
      severity: 'warning',
      labels: { rule_group: '/etc/prometheus/rules/node.yml;node-cpu' },
      series: { prometheus_rule_group_iterations_missed_total: '0+1' },
      from: '5m15s',
      shown: '20',
      silent: {
        'about one miss': { prometheus_rule_group_iterations_missed_total: '0x4 1' },
        'about a host that slept': { prometheus_rule_group_iterations_missed_total: '0x4 1900' },
      },
    },
    {
      alert: 'PrometheusNotificationsFailing',
      severity: 'critical',
      series: { 'prometheus_notifications_errors_total{alertmanager="http://alertmanager:9093/api/v2/alerts"}': '0x4 1x2 2x2 3x2 4' },
      from: '4m15s',
      shown: '2',
      fires: {
        'after alerts were dropped': {
          change: {
            'prometheus_notifications_errors_total{alertmanager="http://alertmanager:9093/api/v2/alerts"}': null,
            'prometheus_notifications_dropped_total{alertmanager="http://alertmanager:9093/api/v2/alerts"}': '0x4 2x2 4x2 6x2 8',
          },
          from: '4m15s',
          shown: '5',
        },
      },
      silent: {
        'about the past': {
          'prometheus_notifications_errors_total{alertmanager="http://alertmanager:9093/api/v2/alerts"}': 4,
          prometheus_notifications_dropped_total: 2,
        },
        'while Alertmanager is away for a minute': {
          'prometheus_notifications_errors_total{alertmanager="http://alertmanager:9093/api/v2/alerts"}': '0x4 1x1 2x1 3',
        },
      },
    },
    {
      alert: 'PrometheusWithoutAlertmanager',
      severity: 'critical',
      series: { prometheus_notifications_alertmanagers_discovered: '1x4 0' },
      from: '2m15s',
      silent: { 'for a minute after its start': { prometheus_notifications_alertmanagers_discovered: '0x3 1' } },
    },
    {
      alert: 'NotificationsFailing',
      severity: 'critical',
      scrape: '10s',
      labels: { job: 'alertmanager', instance: 'alertmanager', service: 'alertmanager', integration: 'webhook' },
      series: {
        [ATTEMPTS]: '0x5 1x5 2x5 3x5 4x5 5x5 6x5 7x5 8',
        [HISTORY]: 1,
        'up{job="redis", instance="cache", service="redis", integration=""}': 0,
      },
      from: '6m',
      shown: '2',
      fires: {
        'about a history that answers with errors': {
          change: { [ATTEMPTS]: null, 'alertmanager_notification_requests_failed_total{receiver_name="history"}': '0x5 1+2' },
          from: '6m',
          shown: '24',
        },
        'about other receivers while the history is down': {
          change: [
            'integration="slack"',
            {
              [ATTEMPTS]: null,
              'alertmanager_notification_requests_failed_total{receiver_name="critical-team"}': '0x5 1+2',
              [HISTORY]: 0,
            },
          ],
          from: '6m',
          shown: '24',
        },
      },
      silent: {
        'about the past': { [ATTEMPTS]: 5 },
        'about a receiver that starts anew within three minutes': { [ATTEMPTS]: '0x5 1x2 3x2 4x2 5x3 6x3 7' },
        'about a history that is down': {
          [ATTEMPTS]: null,
          'alertmanager_notification_requests_failed_total{receiver_name="history"}': '0x5 1+2',
          [HISTORY]: 0,
        },
      },
    },
    {
      alert: 'PrometheusCompactionFailing',
      severity: 'warning',
      series: { prometheus_tsdb_compactions_failed_total: '0x4 1' },
      from: '1m15s',
      shown: '1',
      silent: { 'about the past': { prometheus_tsdb_compactions_failed_total: 1 } },
    },
    {
      alert: 'PrometheusWriteFailing',
      severity: 'critical',
      series: { prometheus_tsdb_wal_writes_failed_total: '0x4 1' },
      from: '1m15s',
      shown: '1',
      fires: {
        'on wal_truncations_failed': {
          change: { prometheus_tsdb_wal_writes_failed_total: null, prometheus_tsdb_wal_truncations_failed_total: '0x4 1' },
          from: '1m15s',
        },
        'on checkpoint_creations_failed': {
          change: { prometheus_tsdb_wal_writes_failed_total: null, prometheus_tsdb_checkpoint_creations_failed_total: '0x4 1' },
          from: '1m15s',
        },
        'on head_truncations_failed': {
          change: { prometheus_tsdb_wal_writes_failed_total: null, prometheus_tsdb_head_truncations_failed_total: '0x4 1' },
          from: '1m15s',
        },
      },
      silent: {
        "leaves Loki's own log to Loki": 'job="loki"',
        'about the log of Loki': {
          prometheus_tsdb_wal_writes_failed_total: null,
          'prometheus_tsdb_wal_truncations_failed_total{job="loki"}': '0+1',
        },
      },
    },
    {
      alert: 'PrometheusDataCorrupted',
      severity: 'warning',
      series: { prometheus_tsdb_wal_corruptions_total: '0x4 1' },
      from: '1m15s',
      shown: '1',
      fires: {
        'on mmap_chunk_corruptions': {
          change: { prometheus_tsdb_wal_corruptions_total: null, prometheus_tsdb_mmap_chunk_corruptions_total: '0x4 1' },
          from: '1m15s',
        },
        'on reloads_failures': {
          change: { prometheus_tsdb_wal_corruptions_total: null, prometheus_tsdb_reloads_failures_total: '0x4 1' },
          from: '1m15s',
        },
      },
      silent: {
        'without damage': {
          prometheus_tsdb_wal_corruptions_total: 0,
          prometheus_tsdb_mmap_chunk_corruptions_total: 0,
          prometheus_tsdb_reloads_failures_total: 2,
        },
      },
    },
    {
      alert: 'StackVolumeFilling',
      severity: 'warning',
      labels: { job: 'history', instance: 'history', service: 'history' },
      series: { pharos_history_volume_avail_bytes: below(10e9, 9.9e9), pharos_history_volume_size_bytes: 100e9 },
      from: '10m',
      shown: '9.9',
      silent: { 'during a build': { pharos_history_volume_avail_bytes: '20e9x3 5e9x32 20e9' } },
    },
    {
      alert: 'StackVolumeFull',
      severity: 'critical',
      labels: { job: 'history', instance: 'history', service: 'history' },
      series: { pharos_history_volume_avail_bytes: below(3e9, 2.9e9), pharos_history_volume_size_bytes: 100e9 },
      from: '2m',
      shown: '2.9',
      silent: { 'about temporary files': { pharos_history_volume_avail_bytes: '20e9x3 1e9x7 20e9' } },
    },
    {
      alert: 'PrometheusRetentionBySize',
      severity: 'info',
      series: { prometheus_tsdb_size_retentions_total: '0x4 1' },
      from: '1m15s',
      shown: '1',
      silent: { 'without one': { prometheus_tsdb_size_retentions_total: 1 } },
    },
    {
      alert: 'PrometheusCardinalityGrowing',
      severity: 'warning',
      every: '5m',
      scrape: '5m',
      series: { prometheus_tsdb_head_series: '50000x288 80000' },
      from: '1d40m',
      shown: '1.6',
      fires: { 'at 60,000 series': { change: { prometheus_tsdb_head_series: '30000x288 60000' }, from: '1d40m', shown: '2.0' } },
      silent: {
        'at a half more': { prometheus_tsdb_head_series: '50000x288 75000' },
        'below 50,000 series': { prometheus_tsdb_head_series: '10000x288 50000' },
      },
    },
    {
      alert: 'PrometheusRestarting',
      severity: 'critical',
      scrape: '1m',
      series: { process_start_time_seconds: '1x1 2x1 3x1 4x1 5' },
      from: '8m',
      shown: '4',
      silent: {
        'at three restarts': { process_start_time_seconds: '1x1 2x1 3x1 4' },
        'about another process': ['job="apps"', { process_start_time_seconds: '0+4' }],
      },
    },
  ],
});
