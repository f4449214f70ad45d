import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import { anything, selected, type Reason, type Seen } from './contract-selector.ts';
import type { Use } from './contract-uses.ts';
import type { World } from './contract-world.ts';
import { syntaxError } from '../../scripts/rules/expr-mutants.ts';
import { childrenOf } from '../../scripts/rules/matcher-twins.ts';
import { selectorsOf } from '../../scripts/rules/promql.ts';
import { afterFunction, aggregated, clausesOf, joined, type Clause, type Labels } from './promql-labels.ts';

/** How an expression is looked at. */
export interface Checked {
  readonly world: World;
  /** The expressions of recorded metrics, by the metric. */
  readonly recorded: ReadonlyMap<string, readonly Use[]>;
  /** Gauges that only ever count up, whatever their exporter calls them. */
  readonly counting: ReadonlySet<string>;
  /** Every branch of an `or` must be exposed, and labels that are taken away must exist; else one branch is enough. */
  readonly strict: boolean;
}

const COUNTERS_ONLY = new Set(['rate', 'irate', 'increase', 'resets']);
const GAUGES_ONLY = new Set(['deriv', 'predict_linear', 'delta', 'idelta', 'double_exponential_smoothing']);
/** Aggregations of counters that are still counters. */
const SAME_TYPE = new Set(['sum', 'min', 'max', 'avg', 'topk', 'bottomk']);
const NUMBER: Seen = { labels: new Set(), type: undefined, scalar: true, reasons: [] };

/** Why an expression finds nothing, or shows labels that are not there; empty where it is served by what exporters expose. */
export function reasonsOf(use: Use, how: Checked): readonly Reason[] {
  if (syntaxError(use.expr) !== undefined) return [{ metric: '', why: `it is not PromQL: ${use.expr}` }];
  const { labels, reasons } = seen(use, how, []);
  const shown = use.shows.filter((label) => labels !== undefined && !labels.has(label));
  return [...reasons, ...shown.map((label) => ({ metric: '', why: `it shows the label ${label}, which its result does not have` }))];
}

function seen(use: Use, how: Checked, above: readonly string[]): Seen {
  const result = new Look(use.expr, how, above).at(parser.parse(use.expr).topNode);
  return { ...result, labels: result.labels === undefined ? undefined : new Set([...result.labels, ...use.sets]) };
}

class Look {
  readonly #expr: string;
  readonly #how: Checked;
  /** Recorded metrics that are being looked at, against a circle. */
  readonly #above: readonly string[];

  constructor(expr: string, how: Checked, above: readonly string[]) {
    this.#expr = expr;
    this.#how = how;
    this.#above = above;
  }

  at(node: SyntaxNode): Seen {
    if (node.name === 'VectorSelector') return this.#selector(node);
    if (node.name === 'AggregateExpr') return this.#aggregation(node);
    if (node.name === 'FunctionCall') return this.#call(node);
    if (node.name === 'BinaryExpr') return this.#binary(node);
    const inner = childrenOf(node).find(({ name }) => /(Expr|Selector|Call|Literal)$/.test(name));
    return inner === undefined ? NUMBER : this.at(inner);
  }

  #selector(node: SyntaxNode): Seen {
    const [selector] = selectorsOf(this.#text(node));
    if (selector === undefined) return anything([]);
    const rules = this.#how.recorded.get(selector.metric);
    if (rules === undefined) return selected(selector, this.#how.world);
    if (this.#above.includes(selector.metric)) return anything([]);
    const parts = rules.map((rule) => seen(rule, this.#how, [...this.#above, selector.metric]));
    const labels = parts.map((part) => part.labels).reduce((all, own) => joined('or', [], all, own));
    const missing = selector.matchers.filter(({ label }) => labels !== undefined && !labels.has(label));
    const reasons = missing.map(({ label }) => ({ metric: selector.metric, why: `it has no label ${label}` }));
    return { labels, type: 'gauge', scalar: false, reasons: [...this.#ofBranches(parts), ...reasons] };
  }

  #aggregation(node: SyntaxNode): Seen {
    const operator = this.#text(node.getChild('AggregateOp')).toLowerCase();
    const args = childrenOf(node.getChild('FunctionCallBody') ?? node);
    const inner = this.at(args.at(-1) ?? node);
    const [clause] = clausesOf(node.getChild('AggregateModifier') ?? undefined, this.#expr);
    const asked = clause?.word === 'by' || this.#how.strict ? (clause?.labels ?? []) : [];
    const added = operator === 'count_values' ? this.#text(args[0]).slice(1, -1) : undefined;
    return {
      labels: aggregated(operator, clause, inner.labels, added),
      type: SAME_TYPE.has(operator) ? inner.type : undefined,
      scalar: false,
      reasons: [...inner.reasons, ...this.#absent(asked, inner.labels, node, `${operator} ${clause?.word}`)],
    };
  }

  #call(node: SyntaxNode): Seen {
    const name = this.#text(node.getChild('FunctionIdentifier'));
    const args = childrenOf(node.getChild('FunctionCallBody') ?? node);
    if (name === 'time' || name === 'pi') return NUMBER;
    const parts = args.filter(({ name: kind }) => kind !== 'StringLiteral').map((arg) => this.at(arg));
    const vector = parts.find(({ scalar }) => !scalar);
    const strings = args.filter(({ name: kind }) => kind === 'StringLiteral').map((arg) => this.#text(arg).slice(1, -1));
    const labels = name.startsWith('absent') ? undefined : afterFunction(name, vector?.labels ?? new Set(), strings);
    const reasons = [...parts.flatMap((part) => part.reasons), ...this.#wrongType(name, vector, node)];
    const bounds = name === 'histogram_quantile' ? this.#absent(['le'], vector?.labels, node, name) : [];
    return {
      labels: vector?.labels === undefined && vector !== undefined ? undefined : labels,
      type: undefined,
      scalar: name === 'scalar',
      reasons: [...reasons, ...bounds],
    };
  }

  #binary(node: SyntaxNode): Seen {
    const children = childrenOf(node);
    const [first, last] = [children[0], children.at(-1)];
    if (first === undefined || last === undefined) return NUMBER;
    const [left, right] = [this.at(first), this.at(last)];
    const operator = this.#text(
      children.slice(1, -1).find(({ name }) => !name.endsWith('Clause') && name !== 'BoolModifier'),
    ).toLowerCase();
    const clauses = clausesOf(node.getChild('MatchingModifierClause') ?? undefined, this.#expr);
    if (left.scalar || right.scalar)
      return { ...(left.scalar ? right : left), type: undefined, reasons: [...left.reasons, ...right.reasons] };
    if (operator === 'or') return this.#or(left, right);
    return {
      labels: joined(operator, clauses, left.labels, right.labels),
      type: operator === 'and' || operator === 'unless' ? left.type : undefined,
      scalar: false,
      reasons: [...left.reasons, ...right.reasons, ...clauses.flatMap((clause) => this.#unmatched(clause, left, right, node))],
    };
  }

  #or(left: Seen, right: Seen): Seen {
    const alive = this.#how.strict ? [left, right] : [left, right].filter(({ reasons }) => reasons.length === 0);
    const [one = left, other = one] = alive;
    const type = one.type === other.type ? one.type : undefined;
    return { labels: joined('or', [], one.labels, other.labels), type, scalar: false, reasons: this.#ofBranches([left, right]) };
  }

  /** Of parts of which one is enough. */
  #ofBranches(parts: readonly Seen[]): readonly Reason[] {
    const enough = !this.#how.strict && parts.some(({ reasons }) => reasons.length === 0);
    return enough ? [] : parts.flatMap(({ reasons }) => reasons);
  }

  #unmatched({ word, labels }: Clause, left: Seen, right: Seen, node: SyntaxNode): readonly Reason[] {
    if (word === 'on') return [left, right].flatMap((side) => this.#absent(labels, side.labels, node, 'on'));
    if (word === 'group_left') return this.#absent(labels, right.labels, node, word);
    if (word === 'group_right') return this.#absent(labels, left.labels, node, word);
    return this.#how.strict ? this.#absent(labels, joined('or', [], left.labels, right.labels), node, word) : [];
  }

  #absent(wanted: readonly string[], labels: Labels, node: SyntaxNode, clause: string): readonly Reason[] {
    if (labels === undefined) return [];
    const metric = this.#metrics(node);
    return wanted
      .filter((label) => !labels.has(label))
      .map((label) => ({ metric, why: `${clause} (${label}): there is no label ${label}` }));
  }

  #wrongType(name: string, vector: Seen | undefined, node: SyntaxNode): readonly Reason[] {
    const metric = this.#metrics(node);
    if (COUNTERS_ONLY.has(name) && vector?.type === 'gauge' && !this.#how.counting.has(metric))
      return [{ metric, why: `${name}() of a gauge: whenever it falls, that is taken for a restart` }];
    if (GAUGES_ONLY.has(name) && vector?.type === 'counter')
      return [{ metric, why: `${name}() of a counter: a restart is taken for a fall` }];
    return [];
  }

  #metrics(node: SyntaxNode): string {
    return [...new Set(selectorsOf(this.#text(node)).map(({ metric }) => metric))].join(', ');
  }

  #text(node: SyntaxNode | null | undefined): string {
    return node === null || node === undefined ? '' : this.#expr.slice(node.from, node.to);
  }
}
