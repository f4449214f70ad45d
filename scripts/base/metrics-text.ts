/** One sample of Prometheus' text format. */
export interface Metric {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;

/** Reads Prometheus' text exposition format; comments and types are skipped. */
export function parseMetrics(text: string): readonly Metric[] {
  return text.split('\n').flatMap((line) => {
    const match = line.startsWith('#') ? null : LINE.exec(line);
    if (match === null) return [];
    const labels = [...(match[2] ?? '').matchAll(LABEL)].map(([, key = '', value = '']) => [key, unescape(value)]);
    return [{ name: match[1] ?? '', labels: Object.fromEntries(labels) as Record<string, string>, value: Number(match[3]) }];
  });
}

function unescape(value: string): string {
  return value.replace(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char));
}

/** The value of the only sample with this name and these labels; undefined if there is none. */
export function valueOf(metrics: readonly Metric[], name: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
  return metrics.find((metric) => metric.name === name && Object.entries(labels).every(([key, value]) => metric.labels[key] === value))
    ?.value;
}
