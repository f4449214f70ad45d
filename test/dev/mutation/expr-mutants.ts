import type { SyntaxNode } from '@lezer/common';
import { childrenOf, nodesOf, parse, textOf } from '../../../scripts/rules/promql.ts';
import { matcherGroups } from './matcher-groups.ts';

/** One change of an expression. */
export interface ExprMutant {
  readonly kind: 'comparison' | 'threshold' | 'matcher';
  /** The change, for people. */
  readonly mutation: string;
  readonly expr: string;
}

/** What each comparison becomes when it is turned round. */
const TURNED: Readonly<Record<string, string>> = { '>': '<', '<': '>', '>=': '<=', '<=': '>=', '==': '!=', '!=': '==' };

const COMPARISONS = new Set(['Gtr', 'Lss', 'Gte', 'Lte', 'Eql', 'Neq']);
const ARITHMETIC: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
  Pow: (a, b) => a ** b,
};

/** Replacements of parts of the text, none inside another. */
type Edit = readonly [from: number, to: number, text: string];

/**
 * The mutants of an expression: every comparison turned round, every threshold a third lower and a third higher, every label matcher
 * dropped. Equivalent mutants are skipped: a third of 0 is 0, and see `matcherGroups`.
 */
export function exprMutants(expr: string): readonly ExprMutant[] {
  const comparisons = nodesOf(parse(expr)).filter((node) => node.name === 'BinaryExpr' && operatorOf(node) !== undefined);
  return [...comparisons.flatMap((node) => [turned(expr, node), ...moved(expr, node)]), ...dropped(expr)];
}

function operatorOf(node: SyntaxNode): SyntaxNode | undefined {
  return childrenOf(node).find(({ name }) => COMPARISONS.has(name));
}

function turned(expr: string, node: SyntaxNode): ExprMutant {
  const operator = operatorOf(node) ?? node;
  const after = TURNED[textOf(operator, expr)] ?? '';
  return {
    kind: 'comparison',
    mutation: `${shown(textOf(node, expr))}: turned round to ${after}`,
    expr: edited(expr, [[operator.from, operator.to, after]]),
  };
}

function moved(expr: string, node: SyntaxNode): readonly ExprMutant[] {
  const sides = [node.firstChild, node.lastChild].filter((side) => side !== null);
  const whole = sides.filter((side) => valueOf(expr, side) !== undefined);
  // "x > 0.9 * y" has its threshold inside a side; where a side is a number, numbers on the other are only units.
  const thresholds = whole.length > 0 ? whole : sides.flatMap((side) => constants(expr, side));
  return thresholds.flatMap((place) => {
    const value = valueOf(expr, place) ?? 0;
    if (value === 0 || !Number.isFinite(value)) return [];
    return [2 / 3, 4 / 3].map((factor): ExprMutant => {
      const text = String(Number((value * factor).toPrecision(6)));
      return {
        kind: 'threshold',
        mutation: `${shown(textOf(node, expr))}: ${textOf(place, expr)} moved to ${text}`,
        expr: edited(expr, [[place.from, place.to, text.startsWith('-') ? `(${text})` : text]]),
      };
    });
  });
}

/** The numbers that a side is made with by arithmetic; not those given to functions. */
function constants(expr: string, node: SyntaxNode): readonly SyntaxNode[] {
  if (valueOf(expr, node) !== undefined) return [node];
  const arithmetic = node.name === 'BinaryExpr' && childrenOf(node).some(({ name }) => name in ARITHMETIC);
  return arithmetic || node.name === 'ParenExpr' || node.name === 'UnaryExpr'
    ? childrenOf(node).flatMap((child) => constants(expr, child))
    : [];
}

/** The value of a part that is made of numbers only. */
function valueOf(expr: string, node: SyntaxNode): number | undefined {
  const children = childrenOf(node);
  const [first, last] = [children[0], children.at(-1)];
  if (node.name === 'NumberDurationLiteral') {
    const value = Number(textOf(node, expr));
    return Number.isNaN(value) ? undefined : value;
  }
  if (node.name === 'ParenExpr' && first !== undefined) return valueOf(expr, first);
  if (node.name === 'UnaryExpr' && first !== undefined && last !== undefined) {
    const value = valueOf(expr, last);
    return value === undefined ? undefined : textOf(first, expr) === '-' ? -value : value;
  }
  const apply = children.map(({ name }) => ARITHMETIC[name]).find((operation) => operation !== undefined);
  if (node.name !== 'BinaryExpr' || apply === undefined || first === undefined || last === undefined) return undefined;
  const [a, b] = [valueOf(expr, first), valueOf(expr, last)];
  return a === undefined || b === undefined ? undefined : apply(a, b);
}

function dropped(expr: string): readonly ExprMutant[] {
  return matcherGroups(expr).map((group) => {
    const names = group.map(({ metric }) => metric).join(', ');
    return {
      kind: 'matcher',
      mutation: `${names}: without ${shown(group[0]?.text ?? '')}`,
      expr: edited(
        expr,
        group.map(({ from, to }) => [from, to + (/^\s*,/.exec(expr.slice(to))?.[0].length ?? 0), '']),
      ),
    };
  });
}

function edited(expr: string, edits: readonly Edit[]): string {
  return [...edits].sort(([a], [b]) => b - a).reduce((text, [from, to, by]) => text.slice(0, from) + by + text.slice(to), expr);
}

/** A part of an expression on one line, its middle left out where it is long. */
function shown(text: string): string {
  const line = text.trim().replace(/\s+/g, ' ');
  return line.length > 70 ? `${line.slice(0, 40)} … ${line.slice(-26)}` : line;
}
