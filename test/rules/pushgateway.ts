import { ruleTable } from '../../scripts/rules/table.ts';

export default ruleTable({
  category: 'infrastructure',
  labels: { service: 'pushgateway', job: 'backup' },
  alerts: [
    {
      alert: 'PushgatewayDown',
      severity: 'warning',
      every: '5s',
      labels: { job: 'pushgateway', instance: 'pushgateway' },
      series: { up: '1x3 0' },
      from: '3m',
      silent: {
        'during a restart of the stack': { up: '1x3 0x7 1' },
        'about another exporter': { up: null, 'up{job="node", instance="web-1"}': 0 },
      },
    },
    {
      alert: 'PushFailed',
      severity: 'warning',
      series: { push_time_seconds: 10, push_failure_time_seconds: '0x4 60' },
      from: '1m15s',
      fires: {
        'until a push succeeds again': { change: { push_time_seconds: '10x3 61', push_failure_time_seconds: 60 }, from: '0s', until: '1m' },
      },
      silent: { 'after a push that succeeded': { push_time_seconds: 61 } },
    },
    {
      alert: 'PushedMetricsStale',
      severity: 'warning',
      every: '5m',
      scrape: '5m',
      series: { push_time_seconds: 0 },
      from: '1d13h5m',
      shown: '1d 13h 5m 0s',
      watched: '2d12h',
      silent: {
        'about a daily job': { push_time_seconds: '0x288 86400' },
        'where the job runs an hour after its host has woken up': { push_time_seconds: '0x443 132900' },
      },
    },
  ],
});
