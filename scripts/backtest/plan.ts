import type { SyntaxNode } from '@lezer/common';
import { readableSpan, spanSeconds } from '../base/span.ts';
import type { TimeRange } from '../clients/prometheus.ts';
import { childrenOf, nodesOf, parse, textOf } from '../rules/promql.ts';
import { selectorOf } from '../rules/selectors.ts';

/** The interval of most groups and scrapes. */
const USUAL_STEP = 15;
/** Up to here a group that is evaluated more often is looked at as often. */
const SHORT_SECONDS = 86_400;
/** Prometheus answers at most 11,000 points of a series. */
const MOST_POINTS = 10_000;
/** What Prometheus holds for one query: 1.5 million points are about 24 MB of its 512. */
const HELD_POINTS = 1_500_000;
/** About a minute of one core. */
const MOST_READS = 2e10;

/** How often an alert is looked at, in seconds: as often as its group is evaluated, except over long times or if the user asks for less. */
export function stepOf(interval: number, rangeSeconds: number, asked: number | undefined): number {
  return Math.max(interval, asked ?? (rangeSeconds <= SHORT_SECONDS ? interval : USUAL_STEP));
}

/** A range in parts of a number of points, none of which is in two. */
export function partsOf({ start, end, step }: TimeRange, points: number): readonly TimeRange[] {
  const parts: TimeRange[] = [];
  for (let from = start; from <= end; from += points * step)
    parts.push({ start: from, end: Math.min(end, from + (points - 1) * step), step });
  return parts;
}

/** What a query costs Prometheus at each step. */
export interface Cost {
  /** Samples that it reads. */
  readonly reads: number;
  /** Points that it holds until the query is over. */
  readonly held: number;
}

/**
 * Estimates the cost of an expression.
 *
 * @param seriesOf the number of series of each selector, by its text
 */
export function costOf(expr: string, step: number, seriesOf: ReadonlyMap<string, number>): Cost {
  const cost = (node: SyntaxNode): Cost => {
    if (node.name === 'VectorSelector') {
      const series = seriesOf.get(selectorOf(node, expr).text) ?? 1;
      return { reads: series, held: series };
    }
    const parts = childrenOf(node).map(cost);
    const sum = parts.reduce<Cost>((total, { reads, held }) => ({ reads: total.reads + reads, held: total.held + held }), {
      reads: 0,
      held: 0,
    });
    if (node.name !== 'MatrixSelector' && node.name !== 'SubqueryExpr') return sum;
    const [range = USUAL_STEP, resolution = USUAL_STEP] = node
      .getChildren('NumberDurationLiteralInDurationContext')
      .map((span) => secondsOf(textOf(span, expr)));
    const each = node.name === 'MatrixSelector' ? USUAL_STEP : resolution;
    // A subquery is evaluated once for the whole range of a query, at its own resolution.
    return { reads: sum.reads * Math.max(1, range / each), held: sum.held * (node.name === 'SubqueryExpr' ? Math.max(1, step / each) : 1) };
  };
  const { reads, held } = cost(parse(expr));
  return { reads: Math.max(1, reads), held: Math.max(1, held) };
}

function secondsOf(span: string): number {
  return spanSeconds(span) ?? Number(span);
}

/** The parts in which an expression is queried, or why it is not. */
export function planned(range: TimeRange, { reads, held }: Cost): { readonly parts: readonly TimeRange[] } | { readonly why: string } {
  const looks = (range.end - range.start) / range.step + 1;
  if (looks * reads > MOST_READS) {
    const coarser = Math.ceil((range.step * looks * reads) / MOST_READS / 60) * 60;
    return {
      why: `it reads ${Math.round(reads).toLocaleString('en')} samples at each of ${Math.round(looks).toLocaleString('en')} looks, which would keep Prometheus busy for long: try --step ${Math.max(1, coarser / 60)}m, or fewer --days`,
    };
  }
  return { parts: partsOf(range, Math.min(MOST_POINTS, Math.max(100, Math.floor(HELD_POINTS / held)))) };
}

/** What a reader must know of an alert's result; undefined if nothing. */
export function remarkOf(expr: string, holdSeconds: number, step: number): string | undefined {
  if (nodesOf(parse(expr)).some((node) => node.name === 'VectorSelector' && selectorOf(node, expr).metric.startsWith('ALERTS')))
    return 'reads other alerts: as they were, not as they are on disk';
  return holdSeconds > 0 && holdSeconds < step
    ? `holds for ${readableSpan(holdSeconds)}, less than the ${readableSpan(step)} between two looks`
    : undefined;
}
