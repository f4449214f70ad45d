/** The applications that are chosen at the top of the page. */
export const CHOSEN = 'job="apps",service=~"$service"';

/** Why a panel may be empty. */
export const OFF = 'module apps is off, or prometheus/targets/apps/ is empty';
export const NO_REQUESTS = 'no requests, or no instrumentation metrics';
export const NO_QUEUES = 'no queue is instrumented (watchQueue, watchWorker)';

const requests = (matchers: string): string => `rate(http_request_duration_seconds_count{${CHOSEN}${matchers}}[5m])`;

/** Requests per second. */
export const rate = (by: string): string => `sum by (${by}) (${requests('')})`;

/** Answers with a 5xx code in percent of all, 0 where there are none. */
export const errors = (by: string): string =>
  `100 * (sum by (${by}) (${requests(',status_code=~"5.."')}) or 0 * ${rate(by)}) / (${rate(by)} > 0)`;

/** A percentile of the time until the answer, in seconds. */
export const latency = (quantile: number, by: string): string =>
  `histogram_quantile(${quantile}, sum by (${by}, le) (rate(http_request_duration_seconds_bucket{${CHOSEN}}[5m])))`;
