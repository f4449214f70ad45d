import type { Values } from './table.ts';

const UNITS = { w: 604_800, d: 86_400, h: 3600, m: 60, s: 1 } as const;

/** Some samples in a row: the first, and by how much each next one differs; `_` is no sample, `stale` the end of a series. */
interface Run {
  readonly first: number | '_' | 'stale';
  readonly step: number;
  readonly count: number;
}

/** The seconds of a Prometheus duration such as `1h30m`. */
export function secondsOf(duration: string): number {
  return [...duration.matchAll(/(\d+)([wdhms])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * UNITS[unit as keyof typeof UNITS],
    0,
  );
}

/** Values whose last item repeats until there are `samples` of them. */
export function stretched(values: Values, samples: number): string {
  const items = String(values).trim().split(/\s+/);
  const last = items.pop() ?? '';
  if (/x\d+$/.test(last) || last === 'stale') return [...items, last].join(' ');
  const used = items.reduce((sum, item) => sum + runOf(item).count, 0);
  const rest = Math.max(1, samples - used);
  return [...items, last === '_' ? `_x${rest}` : `${last}x${rest - 1}`].join(' ');
}

/** The same samples `times` as often; what grows or falls does so in smaller steps. */
export function denser(values: string, times: number): string {
  const runs = runsOf(values).flatMap(({ first, step, count }): readonly Run[] =>
    first === 'stale'
      ? [{ first, step, count: 1 }, ...(times > 1 ? [{ first: '_', step: 0, count: times - 1 } as const] : [])]
      : [{ first, step: step / times, count: count * times }],
  );
  return written(runs);
}

/** Values with another sample at an index; no sample stays none. What comes before and after is unchanged. */
export function withSample(values: string, index: number, sample: 'stale' | number): string {
  let passed = 0;
  const runs = runsOf(values).flatMap((run): readonly Run[] => {
    const at = index - passed;
    passed += run.count;
    if (at < 0 || at >= run.count || typeof run.first !== 'number') return [run];
    const part = (from: number, count: number): readonly Run[] =>
      count > 0 ? [{ first: Number(run.first) + from * run.step, step: run.step, count }] : [];
    return [...part(0, at), { first: sample, step: 0, count: 1 }, ...part(at + 1, run.count - at - 1)];
  });
  return written(runs);
}

function runsOf(values: string): readonly Run[] {
  return values.trim().split(/\s+/).map(runOf);
}

function runOf(item: string): Run {
  const [, first = '', step = '0', times] =
    /^(_|stale|[+-]?(?:[\d.]+(?:e[+-]?\d+)?|Inf|NaN))([+-][\d.]+(?:e[+-]?\d+)?)?(?:x(\d+))?$/.exec(item) ?? [];
  if (first === '_') return { first, step: 0, count: Number(times ?? 1) };
  if (first === 'stale') return { first, step: 0, count: 1 };
  return { first: Number(first.replace('Inf', 'Infinity')), step: Number(step), count: Number(times ?? 0) + 1 };
}

function written(runs: readonly Run[]): string {
  return runs
    .map(({ first, step, count }) => {
      if (first === 'stale') return first;
      if (first === '_') return `_x${count}`;
      return `${String(first).replace('Infinity', 'Inf')}${step === 0 ? '' : `${step < 0 ? '' : '+'}${step}`}x${count - 1}`;
    })
    .join(' ');
}
