import type { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { board, choice, figure, graph, limitedGraph } from './common.ts';

const OFF = 'the module nginx is off';
const OF = 'instance=~"$instance"';

/** nginx: requests and connections of every server, as its stub_status page has them. */
export function nginx(): DashboardBuilder {
  return board('nginx', 'nginx', 'Every nginx of NGINX_INSTANCES.')
    .withVariable(choice('instance', 'Server', 'nginx_up'))
    .withPanel(
      figure(
        { title: 'Servers', about: 'Servers that answer the exporter. Red: NginxDown says why.', unit: 'percentunit', off: OFF },
        { warning: 1, critical: 1, below: true },
        [`avg(nginx_up{${OF}})`, 'answer'],
      )
        .height(4)
        .span(8),
    )
    .withPanel(
      figure({ title: 'Requests', about: 'Requests per second of all chosen servers.', unit: 'reqps', off: OFF }, undefined, [
        `sum(rate(nginx_http_requests_total{${OF}}[5m]))`,
        'per second',
      ])
        .height(4)
        .span(8),
    )
    .withPanel(
      figure(
        {
          title: 'Dropped connections',
          about: 'Accepted and closed at once in the last five minutes, because worker_connections were used up.',
          unit: 'short',
          off: OFF,
        },
        { warning: 0.5, critical: 0.5 },
        [`sum(increase(nginx_connections_accepted{${OF}}[5m]) - increase(nginx_connections_handled{${OF}}[5m]))`, 'dropped'],
      )
        .height(4)
        .span(8),
    )
    .withPanel(
      graph({ title: 'Requests by server', about: 'Requests per second.', unit: 'reqps', off: OFF }, [
        `rate(nginx_http_requests_total{${OF}}[5m])`,
        '{{instance}}',
      ]).span(12),
    )
    .withPanel(
      limitedGraph(
        { title: 'Open connections', about: 'The limit is worker_connections times worker_processes.', unit: 'short', off: OFF },
        { warning: 800 },
        [`nginx_connections_active{${OF}}`, '{{instance}}'],
      ).span(12),
    )
    .withPanel(
      graph(
        {
          title: 'What connections do',
          about: 'Reading a header, writing an answer (or waiting for what is behind), idle.',
          unit: 'short',
          off: OFF,
        },
        [`sum(nginx_connections_reading{${OF}})`, 'reading'],
        [`sum(nginx_connections_writing{${OF}})`, 'writing'],
        [`sum(nginx_connections_waiting{${OF}})`, 'idle'],
      ).span(24),
    );
}
