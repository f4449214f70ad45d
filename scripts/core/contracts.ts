/** One metric as an exporter really exposes it. */
export interface ContractMetric {
  /** `counter`, `gauge`, `histogram`, `summary`, `unknown`. */
  readonly type: string;
  /** Names of its labels, those of the scrape (`job`, `instance`, `service`) included. */
  readonly labels: readonly string[];
}

/** What one job's exporter exposes, captured from a running one: `test/contracts/<job>.json`. */
export interface Contract {
  readonly job: string;
  readonly exporter: string;
  readonly version: string;
  readonly metrics: Readonly<Record<string, ContractMetric>>;
}

/** Which exporters have a metric of a name, from the texts of all contracts. */
export function metricOwners(texts: ReadonlyMap<string, string>): ReadonlyMap<string, readonly string[]> {
  const owners = new Map<string, readonly string[]>();
  for (const [path, text] of texts) {
    if (!path.endsWith('.json')) continue;
    const { exporter, metrics } = JSON.parse(text) as Contract;
    for (const metric of Object.keys(metrics)) owners.set(metric, [...(owners.get(metric) ?? []), exporter]);
  }
  return owners;
}
