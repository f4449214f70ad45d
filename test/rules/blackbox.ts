import { above, below, down, ruleTable } from '../../scripts/rules/table.ts';

export default ruleTable({
  category: 'endpoint',
  labels: { job: 'blackbox', service: 'shop', instance: 'https://shop.example.com/', module: 'http_2xx' },
  alerts: [
    down('BlackboxExporterDown', 'up', {
      labels: { job: 'blackbox-exporter', service: 'blackbox-exporter', instance: 'blackbox-exporter', module: '' },
      from: '3m',
      silent: {
        'when a restart of the stack takes 90 seconds': { up: '1x3 0x5 1' },
        'when one endpoint cannot be probed': 'job="blackbox", instance="shop-db:5432"',
      },
    }),
    {
      alert: 'EndpointDown',
      severity: 'critical',
      sms: true,
      every: '5s',
      series: { probe_success: '1x3 0', probe_http_status_code: '200x3 0', probe_failed_due_to_regex: 0 },
      from: '1m50s',
      fires: {
        'when an endpoint answers 503': { change: { probe_http_status_code: '200x3 503' }, from: '1m50s' },
        'when an endpoint, or the proxy before it, answers 404': { change: { probe_http_status_code: '200x3 404' }, from: '1m50s' },
        'when a page that must ask for a login answers 404': {
          change: ['module="http_401"', { probe_http_status_code: '401x3 404' }],
          from: '1m50s',
        },
        'when the page does not hold what it should': {
          change: { probe_http_status_code: 200, probe_failed_due_to_regex: '0x3 1' },
          from: '1m50s',
        },
        'for a host that does not answer a ping': {
          change: ['module="icmp"', { probe_http_status_code: null, probe_failed_due_to_regex: null }],
          from: '1m50s',
        },
        'although a scrape is lost': {
          change: {
            probe_success: '1x3 0 stale 0',
            probe_http_status_code: '200x3 404 stale 404',
            probe_failed_due_to_regex: '0x4 stale 0',
          },
          from: '1m50s',
        },
        'when the expected answer begins and does not end': { change: { probe_success: 0, probe_http_status_code: 200 }, from: '50s' },
        'when a page that answers anything answers a 404 and does not end it': {
          change: ['module="http_any"', { probe_success: 0, probe_http_status_code: 404 }],
          from: '50s',
        },
        'when a page that must ask for a login answers no code of HTTP': {
          change: ['module="http_401"', { probe_success: 0, probe_http_status_code: 199 }],
          from: '50s',
        },
        'when a page that must ask for a login answers 503': {
          change: ['module="http_401"', { probe_success: 0, probe_http_status_code: 503 }],
          from: '50s',
        },
      },
      silent: {
        'when a restart takes three probes': { probe_success: '1x3 0x2 1', probe_http_status_code: '200x3 0x2 200' },
        'at a 403, which is HTTPStatusCodeUnexpected': { probe_success: 0, probe_http_status_code: 403 },
        'at a 403 of which one scrape is lost': {
          probe_success: '0x3 stale 0',
          probe_http_status_code: '403x3 stale 403',
          probe_failed_due_to_regex: '0x3 stale 0',
        },
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
      from: '1m50s',
      fires: { 'although a scrape is lost': { change: { probe_success: '1x3 0 stale 0' }, from: '1m50s' } },
      silent: {
        'when a restart takes three probes': { probe_success: '1x3 0x2 1' },
        'about a page': ['module="http_2xx"', { probe_success: 0 }],
      },
    }),
    down('DNSProbeFailed', 'probe_success', {
      labels: { module: 'dns_udp' },
      from: '1m50s',
      fires: { 'although a scrape is lost': { change: { probe_success: '1x3 0 stale 0' }, from: '1m50s' } },
      silent: {
        'when a restart takes three probes': { probe_success: '1x3 0x2 1' },
        'about a page': ['module="http_2xx"', { probe_success: 0 }],
      },
    }),
    {
      alert: 'HTTPStatusCodeUnexpected',
      severity: 'warning',
      series: { probe_success: '1x3 0', probe_http_status_code: '200x3 403', probe_failed_due_to_regex: 0 },
      from: '3m',
      shown: '403',
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
        'at a 503 and at a 404, which are EndpointDown': {
          probe_success: 0,
          probe_http_status_code: 503,
          'probe_success{instance="https://old.example.com/"}': 0,
          'probe_http_status_code{instance="https://old.example.com/"}': 404,
          'probe_failed_due_to_regex{instance="https://old.example.com/"}': 0,
        },
        'when the page does not hold what it should': { probe_success: 0, probe_http_status_code: 403, probe_failed_due_to_regex: 1 },
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
      series: { up: 0, 'up{job="blackbox-exporter", instance="blackbox-exporter", module=""}': 1 },
      from: '5m',
      watched: '10m',
      silent: {
        'while the exporter itself is down': { 'up{job="blackbox-exporter", instance="blackbox-exporter", module=""}': 0 },
        'about another job': { up: null, 'up{job="node"}': 0 },
      },
    },
    {
      alert: 'CertificateExpiresIn30Days',
      severity: 'warning',
      every: '30m',
      scrape: '1m',
      series: { probe_ssl_earliest_cert_expiry: below(2772000, 2592100), probe_success: 1, up: 1 },
      from: '2d30m',
      shown: '27d 23h 31m 40s',
      silent: {
        'about an expired certificate, which is CertificateExpired': { probe_ssl_earliest_cert_expiry: 0 },
        'when it is renewed with 29 days left': { probe_ssl_earliest_cert_expiry: '2592100x1440 10368000' },
      },
    },
    {
      alert: 'CertificateExpiresIn7Days',
      severity: 'warning',
      scrape: '1m',
      series: { probe_ssl_earliest_cert_expiry: below(606000, 604800), probe_success: 1, up: 1 },
      from: '30s',
      shown: '6d 23h 59m 30s',
      fires: {
        'although the endpoint is down': {
          change: { probe_ssl_earliest_cert_expiry: '604800x1 stale', probe_success: '1x1 0' },
          at: '1h',
          shown: '6d 23h 0m 0s',
        },
      },
    },
    {
      alert: 'CertificateExpired',
      severity: 'critical',
      sms: true,
      every: '5m',
      scrape: '5m',
      series: { probe_ssl_earliest_cert_expiry: '500x1 stale', probe_success: '1x1 0', up: 1 },
      from: '10m',
      shown: '1m 40s',
      fires: {
        'for hours, and while the exporter is away, until another is presented': {
          change: { probe_ssl_earliest_cert_expiry: '500x1 _x82 9e9', probe_success: '1x1 0x18 _x3 0x60 1', up: '1x20 0x3 1' },
          at: '1h50m',
          until: '7h',
          shown: '1h 41m 40s',
          lastShown: '6h 46m 40s',
        },
      },
      silent: {
        'about an endpoint that is no target any more': {
          probe_ssl_earliest_cert_expiry: '500x0 stale',
          probe_success: '1x0 stale',
          up: '1x0 stale',
        },
        'about an endpoint that answers without a certificate': { probe_success: 1, probe_ssl_earliest_cert_expiry: '500x1 stale' },
      },
    },
  ],
});
