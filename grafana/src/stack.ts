import { RowBuilder, type DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { board, figure, graph } from './common.ts';

/** A line at 0 named none where nothing is above it, as long as the metric is there at all. */
const orNone = (expr: string, metric: string): string =>
  `${expr} or on () label_replace(0 * sum(${metric}), "receiver_name", "none", "", "")`;

function scraping(builder: DashboardBuilder): DashboardBuilder {
  return builder
    .withRow(new RowBuilder('Scraping and rules'))
    .withPanel(
      figure(
        { title: 'Series', about: 'Series in memory, about 3 KB each; 512 MB hold some 100,000.', unit: 'short' },
        { warning: 80_000, critical: 120_000 },
        ['prometheus_tsdb_head_series', 'series'],
      )
        .height(4)
        .span(6),
    )
    .withPanel(
      figure({ title: 'Samples', about: 'Ingested samples per second.', unit: 'short' }, undefined, [
        'sum(rate(prometheus_tsdb_head_samples_appended_total{job="prometheus"}[5m]))',
        'per second',
      ])
        .height(4)
        .span(6),
    )
    .withPanel(
      figure(
        {
          title: 'Data on disk',
          about: 'Blocks of Prometheus, plus the WAL and the chunks of the last two hours.',
          unit: 'bytes',
        },
        undefined,
        [
          // Loki has a write-ahead log of that name as well.
          'sum(prometheus_tsdb_storage_blocks_bytes{job="prometheus"}) + sum(prometheus_tsdb_wal_storage_size_bytes{job="prometheus"}) + sum(prometheus_tsdb_head_chunks_storage_size_bytes{job="prometheus"})',
          'data',
        ],
      )
        .height(4)
        .span(6),
    )
    .withPanel(
      figure(
        { title: 'Failing rules', about: 'Rule evaluations that failed in the last five minutes.', unit: 'short' },
        { warning: 1, critical: 1 },
        ['sum(increase(prometheus_rule_evaluation_failures_total[5m]))', 'failures'],
      )
        .height(4)
        .span(6),
    )
    .withPanel(
      graph(
        {
          title: 'Scrape duration',
          about: 'The slowest target of each job. An exporter should take at most one second.',
          unit: 's',
        },
        ['max by (job) (scrape_duration_seconds)', '{{job}}'],
      )
        .height(8)
        .span(12),
    )
    .withPanel(
      graph({ title: 'Rule evaluation', about: 'Last duration of each group. It must stay below the group’s interval.', unit: 's' }, [
        'topk(10, label_replace(prometheus_rule_group_last_duration_seconds, "group", "$1", "rule_group", ".*;(.*)"))',
        '{{group}}',
      ])
        .height(8)
        .span(12),
    );
}

function notifications(builder: DashboardBuilder): DashboardBuilder {
  return builder
    .withRow(new RowBuilder('Notifications'))
    .withPanel(
      graph({ title: 'Sent', about: 'Notifications per receiver and integration.', unit: 'short' }, [
        orNone(
          'sum by (receiver_name, integration) (increase(alertmanager_notifications_total[5m])) > 0',
          'alertmanager_notifications_total',
        ),
        '{{receiver_name}} {{integration}}',
      ])
        .height(8)
        .span(8),
    )
    .withPanel(
      graph({ title: 'Failed', about: 'Failed notifications. npm run test-alert shows why.', unit: 'short' }, [
        orNone(
          'sum by (receiver_name, integration, reason) (increase(alertmanager_notifications_failed_total[5m])) > 0',
          'alertmanager_notifications_total',
        ),
        '{{receiver_name}} {{integration}} {{reason}}',
      ])
        .height(8)
        .span(8),
    )
    .withPanel(
      graph(
        { title: 'Alert history', about: 'Alerts stored, by state.', unit: 'short' },
        ['sum by (status) (pharos_history_alerts)', '{{status}}'],
        ['sum(pharos_history_notifications_total{result="failed"})', 'not stored'],
      )
        .height(8)
        .span(8),
    );
}

function resources(builder: DashboardBuilder): DashboardBuilder {
  return builder
    .withRow(new RowBuilder('Resources of the stack'))
    .withPanel(
      graph({ title: 'Memory', about: 'Resident memory of each service that reports it.', unit: 'bytes' }, [
        'sum by (job) (process_resident_memory_bytes{job=~"prometheus|alertmanager|grafana|loki|alloy|promtail|node|pushgateway"})',
        '{{job}}',
      ])
        .height(8)
        .span(12),
    )
    .withPanel(
      graph({ title: 'CPU', about: 'Share of one core. All together should stay below 10 % on average.', unit: 'percent' }, [
        '100 * sum by (job) (rate(process_cpu_seconds_total{job=~"prometheus|alertmanager|grafana|loki|alloy|promtail|node|pushgateway"}[2m]))',
        '{{job}}',
      ])
        .height(8)
        .span(12),
    );
}

/** The stack watching itself. */
export function stack(): DashboardBuilder {
  return [scraping, notifications, resources].reduce(
    (builder, section) => section(builder),
    board('stack', 'The stack itself', 'Prometheus, Alertmanager, the history and their resources.'),
  );
}
