import { parser } from '@prometheus-io/lezer-promql';
import type { SyntaxNode } from '@lezer/common';

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

/** The children of a node, comments left out. */
export function childrenOf(node: SyntaxNode): readonly SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) if (child.name !== 'LineComment') children.push(child);
  return children;
}

/**
 * The matchers of an expression in groups that can only be missed together.
 *
 * In `a{x="1"} / b{x="1"}` the label x takes part in the match, so either matcher alone keeps out what the other would: dropping one of
 * them changes no result for any input, dropping both does. On the right of `unless` such a repetition says nothing at all, and is left
 * out. Names (`__name__`) and `=~".*"`, which matches every series, are left out as well.
 */
export function matcherGroups(expr: string): readonly (readonly Matcher[])[] {
  const walk = new Walk(expr);
  walk.held(parser.parse(expr).topNode);
  return walk.groups();
}

class Walk {
  readonly #expr: string;
  readonly #twins = new Map<Matcher, Set<Matcher>>();

  constructor(expr: string) {
    this.#expr = expr;
  }

  groups(): readonly (readonly Matcher[])[] {
    return [...new Set(this.#twins.values())].map((group) => [...group].sort((a, b) => a.from - b.from));
  }

  #text(node: SyntaxNode): string {
    return this.#expr.slice(node.from, node.to);
  }

  /** Walks a part of the expression, and says what holds for its result. */
  held(node: SyntaxNode): Held {
    if (node.name === 'VectorSelector') return this.#selector(node);
    if (node.name === 'BinaryExpr') return this.#binary(node);
    const inner = childrenOf(node).flatMap((child) => this.held(child));
    if (node.name === 'AggregateExpr') return this.#aggregate(node, inner);
    if (node.name !== 'FunctionCall') return inner;
    const name = this.#text(node.getChild('FunctionIdentifier') ?? node);
    if (RELABELLING.has(name)) return NOTHING;
    return name === 'histogram_quantile' ? inner.filter(({ label }) => label !== 'le') : inner;
  }

  #selector(node: SyntaxNode): Held {
    const list = node.getChild('LabelMatchers');
    const name = node.getChild('Identifier');
    const metric = name === null ? '' : this.#text(name);
    const children = list === null ? [] : childrenOf(list);
    // Prometheus refuses a selector that could match everything, so what keeps the only one from that cannot be dropped.
    const selective = children.filter((child) => child.name === 'QuotedLabelName' || /="[^"]/.test(this.#text(child)));
    const needed = name === null && selective.length === 1 ? selective[0] : undefined;
    const matchers = children
      .filter((child) => /^(Unq|Q)uotedLabelMatcher$/.test(child.name) && child !== needed)
      .map((child) => ({
        metric,
        label: this.#text(child.firstChild ?? child).replace(/^["'](.*)["']$/, '$1'),
        text: this.#text(child).replace(/\s*([=!]~?)\s*/, '$1'),
        from: child.from,
        to: child.to,
      }))
      .filter(({ label, text }) => label !== '__name__' && !/=~["'`]\.\*["'`]$/.test(text));
    for (const matcher of matchers) this.#twins.set(matcher, new Set([matcher]));
    return matchers;
  }

  /** Groups of an aggregation are worked out independently of each other, so a matcher on a label that tells them apart goes through. */
  #aggregate(node: SyntaxNode, inner: Held): Held {
    const modifier = node.getChild('AggregateModifier');
    if (modifier === null || node.getChild('AggregateOp')?.getChild('CountValues') != null) return NOTHING;
    const labels = this.#labels(modifier.getChild('GroupingLabels'));
    const by = modifier.getChild('By') !== null;
    return inner.filter(({ label }) => labels.has(label) === by);
  }

  #labels(node: SyntaxNode | null): ReadonlySet<string> {
    return new Set(node === null ? [] : childrenOf(node).map((child) => this.#text(child).replace(/^["'](.*)["']$/, '$1')));
  }

  #binary(node: SyntaxNode): Held {
    const children = childrenOf(node);
    const [left, right] = [children[0], children.at(-1)].map((side) => (side === undefined ? NOTHING : this.held(side))) as [Held, Held];
    if (children.some(({ name }) => name === 'Or')) return NOTHING;
    const matched = this.#matched(node.getChild('MatchingModifierClause'));
    const repeated = right.filter((matcher) => matched(matcher.label) && left.some((other) => other.text === matcher.text));
    if (children.some(({ name }) => name === 'Unless')) {
      for (const matcher of repeated) for (const twin of this.#twins.get(matcher) ?? []) this.#twins.delete(twin);
      return left;
    }
    for (const matcher of repeated) this.#join(matcher, left);
    // Only what took part in the match is sure to be the same on both sides.
    const across = [...left, ...right].filter(({ label }) => matched(label));
    if (children.some(({ name }) => name === 'And') || this.#many(node, 'GroupLeft')) return [...new Set([...left, ...across])];
    if (this.#many(node, 'GroupRight')) return [...new Set([...right, ...across])];
    return isVector(children[0]) && isVector(children.at(-1)) ? across : [...left, ...right];
  }

  #many(node: SyntaxNode, side: string): boolean {
    return node.getChild('MatchingModifierClause')?.getChild(side) != null;
  }

  /** Whether a label takes part in the match of two sides. */
  #matched(clause: SyntaxNode | null): (label: string) => boolean {
    const labels = this.#labels(clause?.getChild('GroupingLabels') ?? null);
    if (clause?.getChild('On') != null) return (label) => labels.has(label);
    return (label) => !labels.has(label);
  }

  #join(matcher: Matcher, others: Held): void {
    const same = others.filter(({ text }) => text === matcher.text);
    const group = new Set([matcher, ...same].flatMap((member) => [...(this.#twins.get(member) ?? [])]));
    for (const member of group) this.#twins.set(member, group);
  }
}

function isVector(node: SyntaxNode | undefined): boolean {
  if (node === undefined) return false;
  let vector = false;
  node.cursor().iterate(({ name }) => {
    if (name === 'VectorSelector') vector = true;
  });
  return vector;
}
