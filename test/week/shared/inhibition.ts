import { parse } from 'yaml';
import type { Labels } from '../../../scripts/rules/table.ts';

/** An inhibit rule of Alertmanager. */
export interface InhibitRule {
  readonly source_matchers: readonly string[];
  readonly target_matchers: readonly string[];
  readonly equal?: readonly string[];
}

/** The inhibit rules of `alertmanager.yml`. */
export function inhibitRules(text: string): readonly InhibitRule[] {
  const { inhibit_rules: rules = [] } = parse(text, { merge: true }) as { inhibit_rules?: readonly InhibitRule[] };
  return rules;
}

/** The alerts of one moment that Alertmanager would not hold back because of others. */
export function uninhibited(firing: readonly Labels[], rules: readonly InhibitRule[]): readonly Labels[] {
  return firing.filter((alert) => !rules.some((rule) => isInhibited(alert, firing, rule)));
}

function isInhibited(alert: Labels, firing: readonly Labels[], { source_matchers, target_matchers, equal = [] }: InhibitRule): boolean {
  const isSource = (labels: Labels): boolean => source_matchers.every((matcher) => matches(matcher, labels));
  const isTarget = (labels: Labels): boolean => target_matchers.every((matcher) => matches(matcher, labels));
  if (!isTarget(alert)) return false;
  // An alert that is on both sides is not held back by one that is too: each would hold back the other.
  const isBoth = isSource(alert);
  return firing.some(
    (other) =>
      isSource(other) &&
      !(isBoth && isTarget(other)) &&
      // A label that both lack is equal.
      equal.every((label) => (other[label] ?? '') === (alert[label] ?? '')),
  );
}

/** Whether labels match `name="value"`, with `!=`, `=~` or `!~` likewise. A label that is missing is empty. */
function matches(matcher: string, labels: Labels): boolean {
  const [, name = '', op, quoted, bare = ''] = /^\s*"?(\w+)"?\s*(=~|!~|!=|=)\s*(?:"((?:[^"\\]|\\.)*)"|(.*?))\s*$/.exec(matcher) ?? [];
  if (op === undefined) throw new Error(`not a matcher: ${matcher}`);
  const value = quoted === undefined ? bare : (JSON.parse(`"${quoted}"`) as string);
  const actual = labels[name] ?? '';
  const isEqual = op.endsWith('~') ? new RegExp(`^(?:${value})$`, 's').test(actual) : actual === value;
  return op.startsWith('!') ? !isEqual : isEqual;
}
