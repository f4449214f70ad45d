import { getJson, send } from '../base/http.ts';

/** One sample of an instant query. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface LoadedRule {
  readonly name: string;
  readonly kind: 'alerting' | 'recording';
  readonly query: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly health: string;
  readonly lastError: string;
  /** Seconds between two evaluations of its group. */
  readonly interval: number;
}

/** An alert that is pending or firing. */
export interface ActiveAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly state: 'pending' | 'firing';
  readonly activeAt: string;
  readonly annotations: Readonly<Record<string, string>>;
  /** The `for` of its rule. */
  readonly holdSeconds: number;
}

/** The parts of Prometheus' HTTP API that the commands use. Every call throws if Prometheus does not answer. */
export interface PrometheusApi {
  query(expr: string): Promise<readonly Sample[]>;
  /** The newest sample of each series of a metric, with its time; at most five minutes old, as with a query. */
  timed(metric: string): Promise<readonly TimedSample[]>;
  targets(): Promise<readonly ScrapedTarget[]>;
  rules(): Promise<readonly LoadedRule[]>;
  alerts(): Promise<readonly ActiveAlert[]>;
  /** The values that a label had since a time, of all series or of those that a selector matches. */
  labelValues(label: string, since: Date, selector?: string): Promise<readonly string[]>;
  /** The values of an expression at evenly spaced times; Prometheus answers at most 11,000 of each series. */
  range(expr: string, range: TimeRange): Promise<readonly RangeSeries[]>;
  /** Addresses of the Alertmanagers that it sends to. */
  alertmanagers(): Promise<readonly string[]>;
  /** Reloads its configuration; throws with its error if it refuses. */
  reload(): Promise<void>;
}

/** Evenly spaced times: all in seconds since 1970, `end` included. */
export interface TimeRange {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** A series of a range query, with the times in seconds at which it had a value. */
export interface RangeSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly times: readonly number[];
}

/** Prometheus itself gives up on a query after two minutes. */
const RANGE_TIMEOUT_MS = 130_000;

interface Answer<T> {
  readonly data: T;
}

/** Prometheus at an address such as `http://127.0.0.1:9090`. */
export function prometheusApi(base: string): PrometheusApi {
  const api = async <T>(path: string): Promise<T> => (await getJson<Answer<T>>(`${base}/api/v1/${path}`)).data;
  return {
    query: async (expr) => {
      const { result } = await api<{ result: { metric: Record<string, string>; value: [number, string] }[] }>(
        `query?query=${encodeURIComponent(expr)}`,
      );
      return result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
    },
    timed: async (metric) => {
      // A range query returns time and value together; two queries could see different scrapes.
      const { result } = await api<{ result: { metric: Record<string, string>; values: [number, string][] }[] }>(
        `query?query=${encodeURIComponent(`${metric}[5m]`)}`,
      );
      return result.flatMap(({ metric: labels, values }) => {
        const last = values.at(-1);
        return last === undefined ? [] : [{ labels, value: Number(last[1]), atMs: last[0] * 1000 }];
      });
    },
    targets: async () => {
      const { activeTargets } = await api<{
        activeTargets: {
          labels: Record<string, string>;
          discoveredLabels: Record<string, string>;
          scrapePool: string;
          health: TargetState['health'];
          lastError: string;
          lastScrape: string;
        }[];
      }>('targets?state=active');
      return activeTargets.map(({ labels, discoveredLabels, scrapePool, health, lastError, lastScrape }) => ({
        job: labels['job'] ?? '',
        pool: scrapePool,
        instance: labels['instance'] ?? '',
        address: discoveredLabels['__address__'] ?? '',
        health,
        lastError,
        labels,
        lastScrapeMs: Date.parse(lastScrape),
      }));
    },
    rules: async () => {
      const { groups } = await api<{
        groups: {
          interval: number;
          rules: {
            name: string;
            type: LoadedRule['kind'];
            query: string;
            labels?: Record<string, string>;
            health: string;
            lastError?: string;
          }[];
        }[];
      }>('rules');
      return groups.flatMap(({ interval, rules }) =>
        rules.map(({ name, type, query, labels = {}, health, lastError = '' }) => ({
          ...{ name, kind: type, query, labels, health, lastError },
          interval,
        })),
      );
    },
    alerts: async () => {
      const { groups } = await api<{ groups: { rules: { duration: number; alerts: ActiveAlert[] }[] }[] }>('rules?type=alert');
      return groups.flatMap(({ rules }) =>
        rules.flatMap(({ duration, alerts }) => alerts.map((alert) => ({ ...alert, holdSeconds: duration }))),
      );
    },
    labelValues: async (label, since, selector) => {
      const matching = selector === undefined ? '' : `&match[]=${encodeURIComponent(selector)}`;
      return api<string[]>(`label/${encodeURIComponent(label)}/values?start=${since.getTime() / 1000}${matching}`);
    },
    range: async (expr, { start, end, step }) => {
      const parameters = new URLSearchParams({ query: expr, start: String(start), end: String(end), step: String(step) });
      const { data } = await getJson<Answer<{ result: { metric: Record<string, string>; values: [number, string][] }[] }>>(
        `${base}/api/v1/query_range?${parameters.toString()}`,
        RANGE_TIMEOUT_MS,
      );
      return data.result.map(({ metric, values }) => ({ labels: metric, times: values.map(([at]) => at) }));
    },
    alertmanagers: async () =>
      (await api<{ activeAlertmanagers: { url: string }[] }>('alertmanagers')).activeAlertmanagers.map(({ url }) => url),
    reload: async () => void (await send('POST', `${base}/-/reload`)),
  };
}

/** One active target as `/api/v1/targets` lists it. */
export interface TargetState {
  readonly job: string;
  /** The job of the configuration that it belongs to; differs from `job` if its target file sets the label `job`. */
  readonly pool: string;
  readonly instance: string;
  /** The address as it was configured, before relabelling. */
  readonly address: string;
  readonly health: 'up' | 'down' | 'unknown';
  readonly lastError: string;
}

/** An active target with the age of its samples. */
export interface ScrapedTarget extends TargetState {
  /** The labels of all its samples. */
  readonly labels: Readonly<Record<string, string>>;
  /** When its last scrape began, in milliseconds since 1970; below 0 before the first one. */
  readonly lastScrapeMs: number;
}

/** The newest sample of a series with the time of its scrape, in milliseconds since 1970. */
export interface TimedSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly atMs: number;
}
