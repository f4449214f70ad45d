import type { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { board, choice, figure, graph, limitedGraph } from './common.ts';

const OFF = 'the module mysql is off';
const OF = 'instance=~"$instance"';

/** MySQL and MariaDB: connections, queries, InnoDB and replication of every server. */
export function mysql(): DashboardBuilder {
  return board('mysql', 'MySQL', 'Every MySQL and MariaDB server of MYSQL_INSTANCES.')
    .withVariable(choice('instance', 'Server', 'mysql_up'))
    .withPanel(
      figure(
        { title: 'Servers', about: 'Servers that let the exporter in. Red: MySQLDown says why.', unit: 'percentunit', off: OFF },
        { warning: 1, critical: 1, below: true },
        [`avg(mysql_up{${OF}})`, 'answer'],
      )
        .height(4)
        .span(8),
    )
    .withPanel(
      figure({ title: 'Queries', about: 'Statements per second of all chosen servers.', unit: 'ops', off: OFF }, undefined, [
        `sum(rate(mysql_global_status_questions{${OF}}[5m]))`,
        'per second',
      ])
        .height(4)
        .span(8),
    )
    .withPanel(
      figure(
        { title: 'Replication lag', about: 'Of the replica that is furthest behind.', unit: 's', off: 'no replica' },
        { warning: 30, critical: 300 },
        [`max(mysql_slave_status_seconds_behind_master{${OF}})`, 'behind'],
      )
        .height(4)
        .span(8),
    )
    .withPanel(
      limitedGraph({ title: 'Connections', about: 'Share of max_connections in use.', unit: 'percent', off: OFF }, { warning: 80 }, [
        `100 * mysql_global_status_threads_connected{${OF}} / mysql_global_variables_max_connections{${OF}}`,
        '{{instance}}',
      ]).span(12),
    )
    .withPanel(
      limitedGraph(
        {
          title: 'Sessions at work',
          about: 'Sessions that work at the same moment. Above 40 they wait for each other.',
          unit: 'short',
          off: OFF,
        },
        { warning: 40 },
        [`mysql_global_status_threads_running{${OF}}`, '{{instance}}'],
      ).span(12),
    )
    .withPanel(
      limitedGraph(
        { title: 'Pages found in memory', about: 'Share of the page reads that the buffer pool answers.', unit: 'percent', off: OFF },
        { warning: 99, critical: 95, below: true },
        [
          `100 - 100 * rate(mysql_global_status_innodb_buffer_pool_reads{${OF}}[5m]) / rate(mysql_global_status_innodb_buffer_pool_read_requests{${OF}}[5m])`,
          '{{instance}}',
        ],
      ).span(12),
    )
    .withPanel(
      graph(
        { title: 'Slow queries and deadlocks', about: 'In five minutes each.', unit: 'short', off: OFF },
        [`increase(mysql_global_status_slow_queries{${OF}}[5m])`, '{{instance}} slow queries'],
        [`increase(mysql_global_status_innodb_deadlocks{${OF}}[5m])`, '{{instance}} deadlocks'],
      ).span(12),
    );
}
