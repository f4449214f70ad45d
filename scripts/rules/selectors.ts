import type { SyntaxNode } from '@lezer/common';
import { nodesOf, parse, syntaxError, textOf, unquoted } from './promql.ts';

/** One `label op "value"` of a selector. */
export interface LabelMatcher {
  readonly label: string;
  readonly op: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

/** One vector selector of an expression. */
export interface Selector {
  /** The text without a range and without an offset. */
  readonly text: string;
  /** Empty if it is selected by `__name__` or by labels only. */
  readonly metric: string;
  readonly matchers: readonly LabelMatcher[];
}

/** Every vector selector of an expression, each text once, in order. Throws if the expression does not parse. */
export function selectorsOf(expr: string): readonly Selector[] {
  const mistake = syntaxError(expr);
  if (mistake !== undefined) throw new Error(`PromQL does not parse at character ${mistake + 1}: ${expr}`);
  const selectors = nodesOf(parse(expr))
    .filter(({ name }) => name === 'VectorSelector')
    .map((node) => selectorOf(node, expr));
  return [...new Map(selectors.map((selector) => [selector.text, selector])).values()];
}

/** Whether an expression reads no series, so that its value never changes. */
export function selectsNothing(expr: string): boolean {
  return nodesOf(parse(expr)).every(({ name }) => name !== 'VectorSelector');
}

/** A vector selector, from its node. */
export function selectorOf(node: SyntaxNode, expr: string): Selector {
  const matchers = node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? [];
  return {
    text: textOf(node, expr),
    metric: textOf(node.getChild('Identifier'), expr),
    matchers: matchers.map((matcher) => ({
      label: textOf(matcher.getChild('LabelName'), expr),
      op: textOf(matcher.getChild('MatchOp'), expr) as LabelMatcher['op'],
      value: unquoted(textOf(matcher.getChild('StringLiteral'), expr)),
    })),
  };
}
