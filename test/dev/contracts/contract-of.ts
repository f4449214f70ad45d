import { MADE_BY_PROMETHEUS, type Contract, type ContractMetric } from '../../../scripts/rules/contract.ts';

/** One series from Prometheus' API: `__name__` among the labels. */
export type SeriesLabels = Readonly<Record<string, string>>;

/** What a `# TYPE` line says. */
export interface MetricType {
  readonly metric: string;
  readonly type: string;
}

/** What was read of one exporter through Prometheus. */
export interface Captured {
  readonly types: readonly MetricType[];
  readonly series: readonly SeriesLabels[];
  readonly targetLabels: readonly string[];
}

/** Labels whose values are a short list by nature: seen ones are kept, so that a matcher on a value that does not exist is found. */
const ENUMERATIONS = new Set(['collector', 'mode', 'outcome', 'quantile', 'reason', 'result', 'state', 'status', 'type']);
/** Labels of which a capture sees only what happened to happen. */
const BY_CHANCE = new Set(['code', 'le', 'status_code']);
/** Series that rules make of the exporter's, with the labels of its targets. */
const MADE_BY_RULES = /^ALERTS|:/;
/** More values than this are no enumeration. */
const VALUES = 24;
/** What the text format calls its series, beyond the family's name. */
const SUFFIXES = ['_bucket', '_sum', '_count', '_total', '_info', '_created'] as const;

/**
 * Makes a contract of what was read.
 *
 * @param picked labels by which rules and dashboards pick series, by metric: their values are kept
 */
export function contractOf(
  about: Omit<Contract, 'metrics' | 'targetLabels'>,
  { types, series, targetLabels }: Captured,
  picked: ReadonlyMap<string, ReadonlySet<string>>,
): Contract {
  const typeOf = new Map(types.map(({ metric, type }) => [metric, type]));
  const families = new Map<string, { type: string; values: Map<string, Set<string>>; kept: Set<string> }>();
  for (const { __name__: name = '', ...labels } of series) {
    if (MADE_BY_RULES.test(name) || MADE_BY_PROMETHEUS.test(name)) continue;
    const { family, type } = familyOf(name, typeOf);
    const entry = families.get(family) ?? { type, values: new Map<string, Set<string>>(), kept: new Set<string>() };
    families.set(family, entry);
    for (const label of picked.get(name) ?? []) entry.kept.add(label);
    for (const [label, value] of Object.entries(labels)) {
      if (targetLabels.includes(label) || (type === 'histogram' && label === 'le')) continue;
      entry.values.set(label, (entry.values.get(label) ?? new Set()).add(value));
    }
  }
  const names = [...families.keys()].sort();
  const metrics = Object.fromEntries(names.map((name) => [name, metricOf(families.get(name))]));
  return { ...about, targetLabels: [...targetLabels].sort(), metrics };
}

function metricOf(entry: { type: string; values: Map<string, Set<string>>; kept: Set<string> } | undefined): ContractMetric {
  const { type = 'unknown', values = new Map<string, Set<string>>(), kept = new Set<string>() } = entry ?? {};
  const labels = [...values.keys()].sort();
  const isShort = (label: string): boolean => !BY_CHANCE.has(label) && (values.get(label)?.size ?? 0) <= VALUES;
  const shown = labels.filter((label) => (kept.has(label) || ENUMERATIONS.has(label)) && isShort(label));
  const lists = Object.fromEntries(shown.map((label) => [label, [...(values.get(label) ?? [])].sort()]));
  return { type, labels, ...(shown.length === 0 ? {} : { values: lists }) };
}

/** The family that a series belongs to: its own name, or that of its histogram, summary or OpenMetrics counter. */
function familyOf(name: string, typeOf: ReadonlyMap<string, string>): { readonly family: string; readonly type: string } {
  const own = typeOf.get(name);
  if (own !== undefined) return { family: name, type: own };
  for (const suffix of SUFFIXES) {
    const base = name.endsWith(suffix) ? name.slice(0, -suffix.length) : undefined;
    const type = base === undefined ? undefined : typeOf.get(base);
    if (base === undefined || type === undefined) continue;
    if (suffix === '_created') return { family: name, type: 'gauge' };
    // OpenMetrics names the family of `x_total` x; everybody asks for `x_total`.
    return type === 'histogram' || type === 'summary' ? { family: base, type } : { family: name, type };
  }
  return { family: name, type: 'unknown' };
}
