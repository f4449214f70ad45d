import type { SyntaxNode } from '@lezer/common';
import { childrenOf, parse, syntaxError, textOf } from './promql.ts';

const COMPARISONS = new Set(['Gtr', 'Lss', 'Gte', 'Lte', 'Eql', 'EqlC', 'Neq']);
const NUMBERS = new Set(['NumberDurationLiteral', 'NumberLiteral', 'StringLiteral']);

/**
 * Turns an alert's condition into an expression that has series whenever the alert could fire, whatever the current values: comparisons with a
 * number become their other side, comparisons of two vectors become a difference with the same matching, `unless` loses its exception, `absent(x)`
 * becomes `x`, and offsets are dropped, because a new Prometheus has no older data. Each alternative of a top-level `or` is a separate expression:
 * one of them is enough. Throws if the expression does not parse.
 */
export function neutralised(expr: string): readonly string[] {
  if (syntaxError(expr) !== undefined) throw new Error(`PromQL does not parse: ${expr}`);
  return childrenOf(parse(expr)).flatMap((top) => alternatives(top).map((node) => rewrite(node, expr)));
}

function alternatives(node: SyntaxNode): readonly SyntaxNode[] {
  if (node.name === 'ParenExpr') return childrenOf(node).flatMap(alternatives);
  return node.getChild('Or') === null ? [node] : childrenOf(node).filter(isOperand).flatMap(alternatives);
}

function isOperand({ name }: SyntaxNode): boolean {
  return /Expr$|Selector$|Call$|Literal$/.test(name);
}

function rewrite(node: SyntaxNode, expr: string): string {
  const children = childrenOf(node);
  const [first] = children;
  if (first === undefined) return textOf(node, expr);
  if (node.name === 'OffsetExpr') return rewrite(first, expr);
  if (node.name === 'FunctionCall' && ['absent', 'absent_over_time'].includes(textOf(first, expr)))
    return `(${rewriteInside(children[1] ?? first, expr)})`;
  if (node.name !== 'BinaryExpr') return rewriteInside(node, expr);
  if (node.getChild('Unless') !== null) return rewrite(first, expr);
  return children.some(({ name }) => COMPARISONS.has(name)) ? compared(node, expr) : rewriteInside(node, expr);
}

function compared(node: SyntaxNode, expr: string): string {
  const matching = textOf(node.getChild('MatchingModifierClause'), expr);
  const vectors = childrenOf(node).filter((child) => isOperand(child) && !isNumber(child));
  const sides = vectors.map((side) => `(${rewrite(side, expr)})`);
  if (sides.length < 2) return sides[0] ?? textOf(node, expr);
  return `(${sides.join(matching === '' ? ' - ' : ` - ${matching} `)})`;
}

/** Whether an expression holds no vector: a number, or arithmetic of numbers. */
function isNumber(node: SyntaxNode): boolean {
  if (NUMBERS.has(node.name)) return true;
  return ['ParenExpr', 'UnaryExpr', 'BinaryExpr'].includes(node.name) && childrenOf(node).filter(isOperand).every(isNumber);
}

/** The text of a node with its children rewritten and the text between them kept. */
function rewriteInside(node: SyntaxNode, expr: string): string {
  let at = node.from;
  let text = '';
  for (const child of childrenOf(node)) {
    text += expr.slice(at, child.from) + rewrite(child, expr);
    at = child.to;
  }
  return text + expr.slice(at, node.to);
}
