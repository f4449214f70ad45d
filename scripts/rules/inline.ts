import type { SyntaxNode } from '@lezer/common';
import { nodesOf, parse, textOf } from './promql.ts';
import type { Recorded } from './recorded.ts';
import { selectorOf, type LabelMatcher } from './selectors.ts';

/** An expression without the recorded metrics, or why they cannot be replaced. */
export type Inlined = { readonly expr: string } | { readonly why: string };

/**
 * Replaces recorded metrics by what they are recorded from, so that the expression can be evaluated over a time in which they were not recorded.
 *
 * @param expr valid PromQL
 * @param records the rules of the metrics to replace, by name
 */
export function inlined(expr: string, records: ReadonlyMap<string, readonly Recorded[]>): Inlined {
  try {
    return { expr: rewritten(expr, { records, within: [] }) };
  } catch (failure) {
    if (failure instanceof NotInlinable) return { why: failure.message };
    throw failure;
  }
}

class NotInlinable extends Error {}

interface Scope {
  readonly records: ReadonlyMap<string, readonly Recorded[]>;
  /** The metrics that are being replaced. */
  readonly within: readonly string[];
}

/** A range, an offset or a fixed time behind a selector. */
const RANGE = /^(\s*\[[^\]:]*)\]/;
const OFFSET = /^\s*offset\s+-?[\w.]+/i;
const FIXED = /^\s*@/;

function rewritten(expr: string, scope: Scope): string {
  let at = 0;
  let text = '';
  for (const node of nodesOf(parse(expr))
    .filter(({ name }) => name === 'VectorSelector')
    .sort((a, b) => a.from - b.from)) {
    const record = scope.records.get(selectorOf(node, expr).metric);
    if (record === undefined) continue;
    const { value, interval } = replaced(node, expr, { record, scope });
    // The grammar's tree gives what follows a selector to the whole of `a and b`, so the text decides.
    const after = expr.slice(node.to);
    const range = RANGE.exec(after);
    const offset = OFFSET.exec(after)?.[0] ?? '';
    if (FIXED.test(after) || FIXED.test(after.slice(offset.length)))
      throw new NotInlinable(`it reads ${textOf(node, expr)} at a fixed time (@)`);
    const written =
      range !== null
        ? `${value}${range[1] ?? ''}:${interval}s]`
        : // Only a subquery has an offset: one of a single evaluation.
          offset !== ''
          ? `last_over_time(${value}[${interval}s:${interval}s]${offset})`
          : value;
    text += expr.slice(at, node.from) + written;
    at = node.to + (range?.[0] ?? offset).length;
  }
  return text + expr.slice(at);
}

function replaced(
  node: SyntaxNode,
  expr: string,
  { record, scope }: { readonly record: readonly Recorded[]; readonly scope: Scope },
): { readonly value: string; readonly interval: number } {
  const { metric, matchers } = selectorOf(node, expr);
  if (scope.within.includes(metric)) throw new NotInlinable(`the metric ${metric} is recorded from itself`);
  const below = { ...scope, within: [...scope.within, metric] };
  const values = record
    .filter(({ labels }) => matchers.every((matcher) => !(matcher.label in labels) || matches(matcher, labels[matcher.label] ?? '')))
    .map(({ expr: from, labels }) => {
      // A comment would swallow the bracket.
      const value = `(${rewritten(from.trim(), below)}${from.includes('#') ? '\n' : ''})`;
      const labelled = Object.entries(labels).reduce(
        (vector, [label, text]) => `label_replace(${vector}, ${quoted(label)}, ${quoted(text.replaceAll('$', '$$$$'))}, "", "")`,
        value,
      );
      return matchers.filter(({ label }) => !(label in labels)).reduce((vector, matcher) => filtered(vector, matcher, metric), labelled);
    });
  // A vector without elements, where no rule records what is selected.
  const value = values.length === 0 ? '(vector(1) < 0)' : values.length === 1 ? (values[0] ?? '') : `(${values.join(' or ')})`;
  return {
    value: values.length === 1 && !value.startsWith('(') ? `(${value})` : value,
    interval: Math.max(...record.map(({ interval }) => interval)),
  };
}

/** Selects by the value of a label: PromQL has selectors for metrics only. */
function filtered(vector: string, { label, op, value }: LabelMatcher, metric: string): string {
  if (op === '=~' || op === '!~') throw new NotInlinable(`it selects ${metric} by ${label}${op}, which an expression cannot do`);
  return `(${vector} ${op === '=' ? 'and' : 'unless'} on (${label}) label_replace(vector(1), ${quoted(label)}, ${quoted(value.replaceAll('$', '$$$$'))}, "", ""))`;
}

function matches({ op, value }: LabelMatcher, text: string): boolean {
  const isSame = op === '=' || op === '!=' ? text === value : new RegExp(`^(?:${value})$`).test(text);
  return op.startsWith('!') ? !isSame : isSame;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
