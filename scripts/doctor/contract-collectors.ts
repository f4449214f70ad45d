import { readContracts } from '../rules/contract.ts';

/** Collectors of one exporter, and the metric in which the exporter lists those that run. */
export interface Collectors {
  readonly exporter: string;
  /** Such as `pg_scrape_collector_success`, by the label `collector`. */
  readonly listedIn: string;
  /** The collectors that the stack enables. */
  readonly names: readonly string[];
}

/** The exporters' collectors, from the texts of all contracts. */
export function collectorsOf(texts: ReadonlyMap<string, string>): readonly Collectors[] {
  return [...readContracts(texts).contracts.values()].flatMap(({ exporter, metrics }) =>
    Object.entries(metrics).flatMap(([listedIn, { values }]) =>
      listedIn.endsWith(LISTS_COLLECTORS) ? [{ exporter, listedIn, names: values?.['collector'] ?? [] }] : [],
    ),
  );
}

const LISTS_COLLECTORS = '_scrape_collector_success';

/**
 * The collector to which a metric belongs, by its name (`pg_stat_wal_receiver_…` is of `stat_wal_receiver`), if it does not run,
 * as text. Undefined if it runs, if no collector has such metrics, or if the exporter does not answer.
 *
 * @param running the collectors that run, by the metric in which they are listed
 */
export function collectorOff(
  metric: string,
  collectors: readonly Collectors[],
  running: ReadonlyMap<string, ReadonlySet<string>>,
): string | undefined {
  for (const { exporter, listedIn, names } of collectors) {
    const now = running.get(listedIn);
    const prefix = listedIn.slice(0, -LISTS_COLLECTORS.length);
    const [collector] = names.filter((name) => metric.startsWith(`${prefix}_${name}`)).sort((a, b) => b.length - a.length);
    if (collector !== undefined && now !== undefined && now.size > 0 && !now.has(collector)) return `${collector} of ${exporter}`;
  }
  return undefined;
}
