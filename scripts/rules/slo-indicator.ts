import type { SyntaxNode } from '@lezer/common';
import { childrenOf, parse, syntaxError, textOf } from './promql.ts';
import { RATE_RANGE, type Slo } from './slo.ts';

/** How to count good events and all events. */
export type Indicator = Pick<Slo, 'good' | 'total' | 'absentIsBad'>;

/** Answers other than 5xx. */
export function availability(service: string): Indicator {
  const answers = `http_request_duration_seconds_count{service="${service}"`;
  return { total: rate(`${answers}}`), good: rate(`${answers},status_code!~"5.."}`), absentIsBad: true };
}

/**
 * Answers within a time. A bound that the histogram lacks has no series and no result.
 *
 * @param seconds an upper bound of the histogram's buckets
 */
export function latency(service: string, seconds: number): Indicator {
  // Prometheus 3 stores whole bounds as 1.0, Prometheus 2 as the service wrote them.
  const le = Number.isInteger(seconds) ? `le=~"${seconds}([.]0)?"` : `le="${seconds}"`;
  return {
    total: rate(`http_request_duration_seconds_count{service="${service}"}`),
    good: rate(`http_request_duration_seconds_bucket{service="${service}",${le}}`),
    absentIsBad: false,
  };
}

/**
 * The rate of counters that are added to or subtracted from each other: `a_total{x="1"} + b_total` becomes a sum of the rates of both.
 *
 * @returns what is wrong with any other expression
 */
export function ratesOf(expr: string): { readonly rate: string } | { readonly wrong: string } {
  const mistake = syntaxError(expr);
  if (mistake !== undefined) return { wrong: `is not PromQL from character ${mistake + 1} on` };
  const [node] = childrenOf(parse(expr));
  if (node === undefined) return { wrong: 'is empty' };
  try {
    return { rate: rewritten(expr, node) };
  } catch (failure) {
    if (failure instanceof Unsuitable) return { wrong: failure.message };
    throw failure;
  }
}

class Unsuitable extends Error {}

function rewritten(expr: string, node: SyntaxNode): string {
  const children = childrenOf(node);
  const [left, right] = [children[0], children.at(-1)];
  if (node.name === 'VectorSelector') return rate(textOf(node, expr));
  if (node.name === 'ParenExpr' && left !== undefined) return `(${rewritten(expr, left)})`;
  const sign = children.find(({ name }) => name === 'Add' || name === 'Sub');
  if (node.name === 'BinaryExpr' && children.length === 3 && sign !== undefined && left !== undefined && right !== undefined)
    return `${rewritten(expr, left)} ${textOf(sign, expr)} ${rewritten(expr, right)}`;
  throw new Unsuitable(`may only add and subtract counters, and holds ${textOf(node, expr).replace(/\s+/g, ' ')}`);
}

function rate(selector: string): string {
  return `sum(rate(${selector}[${RATE_RANGE}]))`;
}
