import { RowBuilder, type DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { figure, graph, limitedGraph } from './common.ts';
import { CHOSEN, OFF } from './applications-common.ts';

const NO_CHECKS = 'no health check';
const NO_POOL = 'no pool is instrumented (watchPool)';
/** One that is handed out in the same moment waits for nothing, so only a pool without a free one counts, as in the alert. */
const WAITING = `sum by (instance, pool) (db_pool_waiting{${CHOSEN}} * (db_pool_connections_used{${CHOSEN}} >= bool db_pool_connections_max{${CHOSEN}}))`;

/** What the applications depend on, as they see it. */
export function dependencies(builder: DashboardBuilder): DashboardBuilder {
  return builder
    .withRow(new RowBuilder('Dependencies and pools'))
    .withPanel(
      figure(
        {
          title: 'Health',
          about: '1: the application’s own dependency check succeeds in every instance. HealthCheckFailing fires below.',
          unit: 'short',
          off: NO_CHECKS,
        },
        { warning: 1, critical: 1, below: true },
        [`min by (service, dependency) (health_check_up{${CHOSEN}})`, '{{service}} {{dependency}}'],
      )
        .height(7)
        .span(6),
    )
    .withPanel(
      graph({ title: 'Health checks', about: 'Duration of the last check of each dependency.', unit: 's', off: NO_CHECKS }, [
        `max by (service, dependency) (health_check_duration_seconds{${CHOSEN}})`,
        '{{service}} {{dependency}}',
      ])
        .height(7)
        .span(6),
    )
    .withPanel(
      limitedGraph(
        {
          title: 'Database pools',
          about: 'Connections in use. DatabasePoolExhausted fires at 100 % with requests waiting.',
          unit: 'percent',
          off: NO_POOL,
        },
        { warning: 100, critical: 100 },
        [`100 * db_pool_connections_used{${CHOSEN}} / (db_pool_connections_max{${CHOSEN}} > 0)`, '{{instance}} {{pool}}'],
      )
        .max(100)
        .height(7)
        .span(6),
    )
    .withPanel(
      graph(
        {
          title: 'Waiting for a connection',
          about: 'Requests waiting because their pool is fully in use, and failed connections within five minutes.',
          unit: 'short',
          off: NO_POOL,
        },
        [WAITING, '{{instance}} {{pool}} waiting'],
        [`sum by (instance, pool) (increase(db_connection_errors_total{${CHOSEN}}[5m])) or 0 * ${WAITING}`, '{{instance}} {{pool}} failed'],
      )
        .height(7)
        .span(6),
    );
}

/** Each Node.js process. */
export function processes(builder: DashboardBuilder): DashboardBuilder {
  return builder
    .withRow(new RowBuilder('Processes'))
    .withPanel(
      limitedGraph(
        {
          title: 'Event loop lag',
          about: '99th percentile. HighEventLoopLag fires above 200 ms; 10 to 20 ms are normal.',
          unit: 's',
          off: OFF,
        },
        { warning: 0.2 },
        [`avg_over_time(nodejs_eventloop_lag_p99_seconds{${CHOSEN}}[1m])`, '{{instance}}'],
      )
        .height(7)
        .span(6),
    )
    .withPanel(
      limitedGraph(
        {
          title: 'Heap',
          about: 'Share of the V8 heap limit. HighHeapUsage fires above 90 %.',
          unit: 'percent',
          off: OFF,
        },
        { warning: 90 },
        [`100 * nodejs_heap_size_used_bytes{${CHOSEN}} / nodejs_heap_size_limit_bytes{${CHOSEN}}`, '{{instance}}'],
      )
        .max(100)
        .height(7)
        .span(6),
    )
    .withPanel(
      graph({ title: 'Memory', about: 'Resident memory: heap, buffers and code.', unit: 'bytes', off: OFF }, [
        `process_resident_memory_bytes{${CHOSEN}}`,
        '{{instance}}',
      ])
        .height(7)
        .span(6),
    )
    .withPanel(
      graph({ title: 'CPU', about: 'Share of one core.', unit: 'percent', off: OFF }, [
        `100 * rate(process_cpu_seconds_total{${CHOSEN}}[2m])`,
        '{{instance}}',
      ])
        .height(7)
        .span(6),
    );
}
