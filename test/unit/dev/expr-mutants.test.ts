import { describe, expect, it } from 'vitest';
import { exprMutants } from '../../dev/mutation/expr-mutants.ts';

const of = (kind: string, expr: string): string[] =>
  exprMutants(expr)
    .filter((mutant) => mutant.kind === kind)
    .map((mutant) => mutant.expr);

describe('comparisons', () => {
  it('are turned round one at a time, with what they keep or drop at equality', () => {
    expect(of('comparison', 'a > 0 and b <= 0')).toEqual(['a < 0 and b <= 0', 'a > 0 and b >= 0']);
    expect(of('comparison', 'a == bool 0')).toEqual(['a != bool 0']);
    expect(of('comparison', '0 < a < 5')).toEqual(['0 < a > 5', '0 > a < 5']);
  });

  it('are not taken from strings and matchers', () => {
    expect(of('comparison', 'label_replace(a{b!="> 1"}, "x", "> 2", "y", "(.*)")')).toEqual([]);
  });
});

describe('thresholds', () => {
  it('are moved by a third either way', () => {
    expect(of('threshold', 'a > 90')).toEqual(['a > 60', 'a > 120']);
    expect(of('threshold', '0.3 < a')).toEqual(['0.2 < a', '0.4 < a']);
    expect(of('threshold', 'a >= -3')).toEqual(['a >= (-2)', 'a >= (-4)']);
  });

  it('are whole where they are made of several numbers', () => {
    expect(of('threshold', 'time() - a > 3 * (3600 + 0)')).toEqual(['time() - a > 7200', 'time() - a > 14400']);
  });

  it('are not 0, of which a third is 0, which no input distinguishes', () => {
    expect(of('threshold', 'a == 0 or b > 2 - 2')).toEqual([]);
  });

  it('are not units, ranges or arguments', () => {
    expect(of('threshold', '100 * rate(a[5m]) / histogram_quantile(0.99, b) > 0')).toEqual([]);
  });

  it('are found inside a side where no side is a number', () => {
    expect(of('threshold', 'a > 0.9 * b')).toEqual(['a > 0.6 * b', 'a > 1.2 * b']);
    expect(of('threshold', 'a > b')).toEqual([]);
  });
});

describe('matchers', () => {
  it('are dropped one at a time, with their comma', () => {
    expect(of('matcher', 'up{job="a", x=~"b|c"} == 0')).toEqual(['up{ x=~"b|c"} == 0', 'up{job="a", } == 0']);
  });

  it('are dropped together where one says what the other says: no input distinguishes them', () => {
    expect(of('matcher', 'a{x="1"} / (b{x="1"} > 0)')).toEqual(['a{} / (b{} > 0)']);
    expect(of('matcher', 'rate(a{x="1"}[5m] offset 1d) + on (x) sum by (x) (b{x = "1"})')).toEqual([
      'rate(a{}[5m] offset 1d) + on (x) sum by (x) (b{})',
    ]);
    expect(of('matcher', 'a{x="1"} and b{x="1"} and c{x="1"}')).toEqual(['a{} and b{} and c{}']);
    expect(of('matcher', 'a{x="1"} unless b{x="1"}')).toEqual(['a{} unless b{x="1"}']);
  });

  it.each([
    ['a label that the match ignores', 'a{x="1"} / ignoring (x) b{x="1"}'],
    ['a label that the match is not on', 'a{x="1"} and on (y) b{x="1"}'],
    ['another value', 'a{x="1"} / b{x="2"}'],
    ['an alternative', 'a{x="1"} or b{x="1"}'],
    ['a label that is summed away', 'sum by (y) (a{x="1"}) / sum by (y) (b{x="1"})'],
    ['a label that chooses among others', 'topk(3, a{x="1"}) / topk(3, b{x="1"})'],
    ['labels that do not come from the series', 'absent(a{x="1"}) and absent(b{x="1"})'],
  ])('are dropped one at a time for %s', (_, expr) => {
    expect(of('matcher', expr)).toHaveLength(2);
  });

  it('are left where nothing would be selected any more, or everything is', () => {
    expect(of('matcher', '{job="a"} == 0')).toEqual([]);
    expect(of('matcher', '{__name__="a", job="b"} == 0')).toEqual(['{__name__="a", } == 0']);
    expect(of('matcher', 'up{job=~".*"} == 0')).toEqual([]);
  });
});

describe('mutants', () => {
  it('name the change, shortened where it is long', () => {
    expect(exprMutants('up{job="a"} < 3').map(({ mutation }) => mutation)).toEqual([
      'up{job="a"} < 3: turned round to >',
      'up{job="a"} < 3: 3 moved to 2',
      'up{job="a"} < 3: 3 moved to 4',
      'up: without job="a"',
    ]);
    expect(exprMutants(`${'x'.repeat(90)} < 0`)[0]?.mutation.length).toBeLessThan(100);
  });
});
