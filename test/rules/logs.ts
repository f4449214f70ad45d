import { ruleTable } from '../../scripts/rules/table.ts';

export default ruleTable({
  category: 'logs',
  labels: { job: 'loki', instance: 'loki', service: 'loki' },
  alerts: [
    {
      alert: 'LokiDown',
      severity: 'warning',
      every: '5s',
      series: { up: '1x3 0' },
      from: '3m',
      silent: { 'while it reads its log': { up: '1x3 0x7 1' }, 'about another exporter': { up: null, 'up{job="node"}': 0 } },
    },
    {
      alert: 'LogShipperDown',
      severity: 'warning',
      every: '5s',
      labels: { job: 'alloy' },
      series: { up: '1x3 0' },
      from: '3m',
      fires: { 'for Promtail as well': { change: 'job="promtail"', from: '3m' } },
      silent: { 'during a restart of the stack': { up: '1x3 0x7 1' }, 'about another exporter': { up: null, 'up{job="node"}': 0 } },
    },
    {
      alert: 'LokiDiscardsLines',
      severity: 'warning',
      labels: { reason: 'rate_limited' },
      series: { 'loki_discarded_samples_total{tenant="fake", retention_hours="336"}': '0+3' },
      from: '5m15s',
      shown: '60',
      silent: { 'about lines refused long ago': { 'loki_discarded_samples_total{tenant="fake", retention_hours="336"}': 7 } },
    },
    {
      alert: 'LogShipperDropsLines',
      severity: 'warning',
      labels: { job: 'alloy', reason: 'ingester_error' },
      series: { 'loki_write_dropped_entries_total{host="loki:3100", tenant=""}': '0+3' },
      from: '5m15s',
      shown: '60',
      fires: {
        'when Promtail has': {
          change: {
            'loki_write_dropped_entries_total{host="loki:3100", tenant=""}': null,
            'promtail_dropped_entries_total{job="promtail", reason="line_too_long", host="loki:3100", tenant=""}': '0+3',
          },
          from: '5m15s',
          result: { job: 'promtail', reason: 'line_too_long' },
        },
      },
      silent: { 'about lines dropped long ago': { 'loki_write_dropped_entries_total{host="loki:3100", tenant=""}': 9 } },
    },
    {
      alert: 'LokiRequestErrors',
      severity: 'warning',
      labels: { route: 'loki_api_v1_push' },
      series: {
        'loki_request_duration_seconds_count{method="POST", status_code="204", ws="false"}': '0+94',
        'loki_request_duration_seconds_count{method="POST", status_code="500", ws="false"}': '0+6',
      },
      from: '5m15s',
      shown: '6.0',
      fires: {
        'on three requests of ten minutes that all fail': {
          change: {
            'loki_request_duration_seconds_count{method="POST", status_code="204", ws="false"}': 7,
            'loki_request_duration_seconds_count{method="POST", status_code="500", ws="false"}': '_x4 1x7 2x7 3',
          },
          from: '10m',
          shown: '100.0',
        },
      },
      silent: {
        'on two requests that fail': {
          'loki_request_duration_seconds_count{method="POST", status_code="204", ws="false"}': 7,
          'loki_request_duration_seconds_count{method="POST", status_code="500", ws="false"}': '_x4 1x7 2',
        },
        'where one of a few requests succeeds': {
          'loki_request_duration_seconds_count{method="POST", status_code="204", ws="false"}': '7x13 8',
          'loki_request_duration_seconds_count{method="POST", status_code="500", ws="false"}': '_x4 1x7 2x7 3',
        },
        'at 5 %': {
          'loki_request_duration_seconds_count{method="POST", status_code="204", ws="false"}': '0+95',
          'loki_request_duration_seconds_count{method="POST", status_code="500", ws="false"}': '0+5',
        },
        'at four errors in five minutes': {
          'loki_request_duration_seconds_count{method="POST", status_code="204", ws="false"}': null,
          'loki_request_duration_seconds_count{method="POST", status_code="500", ws="false"}': null,
          'loki_request_duration_seconds_count{route="push", method="POST", status_code="500"}': '0+0.2',
          'loki_request_duration_seconds_count{route="push", method="POST", status_code="204"}': '0+1',
        },
      },
    },
    {
      alert: 'LokiDiskFull',
      severity: 'warning',
      series: { loki_ingester_wal_disk_full_failures_total: '0x4 1' },
      from: '1m15s',
      shown: '1',
      silent: { 'without one': { loki_ingester_wal_disk_full_failures_total: 0 } },
    },
    {
      alert: 'LokiRetentionFailing',
      severity: 'warning',
      scrape: '1m',
      series: { loki_compactor_apply_retention_last_successful_run_timestamp_seconds: 0, process_start_time_seconds: 0 },
      from: '3h15m15s',
      watched: '5h20m',
      silent: {
        'within three hours': { loki_compactor_apply_retention_last_successful_run_timestamp_seconds: '0x130 7800' },
        'two and a half hours after a start': { process_start_time_seconds: '0x180 10800' },
        'when it is another process that runs for long': {
          process_start_time_seconds: 7800,
          'process_start_time_seconds{job="apps", service="shop"}': 0,
        },
      },
    },
  ],
});
