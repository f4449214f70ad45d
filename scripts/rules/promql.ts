import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

/** One `label op "value"` of a selector. */
export interface LabelMatcher {
  readonly label: string;
  readonly op: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

/** One vector selector of an expression. */
export interface Selector {
  /** The text as it stands, without a range and without an offset. */
  readonly text: string;
  /** Empty where it is selected by `__name__` or by labels only. */
  readonly metric: string;
  readonly matchers: readonly LabelMatcher[];
}

const COMPARISONS = new Set(['Gtr', 'Lss', 'Gte', 'Lte', 'Eql', 'EqlC', 'Neq']);
const NUMBERS = new Set(['NumberDurationLiteral', 'NumberLiteral', 'StringLiteral']);

/** The syntax tree of an expression. Throws where it does not parse. */
function parse(expr: string): SyntaxNode {
  const tree = parser.parse(expr);
  tree.iterate({
    enter: ({ type, from }) => {
      if (type.isError) throw new Error(`PromQL does not parse at character ${from + 1}: ${expr}`);
    },
  });
  return tree.topNode;
}

function childrenOf(node: SyntaxNode): readonly SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) children.push(child);
  return children;
}

/** Every vector selector of an expression, each text once, in order. Throws where the expression does not parse. */
export function selectorsOf(expr: string): readonly Selector[] {
  const found = new Map<string, Selector>();
  const visit = (node: SyntaxNode): void => {
    if (node.name === 'VectorSelector') {
      const text = expr.slice(node.from, node.to);
      found.set(text, { text, metric: metricOf(node, expr), matchers: matchersOf(node, expr) });
    }
    childrenOf(node).forEach(visit);
  };
  visit(parse(expr));
  return [...found.values()];
}

function metricOf(selector: SyntaxNode, expr: string): string {
  const name = selector.getChild('Identifier');
  return name === null ? '' : expr.slice(name.from, name.to);
}

function matchersOf(selector: SyntaxNode, expr: string): readonly LabelMatcher[] {
  const matchers = selector.getChild('LabelMatchers');
  return (matchers?.getChildren('UnquotedLabelMatcher') ?? []).map((matcher) => {
    const text = (name: string): string => {
      const child = matcher.getChild(name);
      return child === null ? '' : expr.slice(child.from, child.to);
    };
    return { label: text('LabelName'), op: text('MatchOp') as LabelMatcher['op'], value: text('StringLiteral').slice(1, -1) };
  });
}

/**
 * Turns an alert's condition into an expression that has series whenever the alert could fire, whatever the values are now: comparisons with a
 * number become their other side, comparisons of two vectors become a difference with the same matching, `unless` loses its exception, `absent(x)`
 * becomes `x`, and offsets go, because a young Prometheus has no yesterday. Each alternative of a top-level `or` is an expression of its own:
 * one of them is enough. Throws where the expression does not parse.
 */
export function neutralised(expr: string): readonly string[] {
  const top = parse(expr).firstChild;
  return top === null ? [] : alternatives(top, expr).map((node) => rewrite(node, expr));
}

function alternatives(node: SyntaxNode, expr: string): readonly SyntaxNode[] {
  const children = childrenOf(node);
  const inner = children.find(({ name }) => name !== 'LineComment');
  if (node.name === 'ParenExpr' && inner !== undefined) return alternatives(inner, expr);
  const [left] = children;
  const right = children.at(-1);
  if (node.name === 'BinaryExpr' && children.some(({ name }) => name === 'Or') && left !== undefined && right !== undefined)
    return [...alternatives(left, expr), ...alternatives(right, expr)];
  return [node];
}

function rewrite(node: SyntaxNode, expr: string): string {
  const children = childrenOf(node);
  const [first] = children;
  const last = children.at(-1);
  if (first === undefined || last === undefined) return expr.slice(node.from, node.to);
  if (node.name === 'OffsetExpr') return rewrite(first, expr);
  if (node.name === 'FunctionCall' && ['absent', 'absent_over_time'].includes(expr.slice(first.from, first.to)))
    return `(${rewriteInside(children[1] ?? first, expr)})`;
  if (node.name === 'BinaryExpr') {
    const operator = children.find(({ name }) => COMPARISONS.has(name) || name === 'Unless');
    if (operator?.name === 'Unless') return rewrite(first, expr);
    if (operator !== undefined) return compared(children, first, last, expr);
  }
  return rewriteInside(node, expr);
}

function compared(children: readonly SyntaxNode[], left: SyntaxNode, right: SyntaxNode, expr: string): string {
  if (isNumber(right)) return `(${rewrite(left, expr)})`;
  if (isNumber(left)) return `(${rewrite(right, expr)})`;
  const matching = children.find(({ name }) => name === 'MatchingModifierClause');
  const clause = matching === undefined ? '' : ` ${expr.slice(matching.from, matching.to)}`;
  return `((${rewrite(left, expr)}) -${clause} (${rewrite(right, expr)}))`;
}

/** Whether an expression holds no vector: a number, or arithmetic of numbers. */
function isNumber(node: SyntaxNode): boolean {
  if (NUMBERS.has(node.name)) return true;
  if (!['ParenExpr', 'UnaryExpr', 'BinaryExpr'].includes(node.name)) return false;
  return childrenOf(node).every((child) => isNumber(child) || !/Expr$|Selector$|Call$/.test(child.name));
}

/** The text of a node with its children rewritten and what stands between them kept. */
function rewriteInside(node: SyntaxNode, expr: string): string {
  let at = node.from;
  let text = '';
  for (const child of childrenOf(node)) {
    text += expr.slice(at, child.from) + (child.name === 'LineComment' ? '' : rewrite(child, expr));
    at = child.to;
  }
  return text + expr.slice(at, node.to);
}
