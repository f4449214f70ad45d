import type { SyntaxNode } from '@lezer/common';
import { childrenOf, labelNames, nodesOf, parse, textOf, unquoted } from '../../../scripts/rules/promql.ts';

/** A label matcher of an expression, by where it stands in the text. */
export interface Matcher {
  /** The name that its selector starts with; empty where there is none. */
  readonly metric: string;
  readonly label: string;
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** The matchers that hold for every series that a part of an expression returns, because their label passes through it unchanged. */
type Held = readonly Matcher[];

const NOTHING: Held = [];
/** Functions whose result has labels that did not come through the argument unchanged. */
const RELABELLING = new Set(['absent', 'absent_over_time', 'label_replace', 'label_join', 'scalar', 'vector']);

/**
 * The matchers of an expression in groups that can only be missed together.
 *
 * In `a{x="1"} / b{x="1"}` the label x takes part in the match, so either matcher alone keeps out what the other would: dropping one of
 * them changes no result for any input, dropping both does. On the right of `unless` such a repetition says nothing at all, and is left
 * out. Names (`__name__`) and `=~".*"`, which matches every series, are left out as well.
 */
export function matcherGroups(expr: string): readonly (readonly Matcher[])[] {
  const grouping = new Grouping(expr);
  grouping.held(parse(expr));
  return grouping.groups();
}

class Grouping {
  readonly #expr: string;
  readonly #groups = new Map<Matcher, Set<Matcher>>();

  constructor(expr: string) {
    this.#expr = expr;
  }

  groups(): readonly (readonly Matcher[])[] {
    return [...new Set(this.#groups.values())].map((group) => [...group].sort((a, b) => a.from - b.from));
  }

  /** Groups the matchers of a part of the expression, and returns those that hold for its result. */
  held(node: SyntaxNode): Held {
    if (node.name === 'VectorSelector') return this.#selector(node);
    if (node.name === 'BinaryExpr') return this.#binary(node);
    const inner = childrenOf(node).flatMap((child) => this.held(child));
    if (node.name === 'AggregateExpr') return this.#aggregate(node, inner);
    if (node.name !== 'FunctionCall') return inner;
    const name = textOf(node.getChild('FunctionIdentifier'), this.#expr);
    if (RELABELLING.has(name)) return NOTHING;
    return name === 'histogram_quantile' ? inner.filter(({ label }) => label !== 'le') : inner;
  }

  #selector(node: SyntaxNode): Held {
    const list = node.getChild('LabelMatchers');
    const metric = textOf(node.getChild('Identifier'), this.#expr);
    const children = list === null ? [] : childrenOf(list);
    // Prometheus refuses a selector that could match everything, so what keeps the only one from that cannot be dropped.
    const selective = children.filter((child) => child.name === 'QuotedLabelName' || /="[^"]/.test(textOf(child, this.#expr)));
    const needed = metric === '' && selective.length === 1 ? selective[0] : undefined;
    const matchers = children
      .filter((child) => /^(Unq|Q)uotedLabelMatcher$/.test(child.name) && child !== needed)
      .map((child) => ({
        metric,
        label: unquoted(textOf(child.firstChild, this.#expr)),
        text: textOf(child, this.#expr).replace(/\s*([=!]~?)\s*/, '$1'),
        from: child.from,
        to: child.to,
      }))
      .filter(({ label, text }) => label !== '__name__' && !/=~["'`]\.\*["'`]$/.test(text));
    for (const matcher of matchers) this.#groups.set(matcher, new Set([matcher]));
    return matchers;
  }

  /** Groups of an aggregation are worked out independently of each other, so a matcher on a label that separates them goes through. */
  #aggregate(node: SyntaxNode, inner: Held): Held {
    const modifier = node.getChild('AggregateModifier');
    if (modifier === null || node.getChild('AggregateOp')?.getChild('CountValues') != null) return NOTHING;
    const labels = labelNames(modifier.getChild('GroupingLabels'), this.#expr);
    const by = modifier.getChild('By') !== null;
    return inner.filter(({ label }) => labels.includes(label) === by);
  }

  #binary(node: SyntaxNode): Held {
    const sides = [node.firstChild, node.lastChild].filter((side) => side !== null);
    const [left = NOTHING, right = NOTHING] = sides.map((side) => this.held(side));
    if (node.getChild('Or') !== null) return NOTHING;
    const clause = node.getChild('MatchingModifierClause');
    const matched = isMatched(clause, this.#expr);
    const repeated = right.filter((matcher) => matched(matcher.label) && left.some((other) => other.text === matcher.text));
    if (node.getChild('Unless') !== null) {
      for (const matcher of repeated) for (const member of this.#groups.get(matcher) ?? []) this.#groups.delete(member);
      return left;
    }
    for (const matcher of repeated) this.#join(matcher, left);
    // Only what took part in the match is sure to be the same on both sides.
    const across = [...left, ...right].filter(({ label }) => matched(label));
    if (node.getChild('And') !== null || clause?.getChild('GroupLeft') != null) return [...new Set([...left, ...across])];
    if (clause?.getChild('GroupRight') != null) return [...new Set([...right, ...across])];
    const vectors = sides.every((side) => nodesOf(side).some(({ name }) => name === 'VectorSelector'));
    return vectors ? across : [...left, ...right];
  }

  #join(matcher: Matcher, others: Held): void {
    const same = others.filter(({ text }) => text === matcher.text);
    const group = new Set([matcher, ...same].flatMap((member) => [...(this.#groups.get(member) ?? [])]));
    for (const member of group) this.#groups.set(member, group);
  }
}

/** Whether a label takes part in the match of the two sides of an operator. */
function isMatched(clause: SyntaxNode | null, expr: string): (label: string) => boolean {
  const labels = labelNames(clause?.getChild('GroupingLabels'), expr);
  return (label) => labels.includes(label) === (clause?.getChild('On') != null);
}
