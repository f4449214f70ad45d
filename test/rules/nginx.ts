import { above, down, ruleTable } from '../../scripts/rules/table.ts';

export default ruleTable({
  category: 'endpoint',
  labels: { job: 'nginx', instance: 'shop-web', service: 'shop-web' },
  alerts: [
    down('NginxDown', 'nginx_up', { sms: true }),
    down('NginxExporterDown', 'up', { silent: { 'about another exporter': { up: null, 'up{job="node"}': 0 } } }),
    {
      alert: 'NginxDroppedConnections',
      severity: 'critical',
      series: { nginx_connections_accepted: '1000x8 1040', nginx_connections_handled: '1000x8 1038' },
      from: '2m15s',
      shown: '2',
      silent: {
        'about the past': { nginx_connections_accepted: '1040+5', nginx_connections_handled: '1000+5' },
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
      series: { nginx_http_requests_total: '0+30x240 7200+2.4' },
      from: '1h9m45s',
      shown: '8.0',
      watched: '1h20m',
      fires: { 'at 1.2 requests per second before': { change: { nginx_http_requests_total: '0+18x240 4320' }, at: '1h12m', shown: '0.0' } },
      silent: {
        'at a tenth': { nginx_http_requests_total: '0+30x240 7200+3.15' },
        'at one request per second before': { nginx_http_requests_total: '0+15x240 3600' },
      },
    },
    {
      alert: 'NginxTrafficSpike',
      severity: 'warning',
      series: { nginx_http_requests_total: '0+300x240 72000+1800' },
      from: '1h8m45s',
      until: '1h12m45s',
      shown: '120',
      watched: '1h15m',
      silent: {
        'at five times as much': { nginx_http_requests_total: '0+300x240 72000+1500' },
        'at 50 requests per second': { nginx_http_requests_total: '0+30x240 7200+750' },
      },
      fires: { 'at 60 requests per second': { change: { nginx_http_requests_total: '0+30x240 7200+900' }, from: '1h9m15s', shown: '60' } },
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
