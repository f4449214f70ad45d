import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

/** The root of an expression's syntax tree. Mistakes are nodes as well: call `syntaxError` first if there may be some. */
export function parse(expr: string): SyntaxNode {
  return parser.parse(expr).topNode;
}

/** The offset of the first mistake of an expression in characters; undefined if it is valid PromQL. */
export function syntaxError(expr: string): number | undefined {
  return nodesOf(parse(expr)).find(({ type }) => type.isError)?.from;
}

/** The children of a node in order, without comments. */
export function childrenOf(node: SyntaxNode): readonly SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) if (child.name !== 'LineComment') children.push(child);
  return children;
}

/** A node and all below it, parents first. */
export function nodesOf(node: SyntaxNode): readonly SyntaxNode[] {
  return [node, ...childrenOf(node).flatMap(nodesOf)];
}

/** The text of a node of an expression; empty without a node. */
export function textOf(node: SyntaxNode | null | undefined, expr: string): string {
  return expr.slice(node?.from ?? 0, node?.to ?? 0);
}

/** The labels that a list of them (`by (a, "b")`) names. */
export function labelNames(list: SyntaxNode | null | undefined, expr: string): readonly string[] {
  return list === null || list === undefined ? [] : childrenOf(list).map((label) => unquoted(textOf(label, expr)));
}

/** A string or a quoted name without its quotes. */
export function unquoted(text: string): string {
  return text.replace(/^(["'`])(.*)\1$/s, '$2');
}
