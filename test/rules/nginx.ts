import { above, down, ruleTable } from '../../scripts/rules/table.ts';

/** Each seventh scrape finds one connection more. */
const NOW_AND_THEN = `1000x8 ${Array.from({ length: 12 }, (_, round) => `${1001 + round}x6`).join(' ')}`;

export default ruleTable({
  category: 'endpoint',
  labels: { job: 'nginx', instance: 'shop-web', service: 'shop-web' },
  alerts: [
    down('NginxDown', 'nginx_up', {
      sms: true,
      from: '1m50s',
      fires: {
        'when it hangs, and the exporter waits for it': {
          change: { nginx_up: '1x3 stale', up: '1x3 0', scrape_duration_seconds: '0.1x3 5' },
          from: '1m50s',
        },
      },
      silent: {
        'when it is away for 40 seconds': { nginx_up: '1x3 0x2 1' },
        'when the exporter is gone': { nginx_up: '1x3 stale', up: '1x3 0', scrape_duration_seconds: 0.1 },
        'when a scrape takes just as long as it may': { nginx_up: '1x3 stale', up: '1x3 0', scrape_duration_seconds: 4 },
        'when the exporter is slow': { nginx_up: 1, up: 1, scrape_duration_seconds: 5 },
        'about another exporter': { nginx_up: 1, 'up{job="node"}': 0, 'scrape_duration_seconds{job="node"}': 5 },
      },
    }),
    down('NginxExporterDown', 'up', {
      from: '3m',
      silent: {
        'while it waits for an nginx': { up: '1x3 0', scrape_duration_seconds: '0.1x3 5' },
        'while this stack is upgraded': { up: '1x3 0x7 1' },
        'about another exporter': { up: null, 'up{job="node"}': 0 },
      },
    }),
    {
      alert: 'NginxDroppedConnections',
      severity: 'critical',
      series: { nginx_connections_accepted: '1000x8 1040+40', nginx_connections_handled: '1000x8 1038+38' },
      from: '7m15s',
      shown: '16',
      fires: {
        'at one within two minutes': {
          change: { nginx_connections_accepted: NOW_AND_THEN, nginx_connections_handled: 1000 },
          from: '7m15s',
          shown: '1',
        },
      },
      silent: {
        'about the past': { nginx_connections_accepted: '1040+5', nginx_connections_handled: '1000+5' },
        'about a single rush': { nginx_connections_accepted: '1000x8 1040', nginx_connections_handled: '1000x8 1038' },
        'about a rush of three minutes': { nginx_connections_accepted: '1000x8 1040+40x11 1480', nginx_connections_handled: 1000 },
        'about many connections': { nginx_connections_accepted: '0+700', nginx_connections_handled: '0+700' },
        'after a restart': { nginx_connections_accepted: '1040x8 3+5', nginx_connections_handled: '1000x8 3+5' },
      },
    },
    {
      alert: 'NginxHighConnections',
      severity: 'warning',
      series: { nginx_connections_active: above(800, 801) },
      from: '5m',
      shown: '801',
    },
    {
      alert: 'NginxManyRequestsInWork',
      severity: 'warning',
      series: { nginx_connections_writing: above(100, 101) },
      from: '5m',
      shown: '101',
    },
    {
      alert: 'NginxSlowClients',
      severity: 'warning',
      series: { nginx_connections_reading: above(50, 51) },
      from: '5m',
      shown: '51',
    },
    {
      alert: 'NginxTrafficGone',
      severity: 'warning',
      every: '2m',
      scrape: '1m',
      // Two requests per second for 30 hours.
      series: { nginx_http_requests_total: '0+120x1800 216000+9.5' },
      from: '30h14m',
      shown: '7.9',
      watched: '31h',
      fires: {
        'at 1.2 requests per second before': { change: { nginx_http_requests_total: '0+72x1800 129600' }, at: '30h30m', shown: '0.0' },
        'until the traffic is back, hours later': {
          change: { nginx_http_requests_total: '0+120x1800 216000x300 216000+120' },
          at: '34h50m',
          until: '35h4m',
          shown: '0.0',
        },
        'of one of two servers': {
          change: { 'nginx_http_requests_total{instance="shop-api", service="shop-api"}': '0+120' },
          from: '30h14m',
        },
        'of one of two servers of an exporter': {
          change: {
            nginx_http_requests_total: null,
            'nginx_http_requests_total{addr="http://a/status"}': '0+120x1800 216000+9.5',
            'nginx_http_requests_total{addr="http://b/status"}': '0+120',
          },
          result: { addr: 'http://a/status' },
          from: '30h14m',
        },
      },
      silent: {
        'at a tenth': { nginx_http_requests_total: '0+120x1800 216000+12.5' },
        'at one request per second before': { nginx_http_requests_total: '0+60x1800 108000' },
        'at night, as the night before': { nginx_http_requests_total: '0+120x360 43200x720 43200+120x720 129600' },
        'on the first day': { nginx_http_requests_total: '_x1400 0+120x400 48000' },
        'on a Sunday that begins without traffic': { nginx_http_requests_total: '0+120x1080 129600' },
        'where maintenance takes ten minutes': { nginx_http_requests_total: '0+120x1800 216000x10 216000+120' },
      },
    },
    {
      alert: 'NginxTrafficSpike',
      severity: 'warning',
      series: { nginx_http_requests_total: '0+300x360 108000+1800' },
      from: '1h49m15s',
      shown: '120',
      watched: '2h',
      silent: {
        'at five times as much': { nginx_http_requests_total: '0+300x360 108000+1500' },
        'at 50 requests per second': { nginx_http_requests_total: '0+30x360 10800+750' },
        'about a scanner of ten minutes': { nginx_http_requests_total: '0+300x360 108000+3000x40 228000+300' },
      },
      fires: {
        'at 60 requests per second': { change: { nginx_http_requests_total: '0+30x360 10800+900' }, from: '1h49m15s', shown: '60' },
      },
    },
    {
      alert: 'NginxRestartLoop',
      severity: 'warning',
      series: { nginx_connections_accepted: '900 5 15 5 15 5 15' },
      from: '1m15s',
      shown: '3',
      silent: { 'after two restarts': { nginx_connections_accepted: '900 5 15 5+10' } },
    },
  ],
});
