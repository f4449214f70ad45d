import { error, type Problem } from '../base/problem.ts';

/** Series that Prometheus makes itself for every target. */
export const MADE_BY_PROMETHEUS = /^(up|scrape_\w+)$/;

/** One metric, or one family of series (histogram, summary), as an exporter really exposes it. */
export interface ContractMetric {
  /** `counter`, `gauge`, `histogram`, `summary`, `unknown`, …: what its `# TYPE` line says. */
  readonly type: string;
  /** Names of its own labels; `le` of a histogram goes without saying. */
  readonly labels: readonly string[];
  /** The values seen of labels that are enumerations (`state`, `mode`), or that a rule or a dashboard picks series by. */
  readonly values?: Readonly<Record<string, readonly string[]>>;
}

/** What one exporter exposes, captured from a running one: `test/contracts/<exporter>.json`. */
export interface Contract {
  readonly exporter: string;
  readonly version: string;
  /** The image it ran from. */
  readonly image: string;
  /** Setting under which it is like this, where it is not the default. */
  readonly setting?: string;
  /** Exporters in whose place it runs under that setting. */
  readonly replaces?: readonly string[];
  readonly job: string;
  /** Labels that the scrape gives to every series: `instance`, `job`, `service`, … */
  readonly targetLabels: readonly string[];
  readonly metrics: Readonly<Record<string, ContractMetric>>;
}

/** One name that can be asked for, with the labels and the type of its series. */
export interface Exposed {
  readonly type: string;
  readonly labels: readonly string[];
  readonly values: Readonly<Record<string, readonly string[]>>;
}

/** Names by which the series of a contract can be asked for: a histogram is three of them. */
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

/** Reads the contracts among the texts of a folder, by the name of their file. What is none is a problem. */
export function readContracts(texts: ReadonlyMap<string, string>): {
  readonly contracts: Contracts;
  readonly problems: readonly Problem[];
} {
  const contracts = new Map<string, Contract>();
  const problems: Problem[] = [];
  for (const [path, text] of texts) {
    if (!path.endsWith('.json')) continue;
    const contract = parsed(text);
    if (contract === undefined) problems.push(error(path, 'is no contract of an exporter', 'Delete it, then npm run contracts.'));
    else contracts.set(path, contract);
  }
  return { contracts, problems };
}

function parsed(text: string): Contract | undefined {
  try {
    const value = JSON.parse(text) as Partial<Contract> | null;
    const texts = [value?.exporter, value?.version, value?.image, value?.job];
    const sound = texts.every((part) => typeof part === 'string') && Array.isArray(value?.targetLabels);
    return sound && typeof value?.metrics === 'object' ? (value as Contract) : undefined;
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
