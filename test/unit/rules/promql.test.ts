import { describe, expect, it } from 'vitest';
import { neutralised } from '../../../scripts/rules/neutralised.ts';
import { childrenOf, nodesOf, parse, syntaxError } from '../../../scripts/rules/promql.ts';
import { selectorsOf, selectsNothing } from '../../../scripts/rules/selectors.ts';

describe('the syntax tree', () => {
  it('has the place of a mistake', () => {
    expect(syntaxError('sum(up) > 1')).toBeUndefined();
    expect(syntaxError('up == == 0')).toBe(6);
    expect(syntaxError('')).toBe(0);
  });
  it('is walked without comments, from the top', () => {
    expect(nodesOf(parse('# c\na + # d\n b')).map(({ name }) => name)).not.toContain('LineComment');
    expect(childrenOf(parse('# c\na'))).toHaveLength(1);
  });
});

describe('selectsNothing', () => {
  it('is true of constants only', () => {
    expect(selectsNothing('vector(1) > 0')).toBe(true);
    expect(selectsNothing('vector(1) > a')).toBe(false);
  });
});

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
    ['# why\nup == 0', ['(up)']],
    ['(up # why\n) == 0', ['((up # why\n))']],
  ])('%s', (expr, expected) => {
    expect(neutralised(expr)).toEqual(expected);
  });
});
