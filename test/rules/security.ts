import { above, below, ruleTable } from '../../scripts/rules/table.ts';

export default ruleTable({
  category: 'security',
  labels: { job: 'node', instance: 'web-1', service: 'node' },
  alerts: [
    {
      alert: 'FailedSSHLogins',
      severity: 'info',
      scrape: '1m',
      series: {
        'security_ssh_failed_logins_total{reason="password"}': '0x19 11',
        'security_ssh_failed_logins_total{reason="invalid_user"}': '0x19 10',
      },
      from: '25m',
      until: '29m',
      shown: '21',
      lastShown: '23',
      silent: {
        'at twenty failures, and about logins that succeed': {
          'security_ssh_failed_logins_total{reason="invalid_user"}': null,
          'security_ssh_failed_logins_total{reason="password"}': '0x19 20',
          'security_user_logins_total{method="publickey"}': '0x19 500',
        },
        'about many failures over hours': {
          'security_ssh_failed_logins_total{reason="invalid_user"}': null,
          'security_ssh_failed_logins_total{reason="password"}': '0+1',
        },
      },
    },
    {
      alert: 'SSHBruteForce',
      severity: 'warning',
      scrape: '1m',
      series: {
        'security_ssh_failed_logins_total{reason="password"}': above('0x19 30+30', '0x19 30+33'),
        'security_ssh_failed_logins_total{reason="invalid_user"}': '0x19 1',
      },
      from: '43m15s',
      shown: '330',
      silent: {
        'about the burst of a scanner': { 'security_ssh_failed_logins_total{reason="password"}': '0x19 100x1 200x1 300x1 400x1 500' },
      },
    },
    {
      alert: 'SSHPasswordGuessed',
      severity: 'critical',
      series: { security_ssh_guessed_logins: '0x3 1' },
      from: '1m',
      shown: '1',
      fires: { 'where scrapes are lost': { change: { security_ssh_guessed_logins: '0x3 1 stale _x6 1' }, at: '2m30s' } },
      silent: { 'without one': { security_ssh_guessed_logins: 0 } },
    },
    {
      alert: 'RootLogin',
      severity: 'warning',
      scrape: '1m',
      series: { 'security_root_logins_total{method="publickey"}': '0x19 1', 'security_root_logins_total{method="password"}': 0 },
      from: '20m',
      until: '29m',
      silent: {
        'about other users, and about root logins of before': {
          'security_root_logins_total{method="publickey"}': null,
          'security_root_logins_total{method="password"}': 7,
          'security_user_logins_total{method="password"}': '0x19 9',
        },
      },
    },
    {
      alert: 'SudoFailures',
      severity: 'warning',
      scrape: '1m',
      series: {
        'security_sudo_failures_total{reason="wrong_password"}': '0x19 5',
        'security_sudo_failures_total{reason="not_in_sudoers"}': '0x19 1',
      },
      from: '20m',
      until: '34m',
      shown: '6',
      silent: {
        'at five refusals, and about scripts that are asked for a password': {
          'security_sudo_failures_total{reason="not_in_sudoers"}': null,
          'security_sudo_failures_total{reason="password_required"}': '0x19 90',
        },
      },
    },
    {
      alert: 'NewListeningPort',
      severity: 'info',
      scrape: '1m',
      labels: { protocol: 'tcp', port: '4444', scope: 'network' },
      series: { security_listening_port_since_timestamp_seconds: '_x20 1200' },
      from: '22m',
      until: '1h20m',
      shown: '2m 0s',
      lastShown: '59m 45s',
      silent: {
        'about ports that were there before, those of this host only, and one that closes at once': {
          'security_listening_port_since_timestamp_seconds{port="22"}': 0,
          'security_listening_port_since_timestamp_seconds{port="5432", scope="loopback"}': '_x20 1200',
          security_listening_port_since_timestamp_seconds: '_x20 1200 stale',
        },
      },
    },
    {
      alert: 'SecretReadable',
      severity: 'warning',
      labels: { path: '.env' },
      series: { security_secret_exposed: '_x3 1' },
      from: '2m45s',
      silent: {
        'where a file is closed after it was copied': { security_secret_exposed: '_x3 1x7 stale' },
        'about files that are closed': { security_secret_exposed: 0 },
      },
    },
    {
      alert: 'MetricFilesWritable',
      severity: 'warning',
      scrape: '1m',
      series: { security_textfiles_exposed: '0x4 2' },
      from: '7m',
      shown: '2',
      silent: { 'where none is': { security_textfiles_exposed: 0, security_secrets_exposed: 3 } },
    },
    {
      alert: 'SecurityUpdatesPending',
      severity: 'warning',
      every: '30m',
      scrape: '15m',
      series: { security_updates_pending_security: '0x1 3' },
      from: '1d30m',
      shown: '3',
      fires: {
        'after a night in which the server is off': {
          change: { security_updates_pending_security: '0x1 3x30 stale _x45 3' },
          from: '1d30m',
        },
      },
      silent: {
        'where they are applied within the day, and about other updates': {
          security_updates_pending_security: '0x1 3x95 0',
          security_updates_pending: 50,
        },
        'where the server is gone': { security_updates_pending_security: '0x1 3x20 stale' },
      },
    },
    {
      alert: 'PackageListsStale',
      severity: 'warning',
      every: '1h',
      scrape: '30m',
      series: { security_package_lists_fetched_timestamp_seconds: 0 },
      from: '7d13h',
      watched: '8d',
      shown: '7d 13h 0m 0s',
      silent: {
        'where apt looks': { security_package_lists_fetched_timestamp_seconds: '0+1800' },
        'where apt looks half a day after the host has woken up': { security_package_lists_fetched_timestamp_seconds: '0x359 648000' },
      },
    },
    {
      alert: 'RebootRequired',
      severity: 'info',
      every: '1h',
      scrape: '30m',
      series: { security_reboot_required: '0x1 1' },
      from: '7d1h',
      watched: '8d',
      fires: {
        'after nights in which the server is off': {
          change: { security_reboot_required: '0x1 1x20 stale _x22 1x20 stale _x22 1' },
          from: '7d1h',
        },
      },
      silent: { 'where the newest kernel runs': { security_reboot_required: 0 } },
    },
    {
      alert: 'CertificateFileExpiresSoon',
      severity: 'warning',
      scrape: '1m',
      labels: { path: '/etc/tls/shop.pem' },
      series: { security_certificate_expiry_timestamp_seconds: 1210800 },
      from: '30m15s',
      shown: '13d 23h 49m 45s',
      silent: {
        'until the last fortnight, and about one that has expired': {
          security_certificate_expiry_timestamp_seconds: 1213200,
          'security_certificate_expiry_timestamp_seconds{path="/etc/tls/old.pem"}': 60,
        },
      },
    },
    {
      alert: 'CertificateFileExpired',
      severity: 'critical',
      scrape: '1m',
      labels: { path: '/etc/tls/shop.pem' },
      series: { security_certificate_expiry_timestamp_seconds: below(3660, 1200) },
      from: '22m',
      shown: '2m 0s',
    },
    {
      alert: 'SecurityCollectorStale',
      severity: 'warning',
      scrape: '1m',
      result: { collector: 'ports' },
      series: {
        'security_collector_last_success_timestamp_seconds{collector="ports"}': 0,
        'security_collector_last_success_timestamp_seconds{collector="auth"}': '0+60',
      },
      from: '17m15s',
      watched: '30m',
      shown: '17m 15s',
      silent: {
        'at a quarter of an hour': {
          'security_collector_last_success_timestamp_seconds{collector="auth"}': null,
          'security_collector_last_success_timestamp_seconds{collector="ports"}': '0x15 900',
        },
      },
    },
    {
      alert: 'SecurityMetricsMissing',
      severity: 'warning',
      series: { up: 1, 'security_collector_success{collector="auth"}': '1x39 stale _' },
      from: '20m45s',
      silent: {
        'about a server that never had them, and one that is down': {
          'security_collector_success{collector="auth"}': 1,
          'up{instance="web-2"}': 1,
          'up{instance="web-3"}': '1x39 0',
          'security_collector_success{instance="web-3", collector="auth"}': '1x39 stale _',
        },
        'about other targets of the server': { up: null, 'up{job="containers", service="cadvisor"}': 1 },
      },
    },
    {
      alert: 'SecurityMetricsMissing',
      severity: 'warning',
      every: '1h',
      scrape: '1h',
      series: { up: 1, 'security_collector_success{collector="auth"}': '1x2 stale _' },
      at: '5h',
      watched: '1h',
      fires: { 'until a week is over': { change: {}, at: '5h', until: '7d2h' } },
    },
    {
      alert: 'SecuritySourceUnreadable',
      severity: 'warning',
      scrape: '1m',
      result: { collector: 'auth', source: '/var/log/auth.log', state: 'absent' },
      series: {
        'security_source_state{collector="auth", source="/var/log/auth.log", state="absent"}': 1,
        'security_source_state{collector="ports", source="/proc/1/net", state="ok"}': 1,
      },
      from: '15m',
      fires: {
        'about lists of packages that cannot be read': {
          change: {
            'security_source_state{collector="auth", source="/var/log/auth.log", state="absent"}': null,
            'security_source_state{collector="ports", source="/proc/1/net", state="ok"}': null,
            'security_source_state{collector="packages", source="/var/lib/apt/lists", state="unreadable"}': 1,
          },
          from: '15m',
          result: { collector: 'packages', source: '/var/lib/apt/lists', state: 'unreadable' },
        },
      },
      silent: {
        'about a host without dpkg, and sources that can be read': {
          'security_source_state{collector="auth", source="/var/log/auth.log", state="absent"}': null,
          'security_source_state{collector="ports", source="/proc/1/net", state="ok"}': null,
          'security_source_state{collector="packages", source="/var/lib/dpkg/status", state="absent"}': 1,
          'security_source_state{collector="auth", source="/var/log/secure", state="ok"}': 1,
        },
      },
    },
  ],
});
