import { added, are, between, weekEvent } from './shared/event.ts';
import { TARGETS } from './shared/targets.ts';
import { counts, grows } from './shared/shapes.ts';

/** queue.pause() for an hour: jobs wait, none is active, and afterwards the worker catches up. */
export default weekEvent({
  title: 'a queue that is paused for an hour',
  lasts: '1h30m',
  every: '1m',
  happenings: [
    between('2m', '1h2m', added(TARGETS.web, { 'queue_jobs{queue="mail", state="paused"}': grows(0, 0.5) })),
    between(
      '2m',
      '1h2m',
      are({
        'queue_jobs{queue="mail", state="active"}': 0,
        'queue_jobs_completed_total{queue="mail"}': counts(0),
        'queue_jobs_failed_total{queue="mail"}': counts(0),
        'queue_job_duration_seconds_count{queue="mail"}': counts(0),
        'queue_job_duration_seconds_sum{queue="mail"}': counts(0),
      }),
    ),
    between(
      '1h2m',
      '1h12m',
      are({
        'queue_jobs{queue="mail", state="waiting"}': grows(1800, -3),
        'queue_jobs_completed_total{queue="mail"}': counts(3.5),
        'queue_job_duration_seconds_count{queue="mail"}': counts(3.5),
        'queue_job_duration_seconds_sum{queue="mail"}': counts(2.8),
      }),
    ),
  ],
});
