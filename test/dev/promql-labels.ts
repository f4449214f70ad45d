import type { SyntaxNode } from '@lezer/common';

/** Labels that the series of an expression may have; undefined where nobody can tell. */
export type Labels = ReadonlySet<string> | undefined;

/** The labels named in a `by`, `without`, `on`, `ignoring` or `group_left` clause. */
export interface Clause {
  readonly word: string;
  readonly labels: readonly string[];
}

/** The labels that a clause names, by its first word; the words after it have their own. */
export function clausesOf(node: SyntaxNode | undefined, expr: string): readonly Clause[] {
  const clauses: { word: string; labels: string[] }[] = [];
  for (let child = node?.firstChild ?? null; child !== null; child = child.nextSibling) {
    if (child.name === 'GroupingLabels')
      clauses.at(-1)?.labels.push(...child.getChildren('LabelName').map(({ from, to }) => expr.slice(from, to)));
    else clauses.push({ word: expr.slice(child.from, child.to).toLowerCase(), labels: [] });
  }
  return clauses;
}

/** Aggregations that hand on the series as they are. */
const KEEPING = new Set(['topk', 'bottomk', 'limitk', 'limit_ratio']);

/** The labels that an aggregation leaves. */
export function aggregated(operator: string, clause: Clause | undefined, inner: Labels, added: string | undefined): Labels {
  const more = added === undefined ? [] : [added];
  if (KEEPING.has(operator)) return inner;
  if (clause?.word === 'by') return new Set([...clause.labels, ...more]);
  if (clause?.word !== 'without') return new Set(more);
  return inner === undefined ? undefined : new Set([...without(inner, clause.labels), ...more]);
}

/** The labels of two vectors joined by an operator: those of one side, cut to what they are matched on where neither is the group. */
export function joined(operator: string, clauses: readonly Clause[], left: Labels, right: Labels): Labels {
  if (operator === 'and' || operator === 'unless') return left;
  if (operator === 'or') return left === undefined || right === undefined ? undefined : new Set([...left, ...right]);
  const clause = (word: string): Clause | undefined => clauses.find((one) => one.word === word);
  const [toLeft, toRight] = [clause('group_left'), clause('group_right')];
  const many = toRight === undefined ? left : right;
  const group = toLeft ?? toRight;
  if (group !== undefined) return many === undefined ? undefined : new Set([...many, ...group.labels]);
  const on = clause('on');
  if (on !== undefined) return new Set(on.labels);
  return left === undefined ? undefined : without(left, clause('ignoring')?.labels ?? []);
}

/** Labels that the result of a function has besides, or no longer. */
export function afterFunction(name: string, inner: Labels, strings: readonly string[]): Labels {
  if (name === 'label_replace' || name === 'label_join') return inner === undefined ? undefined : new Set([...inner, strings[0] ?? '']);
  if (name === 'histogram_quantile') return inner === undefined ? undefined : without(inner, ['le']);
  return name === 'scalar' || name === 'vector' ? new Set() : inner;
}

function without(labels: ReadonlySet<string>, gone: readonly string[]): ReadonlySet<string> {
  return new Set([...labels].filter((label) => !gone.includes(label)));
}
