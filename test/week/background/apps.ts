import type { Target } from '../shared/event.ts';
import { counts, type Shapes } from '../shared/shapes.ts';
import { TARGETS } from '../shared/targets.ts';

const MB = 1e6;
/** Upper bounds of the latency histogram, with the share of requests below each. */
const LATENCIES = { 0.05: 0.7, 0.1: 0.9, 0.3: 0.98, 1: 0.998, 3: 1, '+Inf': 1 } as const;

/** Requests per second of a route with one status code. */
export function requests(route: string, status: number, perSecond: number, method = 'GET'): Shapes {
  const labels = `method="${method}", route="${route}", status_code="${status}"`;
  return {
    [`http_request_duration_seconds_count{${labels}}`]: counts(perSecond),
    ...Object.fromEntries(
      Object.entries(LATENCIES).map(([le, share]) => [
        `http_request_duration_seconds_bucket{${labels}, le="${le}"}`,
        counts(perSecond * share),
      ]),
    ),
  };
}

const DEPENDENCIES = ['postgres', 'redis'];

const process: Shapes = {
  process_start_time_seconds: -80_000,
  process_open_fds: 40,
  process_max_fds: 1_048_576,
  nodejs_eventloop_lag_p99_seconds: 0.015,
  nodejs_heap_size_used_bytes: 90 * MB,
  nodejs_heap_size_limit_bytes: 500 * MB,
  ...Object.fromEntries(DEPENDENCIES.map((dependency) => [`health_check_up{dependency="${dependency}"}`, 1])),
  'db_pool_waiting{pool="main"}': 0,
  'db_pool_connections_used{pool="main"}': 2,
  'db_pool_connections_max{pool="main"}': 10,
  'db_connection_errors_total{pool="main", reason="refused"}': counts(0),
};

/** A queue, as each process that opens it says. Its counters are the worker's. */
const queue = (name: string): Shapes => ({
  [`queue_jobs{queue="${name}", state="waiting"}`]: 0,
  [`queue_jobs{queue="${name}", state="prioritized"}`]: 0,
  [`queue_jobs{queue="${name}", state="active"}`]: 1,
  [`queue_jobs{queue="${name}", state="delayed"}`]: 0,
});

const work = (name: string, perSecond: number): Shapes => ({
  [`queue_jobs_completed_total{queue="${name}"}`]: counts(perSecond),
  [`queue_jobs_failed_total{queue="${name}"}`]: counts(perSecond / 500),
  [`queue_jobs_stalled_total{queue="${name}"}`]: counts(0),
  [`queue_job_duration_seconds_count{queue="${name}", result="completed"}`]: counts(perSecond),
  [`queue_job_duration_seconds_sum{queue="${name}", result="completed"}`]: counts(perSecond * 0.8),
});

const SHOP = { labels: TARGETS.nginx, own: 'instance="shop-web", service="shop-web", target_host="proxy"' };

/** A web shop: its server, its worker, nginx before it, and how it looks from outside. */
export const appTargets: readonly Target[] = [
  {
    labels: TARGETS.web,
    series: {
      ...process,
      ...requests('/', 200, 6),
      ...requests('/products/:id', 200, 12),
      ...requests('/products/:id', 404, 0.2),
      ...requests('/orders', 201, 0.5, 'POST'),
      ...requests('/orders', 500, 0.002, 'POST'),
      ...queue('mail'),
      'payment_callbacks_total{provider="stripe", result="succeeded"}': counts(0.1),
      'payment_callbacks_total{provider="stripe", result="rejected"}': counts(0),
      'payment_callbacks_total{provider="stripe", result="failed"}': counts(0),
    },
  },
  { labels: TARGETS.worker, series: { ...process, ...queue('mail'), ...work('mail', 0.5) } },
  {
    labels: SHOP.labels,
    series: {
      [`nginx_up{${SHOP.own}}`]: 1,
      [`nginx_connections_accepted{${SHOP.own}}`]: counts(8),
      [`nginx_connections_handled{${SHOP.own}}`]: counts(8),
      [`nginx_connections_active{${SHOP.own}}`]: 40,
      [`nginx_connections_reading{${SHOP.own}}`]: 0,
      [`nginx_connections_writing{${SHOP.own}}`]: 6,
      [`nginx_connections_waiting{${SHOP.own}}`]: 34,
      [`nginx_http_requests_total{${SHOP.own}}`]: counts(19),
    },
  },
  {
    labels: TARGETS.page,
    series: {
      probe_success: 1,
      probe_duration_seconds: 0.12,
      probe_http_status_code: 200,
      probe_failed_due_to_regex: 0,
      probe_ssl_earliest_cert_expiry: 60 * 86_400,
    },
  },
  { labels: TARGETS.port, series: { probe_success: 1, probe_duration_seconds: 0.002 } },
  { labels: TARGETS.blackboxExporter, series: {} },
];
