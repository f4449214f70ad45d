import { Counter } from 'prom-client';
import type { Instrumentation } from './instrumentation.ts';

/** Values of a label that are counted apart; everything else is `other`. */
type Values = readonly [string, ...string[]];

/**
 * A counter whose labels can only take the values named here: each series is 0 from the start, so that the first failure is an increase,
 * and no input of a user can make a new one.
 */
function boundedCounter<Name extends string>(
  { registry }: Instrumentation,
  name: string,
  help: string,
  labels: Readonly<Record<Name, Values>>,
): (values: Readonly<Record<Name, string>>, amount?: number) => void {
  const names = Object.keys(labels) as Name[];
  const counter = new Counter<string>({ name, help, labelNames: names, registers: [registry] });
  for (const series of combinations(names, labels)) counter.inc(series, 0);
  return (values, amount = 1) =>
    counter.inc(
      Object.fromEntries(names.map((label) => [label, labels[label].includes(values[label]) ? values[label] : 'other'])),
      // A negative increment throws, and must not fail the counted operation.
      Number.isFinite(amount) && amount > 0 ? amount : 0,
    );
}

function combinations(names: readonly string[], labels: Readonly<Record<string, Values>>): readonly Record<string, string>[] {
  return names.reduce<Record<string, string>[]>(
    (series, name) => series.flatMap((before) => (labels[name] ?? []).map((value) => ({ ...before, [name]: value }))),
    [{}],
  );
}

interface BusinessOptions {
  /** Payment providers that are counted apart. */
  readonly paymentProviders?: Values;
}

const RESULT: Values = ['succeeded', 'failed'];

/** What the business counts: broadcasts and their recipients, parsing jobs, segments, payments and the providers' callbacks. */
export function businessMetrics(instrumentation: Instrumentation, { paymentProviders = ['default'] }: BusinessOptions = {}) {
  const count = <Name extends string>(name: string, help: string, labels: Readonly<Record<Name, Values>>) =>
    boundedCounter(instrumentation, name, help, labels);
  return {
    broadcast: count('broadcasts_total', 'Broadcasts that ended.', { result: RESULT }),
    broadcastRecipients: count('broadcast_recipients_total', 'Recipients of broadcasts.', { result: RESULT }),
    parsingJob: count('parsing_jobs_total', 'Parsing jobs that ended.', { result: RESULT }),
    segment: count('segment_operations_total', 'Changes of segments.', { operation: ['create', 'update', 'delete'], result: RESULT }),
    payment: count('payments_total', 'Payments that were decided.', { provider: paymentProviders, result: RESULT }),
    /** `rejected`: the callback itself was refused, as with a wrong signature. */
    paymentCallback: count('payment_callbacks_total', 'Callbacks of payment providers, by what became of them.', {
      provider: paymentProviders,
      result: ['succeeded', 'failed', 'rejected'],
    }),
  };
}

export type BusinessMetrics = ReturnType<typeof businessMetrics>;
