import { error, type Problem } from '../base/problem.ts';

/** Series that Prometheus adds for every target. */
export const MADE_BY_PROMETHEUS = /^(up|scrape_\w+)$/;

/** One metric, or one family of series (histogram, summary), as an exporter exposes it. */
export interface ContractMetric {
  /** `counter`, `gauge`, `histogram`, `summary`, `unknown`, …: from its `# TYPE` line. */
  readonly type: string;
  /** Names of its own labels, without `le` of histograms. */
  readonly labels: readonly string[];
  /** Observed values of labels that are enumerations (`state`, `mode`) or that a rule or dashboard selects by. */
  readonly values?: Readonly<Record<string, readonly string[]>>;
}

/** What one exporter exposes, captured from a running one: `test/contracts/<exporter>.json`. */
export interface Contract {
  readonly exporter: string;
  readonly version: string;
  /** The image it ran from. */
  readonly image: string;
  /** Setting under which this applies, if it is not the default. */
  readonly setting?: string;
  /** Exporters that it replaces under that setting. */
  readonly replaces?: readonly string[];
  readonly job: string;
  /** Labels that the scrape adds to every series: `instance`, `job`, `service`, … */
  readonly targetLabels: readonly string[];
  readonly metrics: Readonly<Record<string, ContractMetric>>;
}

/** One queryable name, with the labels and the type of its series. */
export interface Exposed {
  readonly type: string;
  readonly labels: readonly string[];
  readonly values: Readonly<Record<string, readonly string[]>>;
}

/** Queryable names of a contract's series: a histogram has three. */
export function namesOf(name: string, { type, labels, values = {} }: ContractMetric): readonly (readonly [string, Exposed])[] {
  const counter = (label?: string): Exposed => ({
    type: 'counter',
    labels: label === undefined ? labels.filter((own) => own !== 'quantile') : [...labels, label],
    values,
  });
  if (type === 'histogram')
    return [
      [`${name}_bucket`, counter('le')],
      [`${name}_sum`, counter()],
      [`${name}_count`, counter()],
    ];
  if (type === 'summary')
    return [
      ...(labels.includes('quantile') ? [[name, { type: 'gauge', labels, values }] as const] : []),
      [`${name}_sum`, counter()],
      [`${name}_count`, counter()],
    ];
  return [[name, { type, labels, values }]];
}

/** Contracts by the name of their file. */
export type Contracts = ReadonlyMap<string, Contract>;

/** Reads the contracts among the texts of a folder, by the name of their file. Any other file is a problem. */
export function readContracts(texts: ReadonlyMap<string, string>): {
  readonly contracts: Contracts;
  readonly problems: readonly Problem[];
} {
  const contracts = new Map<string, Contract>();
  const problems: Problem[] = [];
  for (const [path, text] of texts) {
    if (!path.endsWith('.json')) continue;
    const contract = parsed(text);
    if (contract === undefined) problems.push(error(path, 'is not a contract of an exporter', 'Delete it, then npm run contracts.'));
    else contracts.set(path, contract);
  }
  return { contracts, problems };
}

function parsed(text: string): Contract | undefined {
  try {
    const value = JSON.parse(text) as Partial<Contract> | null;
    const texts = [value?.exporter, value?.version, value?.image, value?.job];
    const sound = texts.every((part) => typeof part === 'string') && Array.isArray(value?.targetLabels);
    return sound && typeof value.metrics === 'object' ? (value as Contract) : undefined;
  } catch {
    return undefined;
  }
}

/** Which exporters have a metric of a name, from the texts of all contracts. */
export function metricOwners(texts: ReadonlyMap<string, string>): ReadonlyMap<string, readonly string[]> {
  const owners = new Map<string, readonly string[]>();
  for (const { exporter, metrics } of readContracts(texts).contracts.values())
    for (const [family, metric] of Object.entries(metrics))
      for (const [name] of namesOf(family, metric)) owners.set(name, [...new Set([...(owners.get(name) ?? []), exporter])]);
  return owners;
}
