import { RowBuilder, type DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { board, figure, graph, lines, list } from './common.ts';

const off = (module: string): string => `module ${module} is off`;

/** Real disks: chosen by leaving out what is no disk, because lists of file systems are always incomplete. */
const DISKS =
  'mountpoint!~"/(boot|run|snap|sys|proc|dev)($|/.*)|.*/(docker|containers|kubelet)/.*",fstype!~"tmpfs|overlay|squashfs|ramfs|rootfs|nsfs"';

const cpu = '100 * (1 - avg by (instance) (rate(node_cpu_seconds_total{job="node",mode="idle"}[2m])))';
const memory = '100 * (1 - node_memory_MemAvailable_bytes{job="node"} / node_memory_MemTotal_bytes{job="node"})';
const disk = `100 * (1 - node_filesystem_avail_bytes{job="node",${DISKS}} / (node_filesystem_size_bytes{job="node",${DISKS}} > 0))`;

function state(builder: DashboardBuilder): DashboardBuilder {
  return builder
    .withRow(new RowBuilder('Is anything wrong?'))
    .withPanel(
      figure(
        { title: 'Firing', about: 'Alerts that fire now, without the Watchdog, which always does.', unit: 'short', off: '0' },
        { warning: 1, critical: 1 },
        ['count(ALERTS{alertstate="firing",alertname!="Watchdog"}) or vector(0)', 'firing'],
      )
        .height(4)
        .span(4),
    )
    .withPanel(
      figure({ title: 'Targets down', about: 'Targets whose last scrape failed.', unit: 'short' }, { warning: 1, critical: 1 }, [
        'count(up == 0) or vector(0)',
        'down',
      ])
        .height(4)
        .span(4),
    )
    .withPanel(
      figure(
        { title: 'CPU', about: 'Busy share of all cores, the worst host.', unit: 'percent', off: off('node') },
        { warning: 80, critical: 95 },
        [`max(${cpu})`, 'CPU'],
      )
        .height(4)
        .span(4),
    )
    .withPanel(
      figure(
        { title: 'Memory', about: 'Share of memory that is not available, the worst host.', unit: 'percent', off: off('node') },
        { warning: 80, critical: 95 },
        [`max(${memory})`, 'memory'],
      )
        .height(4)
        .span(4),
    )
    .withPanel(
      figure(
        { title: 'Fullest disk', about: 'Used share of the fullest real disk.', unit: 'percent', off: off('node') },
        { warning: 80, critical: 90 },
        [`max(${disk})`, 'disk'],
      )
        .height(4)
        .span(4),
    )
    .withPanel(
      figure(
        { title: 'Endpoints failing', about: 'Probed endpoints that did not answer as expected.', unit: 'short', off: off('blackbox') },
        { warning: 1, critical: 1 },
        ['count(probe_success == 0) or 0 * count(probe_success)', 'failing'],
      )
        .height(4)
        .span(4),
    )
    .withPanel(
      list(
        {
          title: 'Alerts',
          about: 'What fires or is about to. The alert history has the same with runbooks.',
          unit: 'short',
          off: 'nothing fires',
        },
        'max by (severity, alertname, instance, service, alertstate) (ALERTS{alertname!="Watchdog"})',
        ['Value'],
        'value',
      )
        .height(7)
        .span(14),
    )
    .withPanel(
      list({ title: 'Targets per job', about: 'Share of targets that are up.', unit: 'percentunit' }, 'avg by (job) (up)', [], 'up')
        .height(7)
        .span(10),
    );
}

function host(builder: DashboardBuilder): DashboardBuilder {
  return builder
    .withRow(new RowBuilder('Host'))
    .withPanel(
      graph({ title: 'CPU', about: 'Busy share of all cores. 80 % warns, 95 % is critical.', unit: 'percent', off: off('node') }, [
        cpu,
        '{{instance}}',
      ])
        .max(100)
        .height(7)
        .span(6),
    )
    .withPanel(
      graph({ title: 'Memory', about: 'Memory that is not available to programs.', unit: 'percent', off: off('node') }, [
        memory,
        '{{instance}}',
      ])
        .max(100)
        .height(7)
        .span(6),
    )
    .withPanel(
      graph({ title: 'Disks', about: 'Used share of every real disk.', unit: 'percent', off: off('node') }, [
        disk,
        '{{instance}} {{mountpoint}}',
      ])
        .max(100)
        .height(7)
        .span(6),
    )
    .withPanel(
      graph(
        {
          title: 'Load',
          about: 'Processes that run or wait, per core. Above 2 for long means that work piles up.',
          unit: 'short',
          off: off('node'),
        },
        [
          'node_load1{job="node"} / on (instance) count by (instance) (node_cpu_seconds_total{job="node",mode="idle"})',
          '{{instance}} 1 min',
        ],
        [
          'node_load15{job="node"} / on (instance) count by (instance) (node_cpu_seconds_total{job="node",mode="idle"})',
          '{{instance}} 15 min',
        ],
      )
        .height(7)
        .span(6),
    );
}

function containers(builder: DashboardBuilder): DashboardBuilder {
  return builder
    .withRow(new RowBuilder('Containers'))
    .withPanel(
      graph({ title: 'CPU, the ten busiest', about: 'Share of one core.', unit: 'percent', off: off('containers') }, [
        'topk(10, 100 * sum by (name) (rate(container_cpu_usage_seconds_total{name!=""}[2m])))',
        '{{name}}',
      ])
        .height(8)
        .span(8),
    )
    .withPanel(
      graph(
        {
          title: 'Memory, the ten largest',
          about: 'Working set: what the kernel cannot take back.',
          unit: 'bytes',
          off: off('containers'),
        },
        ['topk(10, sum by (name) (container_memory_working_set_bytes{name!=""}))', '{{name}}'],
      )
        .height(8)
        .span(8),
    )
    .withPanel(
      list(
        {
          title: 'Started in the last hour',
          about: 'Age of containers that were started lately: a restart shows here.',
          unit: 's',
          off: 'none, or the module containers is off',
        },
        'sort(min by (name) (time() - container_start_time_seconds{name!=""} < 3600))',
        [],
        'age',
      )
        .height(8)
        .span(8),
    );
}

function databases(builder: DashboardBuilder): DashboardBuilder {
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
      graph(
        { title: 'Connections', about: 'Share of max_connections that is in use. 80 % warns.', unit: 'percent', off: off('postgres') },
        [
          '100 * sum by (instance) (pg_stat_activity_count) / on (instance) max by (instance) (pg_settings_max_connections)',
          '{{instance}}',
        ],
      )
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
      graph({ title: 'Redis hits', about: 'Share of key look-ups that found the key.', unit: 'percent', off: off('redis') }, [
        '100 * rate(redis_keyspace_hits_total[5m]) / (rate(redis_keyspace_hits_total[5m]) + rate(redis_keyspace_misses_total[5m]))',
        '{{instance}}',
      ])
        .max(100)
        .height(6)
        .span(3),
    );
}

function outside(builder: DashboardBuilder): DashboardBuilder {
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
        { title: 'Errors', about: 'Lines of any container that say error, fatal or panic.', off: 'none, or the module logs is off' },
        '{job="docker"} |~ `(?i)\\b(error|fatal|panic)\\b`',
      )
        .height(8)
        .span(12),
    );
}

/** The first page: is anything wrong, and where. */
export function overview(): DashboardBuilder {
  return [state, host, containers, databases, outside].reduce(
    (builder, section) => section(builder),
    board('overview', 'Overview', 'One look at everything that is watched.'),
  );
}
