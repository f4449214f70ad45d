import { are, between, since, weekEvent, type Happening } from './shared/event.ts';
import { burst } from './shared/happenings.ts';
import { counts } from './shared/shapes.ts';

/** Everything that visitors cause, as a share of the day's. */
function traffic(share: number): ReturnType<typeof are> {
  return are({
    'http_request_duration_seconds_count{instance="web:3000", status_code="200"}': counts(6 * share),
    'http_request_duration_seconds_bucket{instance="web:3000", status_code="200"}': counts(6 * share),
    nginx_http_requests_total: counts(19 * share),
    nginx_connections_accepted: counts(8 * share),
    nginx_connections_handled: counts(8 * share),
    redis_keyspace_hits_total: counts(300 * share),
    redis_keyspace_misses_total: counts(6 * share),
    pg_stat_database_blks_hit: counts(4000 * share),
    pg_stat_database_blks_read: counts(20 * share),
    pg_stat_database_xact_rollback: counts(0.2 * share),
    pg_stat_database_xact_commit: counts(60 * share + 0.1),
    'payment_callbacks_total{result="succeeded"}': counts(0.03 * share),
    queue_jobs_completed_total: counts(0.5 * share),
    queue_job_duration_seconds_count: counts(0.5 * share),
    queue_job_duration_seconds_sum: counts(0.4 * share),
    'queue_jobs{state="active"}': 0,
    'node_context_switches_total{instance="web-1"}': counts(2000 + 6000 * share),
  });
}

/** Shares of the day's traffic, half an hour each. */
const FADING = [0.63, 0.4, 0.25, 0.16, 0.1, 0.063, 0.04, 0.025, 0.016, 0.01];

/** An evening that fades, and a night without a visitor. Two single requests fail. */
export default weekEvent({
  title: 'an application with no traffic at night',
  lasts: '9h',
  every: '5m',
  happenings: [
    ...FADING.map((share, index): Happening => between(`${index * 30}m`, `${index * 30 + 30}m`, traffic(share))),
    between('5h', '8h30m', traffic(0)),
    since('8h30m', traffic(0.05)),
    ...burst(
      'web',
      { 'http_request_duration_seconds_count{method="GET", route="/favicon.ico", status_code="500"}': counts(1 / 60) },
      '3h',
      '3h2m',
    ),
  ],
});
