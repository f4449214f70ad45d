import { above, down, ruleTable } from '../../scripts/rules/table.ts';

const HISTORY = '{job="history", instance="history", service="history", integration=""}';
/** A history that is away for two scrapes. */
const RESTART = { [`up${HISTORY}`]: '1x4 0x1 1', [`process_start_time_seconds${HISTORY}`]: '0x4 stale stale 60' };

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
    down('PrometheusDown', 'up', { silent: { 'about another exporter': { up: null, 'up{job="node"}': 0 } } }),
    down('AlertmanagerDown', 'up', {
      labels: { job: 'alertmanager' },
      silent: { 'about another exporter': { up: null, 'up{job="node"}': 0 } },
    }),
    down('GrafanaDown', 'up', { labels: { job: 'grafana' }, silent: { 'about another exporter': { up: null, 'up{job="node"}': 0 } } }),
    {
      alert: 'HistoryDown',
      severity: 'critical',
      every: '5s',
      scrape: '5s',
      labels: { job: 'history' },
      series: { up: '1x3 0' },
      from: '40s',
      silent: { 'when four scrapes are lost': { up: '1x3 0x3 1' }, 'about another exporter': { up: null, 'up{job="node"}': 0 } },
    },
    down('TargetDown', 'up', {
      labels: { job: 'printer' },
      silent: { 'where the job has an alert of its own': { up: 0, 'pharos:job:covered': 1 } },
    }),
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
      severity: 'critical',
      series: { prometheus_config_last_reload_successful: '1x4 0 stale 0' },
      from: '1m30s',
      silent: { 'when the mistake is fixed at once': { prometheus_config_last_reload_successful: '1x4 0 1' } },
    },
    {
      alert: 'AlertmanagerConfigReloadFailed',
      severity: 'critical',
      labels: { job: 'alertmanager' },
      series: { alertmanager_config_last_reload_successful: '1x4 0 stale 0' },
      from: '1m30s',
      silent: { 'when the mistake is fixed at once': { alertmanager_config_last_reload_successful: '1x4 0 1' } },
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
      series: { prometheus_sd_file_read_errors_total: '0x4 1' },
      from: '1m15s',
      shown: '1',
      silent: { 'about the past': { prometheus_sd_file_read_errors_total: 3 } },
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
      from: '10m',
      shown: '22.6s',
      fires: {
        'after ten minutes when 10s become 15.1': {
          change: ['interval="10s"', { prometheus_target_interval_length_seconds: 15.1 }],
          from: '10m',
          shown: '15.1s',
        },
        'after ten minutes when 5s become 7.6': {
          change: ['interval="5s"', { prometheus_target_interval_length_seconds: 7.6 }],
          from: '10m',
          shown: '7.6s',
        },
      },
      silent: {
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
      series: { prometheus_rule_evaluation_failures_total: '0x4 1' },
      from: '1m15s',
      shown: '1',
      silent: { 'about the past': { prometheus_rule_evaluation_failures_total: 5 } },
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
      silent: { 'about one miss': { prometheus_rule_group_iterations_missed_total: '0x4 1' } },
    },
    {
      alert: 'PrometheusNotificationsFailing',
      severity: 'critical',
      series: { 'prometheus_notifications_errors_total{alertmanager="http://alertmanager:9093/api/v2/alerts"}': '0x4 1' },
      from: '1m30s',
      shown: '1',
      fires: {
        'after alerts were dropped': {
          change: {
            'prometheus_notifications_errors_total{alertmanager="http://alertmanager:9093/api/v2/alerts"}': null,
            prometheus_notifications_dropped_total: '0x4 2',
          },
          from: '1m30s',
          shown: '2',
        },
      },
      silent: {
        'about the past': {
          'prometheus_notifications_errors_total{alertmanager="http://alertmanager:9093/api/v2/alerts"}': 4,
          prometheus_notifications_dropped_total: 2,
        },
      },
    },
    {
      alert: 'PrometheusWithoutAlertmanager',
      severity: 'critical',
      series: { prometheus_notifications_alertmanagers_discovered: '1x4 0' },
      from: '1m30s',
      silent: { 'at a scrape without one': { prometheus_notifications_alertmanagers_discovered: '1x4 0 1' } },
    },
    {
      alert: 'NotificationsFailing',
      severity: 'critical',
      labels: { job: 'alertmanager', integration: 'email' },
      series: {
        'alertmanager_notifications_failed_total{reason="other"}': '0x4 1',
        'alertmanager_notifications_failed_total{reason="serverError"}': '0x4 2',
      },
      from: '1m15s',
      shown: '3',
      silent: {
        'about the past': {
          'alertmanager_notifications_failed_total{reason="serverError"}': null,
          'alertmanager_notifications_failed_total{reason="other"}': 5,
        },
      },
    },
    {
      alert: 'NotificationsFailing',
      severity: 'critical',
      scrape: '10s',
      labels: { job: 'alertmanager', instance: 'alertmanager', service: 'alertmanager', integration: 'webhook' },
      series: {
        'alertmanager_notification_requests_failed_total{receiver_name="sms"}': above('0x11 5', '0x11 6'),
        [`up${HISTORY}`]: 1,
        'up{job="redis", instance="cache", service="redis", integration=""}': 0,
        'process_start_time_seconds{job="apps", instance="backend", service="shop", integration=""}': 100,
      },
      from: '2m15s',
      shown: '7',
      fires: {
        'while a history is being started anew, for other receivers': {
          change: ['integration="slack"', { 'alertmanager_notification_requests_failed_total{receiver_name="sms"}': '0x12 6', ...RESTART }],
          from: '2m15s',
        },
        'for a history that was started anew a minute and a half ago': {
          change: { 'alertmanager_notification_requests_failed_total{receiver_name="sms"}': '0x7 6x4 12x2 18', ...RESTART },
          from: '2m30s',
        },
      },
      silent: {
        'for a history that is away': {
          'alertmanager_notification_requests_failed_total{receiver_name="sms"}': '0x4 6',
          [`up${HISTORY}`]: '1x4 0',
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
      severity: 'critical',
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
