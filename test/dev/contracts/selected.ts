import { accepts } from '../../../scripts/doctor/blind.ts';
import { MADE_BY_PROMETHEUS } from '../../../scripts/rules/contract.ts';
import type { LabelMatcher } from '../../../scripts/rules/selectors.ts';
import { jobsOf, type Exposition, type Found } from './exposition.ts';
import { picksValue } from './uses.ts';

/** Why a part of an expression has nothing to work on. */
export interface Reason {
  readonly metric: string;
  readonly why: string;
}

/** Whether the series of a part of an expression may have a label. */
export type Labels = (label: string) => boolean;

/** What a part of an expression returns. */
export interface Result {
  readonly labels: Labels;
  /** `counter`, `gauge`, …; undefined where it is none in particular. */
  readonly type: string | undefined;
  /** No vector: a number. */
  readonly scalar: boolean;
  readonly reasons: readonly Reason[];
}

/** Made by Prometheus itself of the alerts, with labels of theirs. */
const OF_ALERTS = /^ALERTS(_FOR_STATE)?$/;

/** What a selector finds among what exporters expose. */
export function selected(metric: string, matchers: readonly LabelMatcher[], exposition: Exposition): Result {
  if (metric === '' || OF_ALERTS.test(metric)) return unknown([]);
  if (MADE_BY_PROMETHEUS.test(metric)) return ofTargets(metric, matchers, exposition);
  const known = exposition.metrics.get(metric);
  if (known === undefined) return unknown([{ metric, why: 'no exporter exposes it' }]);
  const jobs = jobsOf(new Set(known.map(({ job }) => job)), matchers);
  const found = known.filter(({ job }) => jobs.includes(job));
  if (found.length === 0)
    return unknown([
      { metric, why: `the job that is asked for does not expose it, but ${[...new Set(known.map(({ job }) => job))].join(', ')} does` },
    ]);
  const labels = new Set(found.flatMap((one) => one.labels));
  const types = new Set(found.map(({ type }) => type));
  const reasons = matchers.flatMap((matcher) => {
    const why = mismatch(matcher, labels, found);
    return why === undefined ? [] : [{ metric, why }];
  });
  return { labels: (label) => labels.has(label), type: types.size === 1 ? [...types][0] : undefined, scalar: false, reasons };
}

/** A part whose labels are not known; it may be wrong. */
export function unknown(reasons: readonly Reason[]): Result {
  return { labels: () => true, type: undefined, scalar: false, reasons };
}

function ofTargets(metric: string, matchers: readonly LabelMatcher[], { jobs }: Exposition): Result {
  const asked = jobsOf(jobs.keys(), matchers);
  const positive = matchers.some((matcher) => matcher.label === 'job' && picksValue(matcher));
  if (asked.length === 0 && positive) return unknown([{ metric, why: 'no exporter is scraped as the job that is asked for' }]);
  const labels = new Set((asked.length === 0 ? [...jobs.keys()] : asked).flatMap((job) => [...(jobs.get(job) ?? [])]));
  const wrong = matchers.filter(({ label }) => !labels.has(label)).map(({ label }) => ({ metric, why: `it has no label ${label}` }));
  return { labels: (label) => labels.has(label), type: 'gauge', scalar: false, reasons: wrong };
}

function mismatch(matcher: LabelMatcher, labels: ReadonlySet<string>, found: readonly Found[]): string | undefined {
  const { label, op, value } = matcher;
  if (!labels.has(label)) return `it has no label ${label}`;
  const lists = found.map(({ values }) => values[label]);
  if (!picksValue(matcher) || lists.some((one) => one === undefined)) return undefined;
  const values = [...new Set(lists.flatMap((one) => one ?? []))];
  if (values.some((one) => accepts(matcher, one))) return undefined;
  return `it has no ${label}${op}"${value}", but ${values.map((one) => JSON.stringify(one)).join(', ')}`;
}
