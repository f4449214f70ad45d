import { RowBuilder, type DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { figure, graph, lines, list } from './common.ts';
import { off } from './overview-common.ts';

/** PostgreSQL and Redis. */
export function databases(builder: DashboardBuilder): DashboardBuilder {
  return builder
    .withRow(new RowBuilder('PostgreSQL and Redis'))
    .withPanel(
      figure(
        { title: 'PostgreSQL', about: '1: the server answers the exporter.', unit: 'short', off: off('postgres') },
        { warning: 1, critical: 1, below: true },
        ['pg_up', '{{instance}}'],
      )
        .height(6)
        .span(4),
    )
    .withPanel(
      graph({ title: 'Connections', about: 'Share of max_connections in use. 80 % warns.', unit: 'percent', off: off('postgres') }, [
        '100 * sum by (instance) (pg_stat_activity_count) / on (instance) max by (instance) (pg_settings_max_connections)',
        '{{instance}}',
      ])
        .max(100)
        .height(6)
        .span(5),
    )
    .withPanel(
      graph(
        {
          title: 'Cache hits',
          about: 'Share of blocks read from memory. Below 90 % for long, the working set does not fit.',
          unit: 'percent',
          off: off('postgres'),
        },
        [
          '100 * sum by (instance) (rate(pg_stat_database_blks_hit[5m])) / sum by (instance) (rate(pg_stat_database_blks_hit[5m]) + rate(pg_stat_database_blks_read[5m]))',
          '{{instance}}',
        ],
      )
        .max(100)
        .height(6)
        .span(5),
    )
    .withPanel(
      figure(
        { title: 'Redis', about: '1: the server answers the exporter.', unit: 'short', off: off('redis') },
        { warning: 1, critical: 1, below: true },
        ['redis_up', '{{instance}}'],
      )
        .height(6)
        .span(3),
    )
    .withPanel(
      graph({ title: 'Redis memory', about: 'Memory in use.', unit: 'bytes', off: off('redis') }, [
        'redis_memory_used_bytes',
        '{{instance}}',
      ])
        .height(6)
        .span(4),
    )
    .withPanel(
      graph({ title: 'Redis hits', about: 'Share of lookups that found the key.', unit: 'percent', off: off('redis') }, [
        '100 * rate(redis_keyspace_hits_total[5m]) / (rate(redis_keyspace_hits_total[5m]) + rate(redis_keyspace_misses_total[5m]))',
        '{{instance}}',
      ])
        .max(100)
        .height(6)
        .span(3),
    );
}

/** What clients see, and what programs say. */
export function outside(builder: DashboardBuilder): DashboardBuilder {
  return builder
    .withRow(new RowBuilder('Endpoints and logs'))
    .withPanel(
      graph({ title: 'Latency', about: 'How long each probe took. Above 5 s warns.', unit: 's', off: off('blackbox') }, [
        'probe_duration_seconds',
        '{{instance}}',
      ])
        .height(8)
        .span(7),
    )
    .withPanel(
      list(
        {
          title: 'Certificates',
          about: 'Time until the certificate of an endpoint expires.',
          unit: 's',
          off: 'no https endpoint is probed',
        },
        'min by (instance) (probe_ssl_earliest_cert_expiry) - time()',
        [],
        'expires in',
      )
        .height(8)
        .span(5),
    )
    .withPanel(
      lines(
        { title: 'Errors', about: 'Log lines of any container with error, fatal or panic.', off: 'none, or the module logs is off' },
        '{job="docker"} |~ `(?i)\\b(error|fatal|panic)\\b`',
      )
        .height(8)
        .span(12),
    );
}
