import { AggregatorRegistry, Histogram, Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { observerOf } from '../../../exporters/apps/instrumentation/series.ts';

const BOUNDS = [0.005, 0.25, 1, 2, 10];
const ROUTES = ['/', '/users/:id', '/users/:id/orders', '/a"b\\c'];
const LABELS = ROUTES.flatMap((route) => ['200', '404', '500'].map((status_code) => ({ method: 'GET', route, status_code })));

function create() {
  const registry = new Registry();
  const config = { name: 'seconds', help: 'x', labelNames: ['method', 'route', 'status_code'], buckets: BOUNDS };
  const histogram = new Histogram({ ...config, registers: [registry] });
  return { registry, histogram, observers: LABELS.map((labels) => observerOf(histogram, BOUNDS, labels)) };
}

/** The same numbers at every run (a linear congruential generator), below 1. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
}

/** A value in every bucket, on the bounds themselves, and beyond all of them. */
function values(random: () => number): number {
  const bound = BOUNDS[Math.floor(random() * BOUNDS.length)] ?? 0;
  return [bound, bound * random(), random() * 20, -random(), 0][Math.floor(random() * 5)] ?? 0;
}

describe('an observer of one series', () => {
  it('leaves what prom-client itself would have counted, to the last digit of the sums', async () => {
    const [held, own] = [create(), create()];
    const random = numbers(7);
    for (let n = 0; n < 20_000; n += 1) {
      const series = Math.floor(random() * LABELS.length);
      const value = values(random);
      held.observers[series]?.(value);
      own.histogram.observe(LABELS[series] ?? {}, value);
    }
    expect(await held.registry.metrics()).toBe(await own.registry.metrics());
    expect(await held.registry.getMetricsAsJSON()).toEqual(await own.registry.getMetricsAsJSON());
    const merged = await Promise.all(
      [held, own].map(async ({ registry }) => AggregatorRegistry.aggregate([await registry.getMetricsAsJSON()])),
    );
    expect(await merged[0]?.metrics()).toBe(await merged[1]?.metrics());
  });

  it('counts together with whoever observes, resets, removes and zeroes the same series', async () => {
    const [held, own] = [create(), create()];
    const random = numbers(11);
    for (let n = 0; n < 20_000; n += 1) {
      const series = Math.floor(random() * LABELS.length);
      const labels = LABELS[series] ?? {};
      const value = values(random);
      const what = random();
      for (const { registry, histogram, observers } of [held, own]) {
        if (what < 0.001) registry.resetMetrics();
        else if (what < 0.01) histogram.remove(labels);
        else if (what < 0.02) histogram.zero({ ...labels });
        else if (what < 0.3 || histogram === own.histogram) histogram.observe({ ...labels }, value);
        else observers[series]?.(value);
      }
      if (n % 500 === 0) expect(await held.registry.metrics()).toBe(await own.registry.metrics());
    }
    expect(await held.registry.metrics()).toBe(await own.registry.metrics());
  });

  it('finds a series that another observer began', async () => {
    const { registry, histogram } = create();
    histogram.observe({ status_code: 200, route: '/', method: 'GET' }, 1);
    for (let n = 0; n < 3; n += 1) observerOf(histogram, BOUNDS, { method: 'GET', route: '/', status_code: '200' })(1);
    expect(await registry.metrics()).toContain('seconds_count{status_code="200",route="/",method="GET"} 4');
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('refuses %s as prom-client does, and counts the next value', async (value) => {
    const { registry, observers } = create();
    observers[0]?.(1);
    expect(() => observers[0]?.(value)).toThrow(TypeError);
    observers[0]?.(1);
    expect(await registry.metrics()).toContain('seconds_sum{method="GET",route="/",status_code="200"} 2');
  });

  it('asks prom-client less than once in a thousand values', () => {
    const { histogram, observers } = create();
    let asked = 0;
    const observe = histogram.observe.bind(histogram) as (...of: unknown[]) => void;
    histogram.observe = (...args: unknown[]) => {
      asked += 1;
      observe(...args);
    };
    for (let n = 0; n < 5_000; n += 1) observers[0]?.(n / 1000);
    expect(asked).toBe(1);
  });

  it.each([
    ['no rows', undefined],
    ['other rows', { '': { labels: { ...LABELS[0] }, values: [] } }],
    ['rows without this bucket', { '': { labels: { ...LABELS[0] }, sum: 0, count: 0, bucketValues: {} } }],
  ])('lets a prom-client that has %s do everything itself', (_what, hashMap) => {
    const seen: unknown[] = [];
    const other = { hashMap, observe: (labels: object, value: number) => void seen.push({ ...labels, value }) };
    const observe = observerOf(other as unknown as Histogram, BOUNDS, LABELS[0] ?? {});
    for (const value of [1, 2]) observe(value);
    expect(seen).toEqual([1, 2].map((value) => ({ ...LABELS[0], value })));
  });
});
