import { selectorsOf, type LabelMatcher, type Selector } from '../rules/selectors.ts';

/** What a running Prometheus has for one selector of an alert. */
export interface SelectorFacts {
  readonly selector: Selector;
  /** Series of the metric, whatever their labels. */
  readonly named: number;
  /** Series that the selector selects. */
  readonly selected: number;
  /** The values that the series of the metric have for each label that the selector names. */
  readonly values: ReadonlyMap<string, readonly string[]>;
}

/** Why an alert cannot fire here. */
export interface Blindness {
  readonly kind: 'name missing' | 'collector off' | 'label mismatch' | 'parts do not match' | 'nothing to read';
  readonly why: string;
}

/** The result for one alert. */
export interface AlertCheck {
  readonly alert: string;
  readonly severity: string;
  /** Undefined if the alert can fire. */
  readonly blind: Blindness | undefined;
}

/**
 * Explains why a condition has no series.
 *
 * @param known which exporters have a metric of that name, by their contracts; empty if none has it
 * @param off the collector that would provide a metric of that name and does not run
 */
export function explainBlindness(
  facts: readonly SelectorFacts[],
  known: (metric: string) => readonly string[],
  off: (metric: string) => string | undefined = () => undefined,
): Blindness {
  const missing = facts.filter(({ named, selector }) => named === 0 && selector.metric !== '');
  const without = missing.flatMap(({ selector: { metric } }) => {
    const collector = off(metric);
    return collector === undefined ? [] : [`no series ${metric}: the collector ${collector} does not run`];
  });
  if (without.length > 0) return { kind: 'collector off', why: eachOnce(without) };
  if (missing.length > 0) return { kind: 'name missing', why: eachOnce(missing.map(({ selector }) => absentName(selector.metric, known))) };
  const mismatched = facts.filter(({ selected }) => selected === 0);
  if (mismatched.length > 0) return { kind: 'label mismatch', why: eachOnce(mismatched.map(mismatch)) };
  return {
    kind: 'parts do not match',
    why: `${facts.map(({ selector }) => selector.text).join(', ')} have series, but none with the same labels`,
  };
}

/** Why series prove nothing: what they count cannot be read. Undefined if it can. `without` says of a metric what is missing. */
export function nothingToRead(expr: string, without: (metric: string) => string | undefined): Blindness | undefined {
  const reasons = selectorsOf(expr).flatMap(({ metric }) => {
    const reason = without(metric);
    return reason === undefined ? [] : [`${metric} is there, but ${reason}`];
  });
  return reasons.length === 0 ? undefined : { kind: 'nothing to read', why: eachOnce(reasons) };
}

/** An expression often selects the same series twice, as in a share of all requests. */
function eachOnce(reasons: readonly string[]): string {
  return [...new Set(reasons)].join('; ');
}

function absentName(metric: string, known: (metric: string) => readonly string[]): string {
  const exporters = known(metric);
  return exporters.length === 0
    ? `no series ${metric}`
    : `no series ${metric}: ${exporters.join(', ')} has it only if there is something to report`;
}

/** Values shown of a label. */
const SHOWN = 5;

function mismatch({ selector, values }: SelectorFacts): string {
  const wrong = selector.matchers.filter((matcher) => !(values.get(matcher.label) ?? []).some((value) => accepts(matcher, value)));
  const parts = (wrong.length > 0 ? wrong : selector.matchers).map((matcher) => {
    const present = (values.get(matcher.label) ?? []).filter((value) => value !== '');
    const list = present.slice(0, SHOWN).map((value) => JSON.stringify(value));
    const more = present.length > SHOWN ? ` and ${present.length - SHOWN} more` : '';
    return list.length === 0
      ? `${selector.metric} has no label ${matcher.label}`
      : `${selector.metric} has no ${matcher.label}${matcher.op}"${matcher.value}", but ${list.join(', ')}${more}`;
  });
  return parts.join('; ');
}

/** Whether a matcher accepts a label's value. Prometheus anchors its regular expressions; one that JavaScript cannot parse accepts everything. */
export function accepts({ op, value: wanted }: LabelMatcher, value: string): boolean {
  if (op === '=' || op === '!=') return (op === '=') === (value === wanted);
  try {
    return (op === '=~') === new RegExp(`^(?:${wanted.replace(/\\\\/g, '\\')})$`, 's').test(value);
  } catch {
    return true;
  }
}
