import { RowBuilder, type DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { graph, grid, limitedGraph } from './common.ts';
import { CHOSEN, NO_QUEUES } from './applications-common.ts';

const QUEUE = '{{service}} {{queue}}';

/** Every process that watches a queue sees the same number, so the largest counts. */
const jobs = (states: string): string =>
  `max by (service, queue) (sum by (service, instance, queue) (queue_jobs{${CHOSEN},state=~"${states}"}))`;
const increased = (metric: string): string => `sum by (service, queue) (increase(${metric}{${CHOSEN}}[15m]))`;
const perMinute = (metric: string, by: string): string => `60 * sum by (service, ${by}) (rate(${metric}{${CHOSEN}}[5m]))`;
const p95 = (metric: string): string => `histogram_quantile(0.95, sum by (service, queue, le) (rate(${metric}_bucket{${CHOSEN}}[5m])))`;

/** Queues and the jobs in them. */
export function queues(builder: DashboardBuilder): DashboardBuilder {
  return builder
    .withRow(new RowBuilder('Queues'))
    .withPanel(
      grid(
        {
          title: 'Queues',
          about: 'Jobs by state, and the time since one completed. QueueStuck and QueueWithoutWorkers fire when a queue is stuck.',
          unit: 'short',
          off: NO_QUEUES,
        },
        ['waiting', 'short', jobs('waiting|prioritized')],
        ['active', 'short', jobs('active')],
        ['delayed', 'short', jobs('delayed')],
        ['failed', 'short', jobs('failed')],
        ['last done', 's', `time() - max by (service, queue) (queue_last_completion_timestamp_seconds{${CHOSEN}})`],
      )
        .height(8)
        .span(12),
    )
    .withPanel(
      limitedGraph(
        {
          title: 'Waiting',
          about: 'Jobs that a worker could take now. QueueBacklogGrowing fires above 100.',
          unit: 'short',
          off: NO_QUEUES,
        },
        { warning: 100 },
        [jobs('waiting|prioritized'), QUEUE],
      )
        .height(8)
        .span(6),
    )
    .withPanel(
      limitedGraph(
        {
          title: 'Failed jobs',
          about: 'Share of jobs that failed for good in the last 15 minutes. HighJobFailureRate fires above 5 %.',
          unit: 'percent',
          off: NO_QUEUES,
        },
        { warning: 5 },
        [
          `100 * ${increased('queue_jobs_failed_total')} / (${increased('queue_jobs_failed_total')} + ${increased('queue_jobs_completed_total')} > 0)`,
          QUEUE,
        ],
      )
        .height(8)
        .span(6),
    )
    .withPanel(
      graph({ title: 'Completed', about: 'Jobs per minute.', unit: 'cpm', off: NO_QUEUES }, [
        perMinute('queue_jobs_completed_total', 'queue'),
        QUEUE,
      ])
        .height(7)
        .span(8),
    )
    .withPanel(
      graph({ title: 'Job duration', about: 'p95 per attempt.', unit: 's', off: NO_QUEUES }, [p95('queue_job_duration_seconds'), QUEUE])
        .height(7)
        .span(8),
    )
    .withPanel(
      graph(
        {
          title: 'Job wait time',
          about: 'p95 of the time until a worker takes a ready job.',
          unit: 's',
          off: NO_QUEUES,
        },
        [p95('queue_job_wait_seconds'), QUEUE],
      )
        .height(7)
        .span(8),
    );
}

/** What the business counts. */
export function business(builder: DashboardBuilder): DashboardBuilder {
  const counted = (title: string, about: string, ...curves: readonly (readonly [metric: string, by: string, legend: string])[]) =>
    graph(
      { title, about: `${about} Per minute.`, unit: 'cpm', off: 'not counted (businessMetrics)' },
      ...curves.map(([metric, by, legend]) => [perMinute(metric, by), `{{service}} ${legend}`] as const),
    );
  return builder
    .withRow(new RowBuilder('Business'))
    .withPanel(
      counted('Payments', 'Decided payments by provider; declined cards count as failed.', [
        'payments_total',
        'provider, result',
        '{{provider}} {{result}}',
      ])
        .height(8)
        .span(8),
    )
    .withPanel(
      counted('Payment callbacks', 'PaymentCallbackFailures fires at two failures within five minutes.', [
        'payment_callbacks_total',
        'provider, result',
        '{{provider}} {{result}}',
      ])
        .height(8)
        .span(8),
    )
    .withPanel(
      counted(
        'Broadcasts',
        'Finished broadcasts, and the recipients reached.',
        ['broadcasts_total', 'result', 'broadcasts {{result}}'],
        ['broadcast_recipients_total', 'result', 'recipients {{result}}'],
      )
        .height(8)
        .span(8),
    )
    .withPanel(counted('Parsing jobs', 'Finished parsing jobs.', ['parsing_jobs_total', 'result', '{{result}}']).height(7).span(12))
    .withPanel(
      counted('Segments', 'Segment changes.', ['segment_operations_total', 'operation, result', '{{operation}} {{result}}'])
        .height(7)
        .span(12),
    );
}
