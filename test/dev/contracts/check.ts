import type { SyntaxNode } from '@lezer/common';
import { childrenOf, labelNames, nodesOf, parse, syntaxError, textOf, unquoted } from '../../../scripts/rules/promql.ts';
import { selectorOf } from '../../../scripts/rules/selectors.ts';
import type { Exposition } from './exposition.ts';
import { selected, unknown, type Labels, type Reason, type Result } from './selected.ts';
import type { Use } from './uses.ts';

/** How an expression is checked. */
export interface Check {
  readonly exposition: Exposition;
  /** The expressions of recorded metrics, by the metric. */
  readonly recorded: ReadonlyMap<string, readonly Use[]>;
  /** Gauges that only ever count up, whatever their exporter calls them. */
  readonly counting: ReadonlySet<string>;
  /** Every branch of an `or` must be exposed, and labels that are taken away must exist; else one branch is enough. */
  readonly strict: boolean;
}

interface Scope extends Check {
  readonly expr: string;
  /** Recorded metrics that are being checked, against a circle. */
  readonly above: readonly string[];
}

type Clauses = ReadonlyMap<string, readonly string[]>;

const COUNTERS_ONLY = new Set(['rate', 'irate', 'increase', 'resets']);
const GAUGES_ONLY = new Set(['deriv', 'predict_linear', 'delta', 'idelta', 'double_exponential_smoothing']);
/** Aggregations of counters that are still counters. */
const SAME_TYPE = new Set(['sum', 'min', 'max', 'avg', 'topk', 'bottomk']);
/** Aggregations that hand on the series as they are. */
const SAME_LABELS = new Set(['topk', 'bottomk', 'limitk', 'limit_ratio']);
const NUMBER: Result = { labels: () => false, type: undefined, scalar: true, reasons: [] };

/** Why an expression finds nothing, or shows labels that are not there; empty where it is served by what exporters expose. */
export function reasonsOf(use: Use, check: Check): readonly Reason[] {
  if (syntaxError(use.expr) !== undefined) return [{ metric: '', why: `it is not PromQL: ${use.expr}` }];
  const { labels, reasons } = resultOf(use, check, []);
  const shown = use.shows.filter((label) => !labels(label));
  return [...reasons, ...shown.map((label) => ({ metric: '', why: `it shows the label ${label}, which its result does not have` }))];
}

function resultOf({ expr, sets }: Use, check: Check, above: readonly string[]): Result {
  const result = evaluate(parse(expr), { ...check, expr, above });
  return { ...result, labels: plus(result.labels, sets) };
}

function evaluate(node: SyntaxNode, scope: Scope): Result {
  if (node.name === 'VectorSelector') return selector(node, scope);
  if (node.name === 'AggregateExpr') return aggregation(node, scope);
  if (node.name === 'FunctionCall') return call(node, scope);
  if (node.name === 'BinaryExpr') return binary(node, scope);
  const inner = childrenOf(node).find(({ name }) => /(Expr|Selector|Call|Literal)$/.test(name));
  return inner === undefined ? NUMBER : evaluate(inner, scope);
}

function selector(node: SyntaxNode, scope: Scope): Result {
  const { metric, matchers } = selectorOf(node, scope.expr);
  const rules = scope.recorded.get(metric);
  if (rules === undefined) return selected(metric, matchers, scope.exposition);
  if (scope.above.includes(metric)) return unknown([]);
  const parts = rules.map((rule) => resultOf(rule, scope, [...scope.above, metric]));
  const labels: Labels = (label) => parts.some((part) => part.labels(label));
  const missing = matchers.filter(({ label }) => !labels(label)).map(({ label }) => ({ metric, why: `it has no label ${label}` }));
  return { labels, type: 'gauge', scalar: false, reasons: [...ofBranches(parts, scope), ...missing] };
}

function aggregation(node: SyntaxNode, scope: Scope): Result {
  const operator = textOf(node.getChild('AggregateOp'), scope.expr).toLowerCase();
  const args = argumentsOf(node);
  const vector = args.at(-1);
  const inner = vector === undefined ? NUMBER : evaluate(vector, scope);
  const [[word, names] = ['', []]] = clausesOf(node.getChild('AggregateModifier'), scope.expr);
  const kept: Labels = (label) =>
    word === 'by' ? names.includes(label) : word === 'without' && !names.includes(label) && inner.labels(label);
  const added = operator === 'count_values' ? [unquoted(textOf(args[0], scope.expr))] : [];
  const wanted = word === 'by' || scope.strict ? names : [];
  return {
    labels: SAME_LABELS.has(operator) ? inner.labels : plus(kept, added),
    type: SAME_TYPE.has(operator) ? inner.type : undefined,
    scalar: false,
    reasons: [...inner.reasons, ...absent(wanted, inner.labels, `${operator} ${word}`, metricsIn(node, scope))],
  };
}

function call(node: SyntaxNode, scope: Scope): Result {
  const name = textOf(node.getChild('FunctionIdentifier'), scope.expr);
  if (name === 'time' || name === 'pi') return NUMBER;
  const args = argumentsOf(node);
  const parts = args.filter((arg) => arg.name !== 'StringLiteral').map((arg) => evaluate(arg, scope));
  const vector = parts.find(({ scalar }) => !scalar);
  const given = vector?.labels ?? NUMBER.labels;
  const [made = ''] = args.filter((arg) => arg.name === 'StringLiteral').map((arg) => unquoted(textOf(arg, scope.expr)));
  const bounds = name === 'histogram_quantile' ? absent(['le'], given, name, metricsIn(node, scope)) : [];
  return {
    labels: labelsAfter(name, given, made),
    type: undefined,
    scalar: name === 'scalar',
    reasons: [...parts.flatMap(({ reasons }) => reasons), ...wrongType(name, vector?.type, node, scope), ...bounds],
  };
}

function labelsAfter(name: string, given: Labels, made: string): Labels {
  if (name.startsWith('absent')) return () => true;
  if (name === 'label_replace' || name === 'label_join') return plus(given, [made]);
  if (name === 'histogram_quantile') return (label) => label !== 'le' && given(label);
  return name === 'scalar' || name === 'vector' ? NUMBER.labels : given;
}

function binary(node: SyntaxNode, scope: Scope): Result {
  const [left = NUMBER, right = NUMBER] = [node.firstChild, node.lastChild].map((side) => (side === null ? NUMBER : evaluate(side, scope)));
  const reasons = [...left.reasons, ...right.reasons];
  if (left.scalar || right.scalar) return { ...(left.scalar ? right : left), type: undefined, reasons };
  if (node.getChild('Or') !== null) return either([left, right], scope);
  const isFilter = node.getChild('And') !== null || node.getChild('Unless') !== null;
  const clauses = clausesOf(node.getChild('MatchingModifierClause'), scope.expr);
  return {
    labels: isFilter ? left.labels : joined(clauses, left.labels, right.labels),
    type: isFilter ? left.type : undefined,
    scalar: false,
    reasons: [...reasons, ...unmatched(clauses, [left.labels, right.labels], node, scope)],
  };
}

/** The labels of two vectors joined by an operator: those of the side that is "many", or those that both are matched on. */
function joined(clauses: Clauses, left: Labels, right: Labels): Labels {
  const group = clauses.get('group_left') ?? clauses.get('group_right');
  if (group !== undefined) return plus(clauses.has('group_right') ? right : left, group);
  const [on, ignoring] = [clauses.get('on'), clauses.get('ignoring') ?? []];
  return (label) => (on === undefined ? !ignoring.includes(label) && left(label) : on.includes(label));
}

function either(parts: readonly Result[], scope: Scope): Result {
  const alive = parts.filter(({ reasons }) => scope.strict || reasons.length === 0);
  const counted = alive.length === 0 ? parts : alive;
  const types = new Set(counted.map(({ type }) => type));
  return {
    labels: (label) => counted.some(({ labels }) => labels(label)),
    type: types.size === 1 ? [...types][0] : undefined,
    scalar: false,
    reasons: ofBranches(parts, scope),
  };
}

/** Of parts of which one is enough. */
function ofBranches(parts: readonly Result[], { strict }: Scope): readonly Reason[] {
  const enough = !strict && parts.some(({ reasons }) => reasons.length === 0);
  return enough ? [] : parts.flatMap(({ reasons }) => reasons);
}

function unmatched(clauses: Clauses, [left, right]: readonly [Labels, Labels], node: SyntaxNode, scope: Scope): readonly Reason[] {
  const any: Labels = (label) => left(label) || right(label);
  const sides: Readonly<Record<string, readonly Labels[]>> = {
    on: [left, right],
    group_left: [right],
    group_right: [left],
    ignoring: scope.strict ? [any] : [],
  };
  return [...clauses].flatMap(([word, names]) => (sides[word] ?? []).flatMap((side) => absent(names, side, word, metricsIn(node, scope))));
}

function absent(wanted: readonly string[], labels: Labels, clause: string, metric: string): readonly Reason[] {
  return wanted.filter((label) => !labels(label)).map((label) => ({ metric, why: `${clause} (${label}): there is no label ${label}` }));
}

function wrongType(name: string, type: string | undefined, node: SyntaxNode, scope: Scope): readonly Reason[] {
  const metric = metricsIn(node, scope);
  if (COUNTERS_ONLY.has(name) && type === 'gauge' && !scope.counting.has(metric))
    return [{ metric, why: `${name}() of a gauge: whenever it falls, that is taken for a restart` }];
  if (GAUGES_ONLY.has(name) && type === 'counter') return [{ metric, why: `${name}() of a counter: a restart is taken for a fall` }];
  return [];
}

/** The labels that a clause names, by its words: `on (a) group_left (b)`. */
function clausesOf(clause: SyntaxNode | null, expr: string): Clauses {
  const clauses = new Map<string, readonly string[]>();
  let word = '';
  for (const child of clause === null ? [] : childrenOf(clause)) {
    if (child.name !== 'GroupingLabels') word = textOf(child, expr).toLowerCase();
    clauses.set(word, child.name === 'GroupingLabels' ? labelNames(child, expr) : []);
  }
  return clauses;
}

function argumentsOf(node: SyntaxNode): readonly SyntaxNode[] {
  const body = node.getChild('FunctionCallBody');
  return body === null ? [] : childrenOf(body);
}

function metricsIn(node: SyntaxNode, { expr }: Scope): string {
  const selectors = nodesOf(node).filter(({ name }) => name === 'VectorSelector');
  return [...new Set(selectors.map((one) => selectorOf(one, expr).metric))].join(', ');
}

function plus(labels: Labels, more: readonly string[]): Labels {
  return (label) => more.includes(label) || labels(label);
}
