import { RowBuilder, type DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { graph, list } from './common.ts';
import { cpu, disk, memory, off } from './overview-common.ts';

/** What the hosts have left. */
export function host(builder: DashboardBuilder): DashboardBuilder {
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
      graph({ title: 'Disks', about: 'Used share of every physical disk.', unit: 'percent', off: off('node') }, [
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
          about: 'Running or waiting processes per core. Above 2 for long, work piles up.',
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

/** Which containers take most, and which were started lately. */
export function containers(builder: DashboardBuilder): DashboardBuilder {
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
          about: 'Working set: memory that the kernel cannot reclaim.',
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
          about: 'Age of recently started containers: restarts show here.',
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
