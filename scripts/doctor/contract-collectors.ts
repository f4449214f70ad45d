import { readContracts } from '../rules/contract.ts';

/** Collectors of one exporter, and the metric in which the exporter lists those that run. */
export interface Collectors {
  readonly exporter: string;
  /** Such as `pg_scrape_collector_success`, by the label `collector`. */
  readonly listedIn: string;
  /** Those that the stack starts it with. */
  readonly names: readonly string[];
}

/** The collectors that exporters have according to their contracts, from the texts of all of them. */
export function collectorsOf(texts: ReadonlyMap<string, string>): readonly Collectors[] {
  return [...readContracts(texts).contracts.values()].flatMap(({ exporter, metrics }) =>
    Object.entries(metrics).flatMap(([listedIn, { values }]) =>
      listedIn.endsWith(LISTS_COLLECTORS) ? [{ exporter, listedIn, names: values?.['collector'] ?? [] }] : [],
    ),
  );
}

const LISTS_COLLECTORS = '_scrape_collector_success';

/**
 * The collector to which a metric belongs, by its name (`pg_stat_wal_receiver_…` is of `stat_wal_receiver`), where it is none of those that run;
 * in words. Undefined where it runs, where no collector has such metrics, and where the exporter itself does not answer.
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
