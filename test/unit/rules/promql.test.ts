import { describe, expect, it } from 'vitest';
import { neutralised, selectorsOf } from '../../../scripts/rules/promql.ts';

describe('selectorsOf', () => {
  it('finds every selector with its matchers, each once', () => {
    expect(selectorsOf('rate(a{x="y", job!~"b|c"}[5m] offset 1d) / on (i) sum(b) > 3 and b')).toEqual([
      {
        text: 'a{x="y", job!~"b|c"}',
        metric: 'a',
        matchers: [
          { label: 'x', op: '=', value: 'y' },
          { label: 'job', op: '!~', value: 'b|c' },
        ],
      },
      { text: 'b', metric: 'b', matchers: [] },
    ]);
  });
  it('says where an expression does not parse', () => {
    expect(() => selectorsOf('a > > 3')).toThrow('character 5');
  });
});

describe('neutralised', () => {
  it.each([
    ['up == 0', ['(up)']],
    ['3 < up', ['(up)']],
    ['a > b', ['((a) - (b))']],
    ['a > bool on (x) group_left (y) b', ['((a) - on (x) group_left (y) (b))']],
    ['a > 80 and on (i) b == 1', ['(a) and on (i) (b)']],
    ['a > 1 or (b > 2 or c)', ['(a)', '(b)', 'c']],
    ['a == 0 unless on (i) b == 1', ['(a)']],
    ['absent(up{job="x"})', ['((up{job="x"}))']],
    ['rate(a[1h] offset 5m) > 4 * 2', ['(rate(a[1h]))']],
    ['sum by (i) (a > 5) > (1 + 1)', ['(sum by (i) ((a)))']],
    ['100 * (a / (b > 0)) > -5', ['(100 * (a / ((b))))']],
    ['max_over_time((a > 1)[5m:1m]) > 0', ['(max_over_time(((a))[5m:1m]))']],
  ])('%s', (expr, expected) => {
    expect(neutralised(expr)).toEqual(expected);
  });
});
