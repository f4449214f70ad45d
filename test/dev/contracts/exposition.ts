import { namesOf, type Contract, type Contracts, type Exposed } from '../../../scripts/rules/contract.ts';
import { accepts } from '../../../scripts/doctor/blind.ts';
import type { LabelMatcher } from '../../../scripts/rules/selectors.ts';

/** A metric as one job has it. */
export interface Found extends Exposed {
  readonly job: string;
  /** Those of the scrape included. */
  readonly labels: readonly string[];
}

/** What the exporters of one possible stack expose. */
export interface Exposition {
  /** The setting or version in which it differs from the defaults; empty where it does not. */
  readonly name: string;
  readonly metrics: ReadonlyMap<string, readonly Found[]>;
  /** Labels that the scrape gives to the series of each job. */
  readonly jobs: ReadonlyMap<string, readonly string[]>;
}

/** What exporters with these contracts expose together. */
function expositionOf(name: string, contracts: readonly Contract[]): Exposition {
  const metrics = new Map<string, Found[]>();
  const jobs = new Map<string, readonly string[]>();
  for (const { exporter, job, targetLabels, metrics: own } of contracts) {
    jobs.set(job, [...new Set([...(jobs.get(job) ?? []), ...targetLabels])]);
    // An exporter that asks several servers is a target itself, in a job with its name, of which only `up` is kept.
    if (!jobs.has(exporter)) jobs.set(exporter, ['instance', 'job', 'service']);
    for (const [family, metric] of Object.entries(own))
      for (const [text, exposed] of namesOf(family, metric))
        metrics.set(text, [...(metrics.get(text) ?? []), { ...exposed, job, labels: [...exposed.labels, ...targetLabels] }]);
  }
  return { name, metrics, jobs };
}

/** Every exporter that there is a contract of, in all its versions: what some stack has. */
export function everything(contracts: Contracts): Exposition {
  return expositionOf('', [...contracts.values()]);
}

/**
 * The stacks that there can be: that of the defaults, and for every further version or setting one that differs from it in that alone.
 *
 * @param contracts by the name of their file; `@` in it says that it is a further version
 */
export function stackExpositions(contracts: Contracts): readonly Exposition[] {
  const isDefault = ([file, { setting }]: readonly [string, Contract]): boolean => !file.includes('@') && setting === undefined;
  const defaults = [...contracts].filter(isDefault).map(([, contract]) => contract);
  const others = [...contracts].filter((entry) => !isDefault(entry)).map(([, contract]) => contract);
  return [
    expositionOf('', defaults),
    ...others.map((other) => {
      const gone = [other.exporter, ...(other.replaces ?? [])];
      const { exporter, version, setting } = other;
      return expositionOf(setting ?? `${exporter} ${version}`, [...defaults.filter((one) => !gone.includes(one.exporter)), other]);
    }),
  ];
}

/** The jobs that a selector's matchers leave. */
export function jobsOf(jobs: Iterable<string>, matchers: readonly LabelMatcher[]): readonly string[] {
  const ofJob = matchers.filter(({ label }) => label === 'job');
  return [...jobs].filter((job) => ofJob.every((matcher) => matcher.value.includes('$') || accepts(matcher, job)));
}
