import { secondsOf } from '../../../scripts/rules/samples.ts';
import { labelsIn, seriesWith } from '../../../scripts/rules/series.ts';
import type { Labels } from '../../../scripts/rules/table.ts';
import { EVERYTHING, type Change, type Target, type WeekEvent } from './event.ts';
import { shapeOf, type Shape } from './shapes.ts';

/** What a counter has counted before: so that a reset is seen as one. */
const COUNTED = 100_000;

/** One series of the background or of an event. */
interface Series {
  readonly name: string;
  readonly labels: Labels;
  readonly shape: Shape;
  /** When it exists, in seconds. */
  readonly from: number;
  readonly to: number;
}

interface Timed {
  readonly from: number;
  readonly to: number;
  readonly change: Change;
}

/** How time is cut: every `tick` seconds there may be a sample, and a job has one every `scrape(job)` seconds. */
export interface Clock {
  readonly tick: number;
  readonly scrape: (job: string) => number;
}

/** Every series of an event with its samples in promtool's notation. */
export function sampled(background: readonly Target[], event: WeekEvent, clock: Clock): ReadonlyMap<string, string> {
  const end = secondsOf(event.lasts);
  const timed = event.happenings.flatMap(({ from, to, changes }) =>
    changes.map((change): Timed => ({ from: secondsOf(from), to: to === undefined ? Infinity : secondsOf(to), change })),
  );
  const always = background.flatMap(({ labels, series }) => seriesOf(labels, { ...OF_A_SCRAPE, ...series }, 0, Infinity));
  const all = [
    ...always,
    ...timed.flatMap(({ from, to, change }) => (change.kind === 'added' ? seriesOf(change.target, change.series, from, to) : [])),
  ];
  const unused = timed.filter(({ change }) => change.kind !== 'added' && !all.some((series) => selects(change.of, series)));
  if (unused.length > 0)
    throw new Error(`${event.title}: no series is ${unused.map(({ change }) => (change.kind === 'added' ? '' : change.of)).join(', ')}`);
  return new Map(
    all.map((series) => {
      const own = timed.filter(({ change }) => change.kind !== 'added' && selects(change.of, series));
      return [seriesWith(series.name, series.labels), samplesOf(series, own, end, clock)] as const;
    }),
  );
}

/** What Prometheus stores of every scrape. */
const OF_A_SCRAPE = { up: 1, scrape_duration_seconds: 0.05 } as const;

function seriesOf(target: Labels, shapes: Target['series'], from: number, to: number): readonly Series[] {
  return Object.entries(shapes).map(([key, shape]) => ({
    name: key.replace(/\{.*$/, ''),
    labels: { ...target, ...labelsIn(key) },
    shape: shapeOf(shape),
    from,
    to,
  }));
}

/** Whether a selector such as `up{job="redis"}` selects a series. A target that is gone still has the series about its scrapes; `*` is every series. */
function selects(selector: string, { name, labels }: Series): boolean {
  if (selector === EVERYTHING) return true;
  const wanted = selector.replace(/\{.*$/, '');
  if (wanted === '' ? name in OF_A_SCRAPE : wanted !== name) return false;
  return Object.entries(labelsIn(selector)).every(([label, value]) => labels[label] === value);
}

function samplesOf(series: Series, changes: readonly Timed[], end: number, { tick, scrape }: Clock): string {
  const every = Math.max(tick, scrape(series.labels['job'] ?? ''));
  const items: string[] = [];
  let total = series.shape.kind === 'counts' && series.shape.perSecond > 0 ? COUNTED : 0;
  let isThere = false;
  for (let at = 0; at <= end; at += tick) {
    const active = changes.filter(({ from, to }) => at >= from && at < to);
    if (active.some(({ from, change }) => change.kind === 'reset' && at - from < tick)) total = 0;
    const shaped = active.findLast(({ change }) => change.kind === 'shape');
    const shape = shaped?.change.kind === 'shape' ? shaped.change.shape : series.shape;
    if (shape.kind === 'counts') total += shape.perSecond * tick;
    const exists = at >= series.from && at < series.to && active.findLast(({ change }) => change.kind !== 'reset')?.change.kind !== 'gone';
    if (at % every !== 0) items.push('_');
    else if (exists) items.push(String(Number(valueOf(shape, at, shaped?.from ?? series.from, total).toPrecision(12))));
    else items.push(isThere ? 'stale' : '_');
    if (at % every === 0) isThere = exists;
  }
  return shortened(items);
}

function valueOf(shape: Shape, at: number, from: number, total: number): number {
  if (shape.kind === 'steady') return shape.value;
  if (shape.kind === 'counts') return total;
  return shape.kind === 'clock' ? at - shape.behind : shape.from + shape.perSecond * (at - from);
}

/** Repeated items in promtool's notation. */
function shortened(items: readonly string[]): string {
  const runs: { item: string; count: number }[] = [];
  for (const item of items) {
    const last = runs.at(-1);
    if (last?.item === item) last.count += 1;
    else runs.push({ item, count: 1 });
  }
  return runs
    .map(({ item, count }) => (count === 1 || item === 'stale' ? item : item === '_' ? `_x${count}` : `${item}x${count - 1}`))
    .join(' ');
}
