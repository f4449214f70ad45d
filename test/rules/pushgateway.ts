import { down, ruleTable } from '../../scripts/rules/table.ts';

export default ruleTable({
  category: 'infrastructure',
  labels: { service: 'pushgateway', job: 'backup' },
  alerts: [
    down('PushgatewayDown', 'up', {
      labels: { job: 'pushgateway', instance: 'pushgateway' },
      silent: { 'about another exporter': { up: null, 'up{job="node", instance="web-1"}': 0 } },
    }),
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
      from: '1d12h5m',
      shown: '1d 12h 5m 0s',
      watched: '2d12h',
      silent: { 'about a daily job': { push_time_seconds: '0x288 86400' } },
    },
  ],
});
