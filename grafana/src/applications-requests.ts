import { RowBuilder, type DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { graph, grid, limitedGraph } from './common.ts';
import { CHOSEN, NO_REQUESTS, errors, latency, rate } from './applications-common.ts';

const ROUTE = 'service, method, route';

/** What is asked of the applications, and how they answer. */
export function requests(builder: DashboardBuilder): DashboardBuilder {
  return builder
    .withRow(new RowBuilder('Requests'))
    .withPanel(
      graph({ title: 'Requests', about: 'Per second and service.', unit: 'reqps', off: NO_REQUESTS }, [rate('service'), '{{service}}'])
        .height(8)
        .span(8),
    )
    .withPanel(
      limitedGraph(
        {
          title: 'Errors',
          about: 'Responses with a 5xx code. HighErrorRate fires above 1 %, CriticalErrorRate above 5 %.',
          unit: 'percent',
          off: NO_REQUESTS,
        },
        { warning: 1, critical: 5 },
        [errors('service'), '{{service}}'],
      )
        .height(8)
        .span(8),
    )
    .withPanel(
      limitedGraph(
        {
          title: 'Latency',
          about: 'p50, p95 and p99. HighResponseTime fires above 1 s (p95), SlowResponseTime above 2 s (p99).',
          unit: 's',
          off: NO_REQUESTS,
        },
        { warning: 1, critical: 2 },
        [latency(0.5, 'service'), 'p50 {{service}}'],
        [latency(0.95, 'service'), 'p95 {{service}}'],
        [latency(0.99, 'service'), 'p99 {{service}}'],
      )
        .height(8)
        .span(8),
    )
    .withPanel(
      grid(
        { title: 'Routes', about: 'Each route pattern, over the last five minutes.', unit: 'short', off: NO_REQUESTS },
        ['requests', 'reqps', rate(ROUTE)],
        ['errors', 'percent', errors(ROUTE)],
        ['p50', 's', latency(0.5, ROUTE)],
        ['p95', 's', latency(0.95, ROUTE)],
        ['p99', 's', latency(0.99, ROUTE)],
      )
        // Wide enough for a pattern.
        .overrideByName('route', [{ id: 'custom.width', value: 200 }])
        .height(9)
        .span(14),
    )
    .withPanel(
      graph({ title: 'p95 per route, the ten slowest', about: 'One request in twenty takes longer.', unit: 's', off: NO_REQUESTS }, [
        `topk(10, ${latency(0.95, ROUTE)})`,
        '{{service}} {{method}} {{route}}',
      ])
        .height(9)
        .span(10),
    )
    .withPanel(
      graph(
        {
          title: 'In flight',
          about: 'Unanswered requests per instance. If this only grows, requests hang.',
          unit: 'short',
          off: NO_REQUESTS,
        },
        [`http_requests_in_flight{${CHOSEN}}`, '{{instance}}'],
      )
        .height(7)
        .span(12),
    )
    .withPanel(
      graph({ title: 'Responses by code', about: 'Per second. 499: the client disconnected first.', unit: 'reqps', off: NO_REQUESTS }, [
        rate('status_code'),
        '{{status_code}}',
      ])
        .height(7)
        .span(12),
    );
}
