import type { IncomingMessage, ServerResponse } from 'node:http';
import { Gauge, Histogram, type Registry } from 'prom-client';
import { observerOf } from './series.ts';

/** 1 s and 2 s are thresholds of alerts: a percentile is exact only at a bound. Eleven bounds, because every one is a series per route and code. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10];
/** 100 bytes to 10 MB, a bound per power of ten: sizes matter by their order of magnitude. */
const BYTES = [100, 1e3, 1e4, 1e5, 1e6, 1e7];
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
/** Code for a client that went away before it had its answer; nginx' custom. */
const CLIENT_GONE = '499';
/** Far below Prometheus' limit of 512 characters. */
const MAX_ROUTE_LENGTH = 200;

/** The label of everything that no route matched: 404s, scanners, probes of attackers. */
const UNMATCHED = 'unmatched';
/** The label of routes beyond the limit. */
const OTHER = 'other';

/** Keeps the label `route` bounded: patterns as they are, one label for no route, one for all patterns beyond `max`. */
function createRouteLabels(max: number): (pattern: string | undefined) => string {
  const known = new Set<string>();
  return (pattern) => {
    if (pattern === undefined || pattern === '') return UNMATCHED;
    const label = pattern.slice(0, MAX_ROUTE_LENGTH);
    if (!known.has(label)) {
      if (known.size >= max) return OTHER;
      known.add(label);
    }
    return label;
  };
}

/**
 * Rate, errors and duration per route, requests in flight and sizes in bytes.
 *
 * @param maxRoutes how many different route patterns are kept apart
 */
export function createHttpMetrics(registry: Registry, maxRoutes: number) {
  const registers = [registry];
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'From the arrival of a request until its answer was sent.',
    labelNames: ['method', 'route', 'status_code'],
    buckets: SECONDS,
    registers,
  });
  let inFlight = 0;
  new Gauge({
    name: 'http_requests_in_flight',
    help: 'Requests that wait for their answer.',
    registers,
    collect() {
      this.set(inFlight);
    },
  });
  const sizes = { labelNames: ['method', 'route'], buckets: BYTES, registers };
  const requestSize = new Histogram({
    ...sizes,
    name: 'http_request_size_bytes',
    help: 'Bodies of requests, by their Content-Length.',
  });
  const responseSize = new Histogram({
    ...sizes,
    name: 'http_response_size_bytes',
    help: 'Answers as sent over HTTP/1, with their headers.',
  });
  const label = createRouteLabels(maxRoutes);
  const observers = (method: string, route: string) => ({
    duration: memo((code: number | string) => observerOf(duration, SECONDS, { method, route, status_code: String(code) })),
    responseSize: observerOf(responseSize, BYTES, { method, route }),
    requestSize: observerOf(requestSize, BYTES, { method, route }),
  });
  const byRoute = memo((method: string) => memo((route: string) => observers(method, route)));

  return {
    /**
     * Counts one request when its answer is out or its client is gone.
     *
     * @param routeOf the pattern that matched, asked at the end; undefined where none did
     */
    track(request: IncomingMessage, response: ServerResponse, routeOf: () => string | undefined): void {
      const began = performance.now();
      // Over HTTP/2 many answers share a socket, so its bytes belong to no single one.
      const socket = request.httpVersionMajor < 2 ? request.socket : undefined;
      const sentBefore = socket?.bytesWritten ?? 0;
      let waits = true;
      inFlight += 1;
      // A flag is cheaper than `once`, which makes a second function for every request.
      response.on('close', () => {
        if (!waits) return;
        waits = false;
        inFlight -= 1;
        const seconds = (performance.now() - began) / 1000;
        const { method = '' } = request;
        const of = byRoute(METHODS.has(method) ? method : 'OTHER')(label(routeOf()));
        of.duration(isSent(request, response) ? response.statusCode : CLIENT_GONE)(seconds);
        const sent = (socket?.bytesWritten ?? Number.NaN) - sentBefore;
        if (sent >= 0) of.responseSize(sent);
        const length = Number(request.headers['content-length']);
        if (length >= 0) of.requestSize(length);
      });
    },
  };
}

/** Over HTTP/2 an answer does not show whether it was written; its request shows whether the client aborted. */
function isSent(request: IncomingMessage, response: ServerResponse): boolean {
  return request.httpVersionMajor < 2 ? response.writableFinished : !(request as { readonly aborted: boolean }).aborted;
}

export type HttpMetrics = ReturnType<typeof createHttpMetrics>;

/** Calls `make` once per key. The keys are bounded: seven methods, labels of routes, status codes. */
function memo<Key, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const made = new Map<Key, Value>();
  return (key) => {
    let value = made.get(key);
    if (value === undefined) made.set(key, (value = make(key)));
    return value;
  };
}
