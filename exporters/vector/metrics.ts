import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { CanaryResult, OwnScan } from './canary.ts';
import type { Canary, Probe, RecallProbe } from './canaries.ts';
import { REASONS, type Reason } from './reasons.ts';
import type { RecallResult } from './recall.ts';
import { statisticsMetrics } from './statistics-metrics.ts';
import type { Statistics } from './statistics.ts';

/** Seconds. A search by an index takes milliseconds; 0.25 and 1 are where the alerts begin, 30 is the longest timeout. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** The metrics of one database. Every method takes what happened; `text` gives the page. */
export interface Metrics {
  readonly collected: (statistics: Statistics, seconds: number) => void;
  /** A look at the database failed; figures of earlier looks are kept where `keep` says so, because one lost look is no news. */
  readonly collectionFailed: (reason: Reason, seconds: number, keep: boolean) => void;
  readonly searched: (canary: Canary, result: CanaryResult) => void;
  readonly recalled: (probe: RecallProbe, result: RecallResult) => void;
  readonly probeFailed: (probe: Probe, reason: Reason) => void;
  readonly text: () => Promise<string>;
}

/**
 * Makes the metrics of one database.
 *
 * @param probes its canaries and recall probes: their counters begin at zero, or the first error could not be seen
 * @param fileProblems entries of the canaries file that are skipped
 * @param now Unix time in ms
 */
export function createMetrics(probes: readonly Probe[], fileProblems: number, now: () => number): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[] = []): Gauge<L> =>
    new Gauge({ name: `pharos_vector_${name}`, help, labelNames, registers });
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[] = []): Counter<L> =>
    new Counter({ name: `pharos_vector_${name}`, help, labelNames, registers });
  const unknown = <L extends string>(metric: Gauge<L>): Gauge<L> => (metric.remove(), metric);

  const up = unknown(gauge('up', 'Whether the last look at the database succeeded.'));
  const lastSuccess = unknown(gauge('last_success_timestamp_seconds', 'When a look at the database last succeeded.'));
  const duration = unknown(gauge('collect_duration_seconds', 'How long the last look at the database took.'));
  const collectErrors = counter('collect_errors_total', 'Looks at the database that failed.', ['reason']);
  for (const reason of REASONS) collectErrors.inc({ reason }, 0);
  gauge('canary_file_problems', 'Entries of the canaries file that are wrong and skipped.').set(fileProblems);
  const statistics = statisticsMetrics(registers);

  const canary = ['canary'] as const;
  const seconds = new Histogram({
    name: 'pharos_vector_search_duration_seconds',
    help: 'How long each canary search took. Searches that failed are not in it.',
    labelNames: canary,
    buckets: BUCKETS,
    registers,
  });
  const runs = counter('search_runs_total', 'Canary searches, failed ones too.', canary);
  const errors = counter('search_errors_total', 'Canary searches that failed.', ['canary', 'reason']);
  const rows = gauge('search_rows', 'Rows that the last canary search gave.', canary);
  const usesIndex = gauge('search_uses_index', 'Whether the plan of the last canary search used a vector index.', canary);
  const lastSearch = gauge('search_last_success_timestamp_seconds', 'When the canary search last succeeded.', canary);

  const probe = ['probe'] as const;
  const recall = gauge('recall_ratio', 'Share of the nearest vectors that the index finds, mean of the last sample.', [
    'probe',
    'schema',
    'table',
    'index',
  ]);
  const goal = gauge('recall_target_ratio', 'Share of the nearest vectors that the index must find.', probe);
  const samples = gauge('recall_samples', 'Vectors that were searched for in the last comparison.', probe);
  const recallRuns = counter('recall_runs_total', 'Comparisons of the approximate with the exact search, failed ones too.', probe);
  const recallErrors = counter('recall_errors_total', 'Comparisons that failed.', ['probe', 'reason']);
  const lastRecall = gauge('recall_last_success_timestamp_seconds', 'When the comparison last succeeded.', probe);
  const own = counter(
    'index_own_scans_total',
    'Scans of the index by canaries and recall probes, which PostgreSQL counts with the others.',
    ['schema', 'table', 'index'],
  );

  for (const known of probes) {
    const { name } = known;
    if (known.kind === 'canary') {
      runs.inc({ canary: name }, 0);
      for (const reason of REASONS) errors.inc({ canary: name, reason }, 0);
    } else {
      recallRuns.inc({ probe: name }, 0);
      for (const reason of REASONS) recallErrors.inc({ probe: name, reason }, 0);
      goal.set({ probe: name }, known.goal);
    }
  }
  const count = (scans: readonly OwnScan[]): void => {
    for (const { scans: times, schema, table, index } of scans) own.inc({ schema, table, index }, times);
  };

  return {
    collected: (found, took) => {
      up.set(1);
      lastSuccess.set(now() / 1000);
      duration.set(took);
      statistics.show(found);
    },
    collectionFailed: (reason, took, keep) => {
      up.set(0);
      duration.set(took);
      collectErrors.inc({ reason });
      if (!keep) statistics.clear();
    },
    searched: ({ name }, result) => {
      const labels = { canary: name };
      runs.inc(labels);
      seconds.observe(labels, result.seconds);
      rows.set(labels, result.rows);
      usesIndex.set(labels, result.usesIndex ? 1 : 0);
      lastSearch.set(labels, now() / 1000);
      count(result.ownScans);
    },
    recalled: ({ name }, result) => {
      recallRuns.inc({ probe: name });
      recall.set({ probe: name, ...result.index }, result.recall);
      samples.set({ probe: name }, result.samples);
      lastRecall.set({ probe: name }, now() / 1000);
      count(result.ownScans);
    },
    probeFailed: ({ kind, name }, reason) => {
      if (kind === 'canary') {
        runs.inc({ canary: name });
        errors.inc({ canary: name, reason });
      } else {
        recallRuns.inc({ probe: name });
        recallErrors.inc({ probe: name, reason });
      }
    },
    text: async () => registry.metrics(),
  };
}
