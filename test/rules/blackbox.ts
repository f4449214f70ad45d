import { above, below, down, ruleTable } from '../../scripts/rules/table.ts';

export default ruleTable({
  category: 'endpoint',
  labels: { job: 'blackbox', service: 'shop', instance: 'https://shop.example.com/', module: 'http_2xx' },
  alerts: [
    {
      alert: 'BlackboxExporterDown',
      severity: 'critical',
      every: '5s',
      result: { module: '', instance: 'blackbox-exporter', service: 'blackbox-exporter' },
      series: { up: '1x3 0', 'up{instance="shop-db:5432", module="tcp_connect"}': '1x3 0' },
      from: '1m20s',
      silent: {
        'when one endpoint cannot be probed': { 'up{instance="shop-db:5432", module="tcp_connect"}': 1 },
        'about another exporter': { up: null, 'up{instance="shop-db:5432", module="tcp_connect"}': null, 'up{module="", job="node"}': 0 },
      },
    },
    {
      alert: 'EndpointDown',
      severity: 'critical',
      sms: true,
      every: '5s',
      series: { probe_success: '1x3 0', probe_http_status_code: '200x3 0', probe_failed_due_to_regex: 0 },
      from: '1m20s',
      fires: {
        'when an endpoint answers 503': { change: { probe_http_status_code: '200x3 503' }, from: '1m20s' },
        'when the page does not hold what it should': {
          change: { probe_http_status_code: 200, probe_failed_due_to_regex: '0x3 1' },
          from: '1m20s',
        },
        'for a host that does not answer a ping': {
          change: ['module="icmp"', { probe_http_status_code: null, probe_failed_due_to_regex: null }],
          from: '1m20s',
        },
        'when the expected answer begins and does not end': { change: { probe_success: 0, probe_http_status_code: 200 }, from: '20s' },
        'when a page that answers anything answers a 404 and does not end it': {
          change: ['module="http_any"', { probe_success: 0, probe_http_status_code: 404 }],
          from: '20s',
        },
        'when a page that must ask for a login answers no code of HTTP': {
          change: ['module="http_401"', { probe_success: 0, probe_http_status_code: 199 }],
          from: '20s',
        },
        'when a page that must ask for a login answers 503': {
          change: ['module="http_401"', { probe_success: 0, probe_http_status_code: 503 }],
          from: '20s',
        },
      },
      silent: {
        'when one probe fails': { probe_success: '1x3 0 1', probe_http_status_code: '200x3 0 200' },
        'at a 404, which is HTTPStatusCodeUnexpected': { probe_success: 0, probe_http_status_code: 404 },
        'about a port, which is TCPProbeFailed': [
          'module="tcp_connect"',
          { probe_http_status_code: null, probe_failed_due_to_regex: null, probe_success: 0 },
        ],
        'at a redirect that is none of those expected': { probe_success: 0, probe_http_status_code: 300 },
        'when a page that must ask for a login answers 200': ['module="http_401"', { probe_success: 0, probe_http_status_code: 200 }],
      },
    },
    down('TCPProbeFailed', 'probe_success', {
      labels: { module: 'tcp_connect' },
      silent: { 'about a page': ['module="http_2xx"', { probe_success: 0 }] },
    }),
    down('DNSProbeFailed', 'probe_success', {
      labels: { module: 'dns_udp' },
      silent: { 'about a page': ['module="http_2xx"', { probe_success: 0 }] },
    }),
    {
      alert: 'HTTPStatusCodeUnexpected',
      severity: 'warning',
      series: { probe_success: '1x3 0', probe_http_status_code: '200x3 404', probe_failed_due_to_regex: 0 },
      from: '3m',
      shown: '404',
      fires: {
        'when a page that must ask for a login answers 200': {
          change: ['module="http_401"', { probe_http_status_code: '401x3 200' }],
          from: '3m',
          shown: '200',
        },
        'at a redirect that is none of those expected': {
          change: { probe_success: 0, probe_http_status_code: 300 },
          from: '2m',
          shown: '300',
        },
        'when a page that must ask for a login has answered 200 from the start': {
          change: ['module="http_401"', { probe_success: 0, probe_http_status_code: 200 }],
          from: '2m',
          shown: '200',
        },
      },
      silent: {
        'when the module expects the code': ['module="http_401"', { probe_success: 1, probe_http_status_code: 401 }],
        'at a 503, which is EndpointDown': { probe_success: 0, probe_http_status_code: 503 },
        'when the expected answer begins and does not end': { probe_success: 0, probe_http_status_code: 200 },
        'when a page that answers anything answers a 404 and does not end it': [
          'module="http_any"',
          { probe_success: 0, probe_http_status_code: 404 },
        ],
        'when a page that must ask for a login answers no code of HTTP': [
          'module="http_401"',
          { probe_success: 0, probe_http_status_code: 199 },
        ],
        'when a page that must ask for a login answers 503': ['module="http_401"', { probe_success: 0, probe_http_status_code: 503 }],
      },
    },
    {
      alert: 'EndpointHighLatency',
      severity: 'warning',
      series: { probe_duration_seconds: above(5, 5.1), probe_success: 1 },
      from: '5m',
      shown: '5.1s',
      silent: { 'about an endpoint that hangs, which is EndpointDown': { probe_duration_seconds: 7.5, probe_success: 0 } },
    },
    {
      alert: 'EndpointNotProbed',
      severity: 'warning',
      labels: { module: 'no_such' },
      series: { up: 0 },
      from: '5m',
      watched: '10m',
      silent: {
        'through a restart of the exporter': { up: null, 'up{module="http_2xx"}': '1x3 0x16 1' },
        'about another exporter': 'job="node", module=""',
      },
    },
    {
      alert: 'CertificateExpiresIn30Days',
      severity: 'warning',
      scrape: '1m',
      series: { probe_ssl_earliest_cert_expiry: below(2600000, 2592000), probe_success: 1 },
      from: '1h15s',
      shown: '29d 22h 59m 45s',
      silent: { 'about an expired certificate, which is CertificateExpired': { probe_ssl_earliest_cert_expiry: 0 } },
    },
    {
      alert: 'CertificateExpiresIn7Days',
      severity: 'critical',
      scrape: '1m',
      series: { probe_ssl_earliest_cert_expiry: below(606000, 604800), probe_success: 1 },
      from: '30s',
      shown: '6d 23h 59m 30s',
    },
    {
      alert: 'CertificateExpired',
      severity: 'critical',
      sms: true,
      scrape: '1m',
      series: { probe_ssl_earliest_cert_expiry: '300x4 stale', probe_success: 1 },
      from: '5m15s',
      shown: '15s',
      silent: {
        'about an endpoint that is no target any more': { probe_success: '1x4 stale' },
      },
    },
  ],
});
