import type { Answer } from '../modules/facts.ts';

/** Whether an answer is Prometheus' text format: by its content type's version, or by a TYPE or HELP line or a sample in its first line. */
export function isMetricsText(contentType: string, text: string): boolean {
  if (/openmetrics-text|version=0\.0\.4|version=1\.0\.0/.test(contentType)) return true;
  if (/html|json/.test(contentType)) return false;
  return (
    /^# (TYPE|HELP) [a-zA-Z_:][\w:]* /m.test(text) || /^[a-zA-Z_:][\w:]*(\{[^{}\n]*\})? [+-]?([\d.][\d.eE+-]*|Inf|NaN)( \d+)?$/m.test(text)
  );
}

/** Ports of protocols that treat an HTTP request as an attack or a fault (MySQL counts them and then blocks the host), or that log it. */
const NOT_HTTP: ReadonlySet<number> = new Set([
  21, 22, 25, 53, 110, 143, 389, 465, 587, 636, 993, 995, 1433, 1521, 1883, 2181, 3306, 4222, 5432, 5671, 5672, 6379, 8883, 9042, 9092,
  9300, 11211, 26379, 27017, 33060,
]);

/** More ports than this are a range for media streams or passive FTP, not pages. */
const MOST_PORTS = 10;

/** The ports of a container to probe with HTTP; the one that its label names comes first. */
export function httpPorts(labels: Readonly<Record<string, string>>, ports: readonly number[]): readonly number[] {
  const named = Number(labels['prometheus.port'] ?? Number.NaN);
  const sorted = ports.filter((port) => !NOT_HTTP.has(port) && port !== named).toSorted((a, b) => a - b);
  return [...(Number.isInteger(named) && named > 0 && named < 65_536 ? [named] : []), ...sorted].slice(0, MOST_PORTS);
}

/** The answer to watch a web server by: the first 2xx of `/health` and `/`, else the answer of `/`. */
export function bestPage(answers: readonly Answer[]): Answer | undefined {
  return answers.find(({ status = 0 }) => status >= 200 && status < 300) ?? answers.at(-1);
}

/** The port that a command sets: `redis-server --port 6380`, `postgres -p 5433`, `postgres -c port=5433`. */
export function commandPort(command: string): number | undefined {
  const port = /(?:--port[ =]|\s-p ?|\s-c ?port=)(\d+)/.exec(command)?.[1];
  return port === undefined ? undefined : Number(port);
}
