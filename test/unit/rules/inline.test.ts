import { describe, expect, it } from 'vitest';
import { inlined } from '../../../scripts/rules/inline.ts';
import { changedAlerts, changedRecords, timedRules, type Recorded } from '../../../scripts/rules/recorded.ts';

const rule = (record: string, expr: string, labels: Record<string, string> = {}): Recorded => ({
  path: 'p',
  record,
  expr,
  labels,
  interval: 15,
});
const records = (...rules: readonly Recorded[]) => {
  const names = [...new Set(rules.map(({ record }) => record))];
  return new Map(names.map((name) => [name, rules.filter(({ record }) => record === name)]));
};
const inline = (expr: string, ...rules: readonly Recorded[]): string => {
  const result = inlined(expr, records(...rules));
  return 'expr' in result ? result.expr : `not: ${result.why}`;
};
const sum = rule('a:sum', 'sum by (a) (x)');

describe('a recorded metric becomes its expression', () => {
  it.each([
    ['a:sum > 5', '(sum by (a) (x)) > 5'],
    ['up == 0 and on (a) a:sum > 5', 'up == 0 and on (a) (sum by (a) (x)) > 5'],
    ['max_over_time(a:sum[5m])', 'max_over_time((sum by (a) (x))[5m:15s])'],
    ['max_over_time(a:sum[5m:1m])', 'max_over_time((sum by (a) (x))[5m:1m])'],
    ['rate(a:sum[5m] offset 1h)', 'rate((sum by (a) (x))[5m:15s] offset 1h)'],
    ['up and a:sum offset 1h > 3', 'up and last_over_time((sum by (a) (x))[15s:15s] offset 1h) > 3'],
    ['a:sum{a="b"}', '((sum by (a) (x)) and on (a) label_replace(vector(1), "a", "b", "", ""))'],
    ['a:sum{a!="b"}', '((sum by (a) (x)) unless on (a) label_replace(vector(1), "a", "b", "", ""))'],
    ['other:sum + a', 'other:sum + a'],
    // A comment that names it is none of it.
    ['a # a:sum\n> 5', 'a # a:sum\n> 5'],
  ])('%s', (expr, expected) => {
    expect(inline(expr, sum)).toBe(expected);
  });

  it('with its labels, and with those rules that a selector means', () => {
    const covered = [rule('covered', 'vector(1)', { job: 'a' }), rule('covered', 'vector(2)', { job: 'b' })];
    const of = (value: number, job: string): string => `label_replace((vector(${value})), "job", "${job}", "", "")`;
    expect(inline('up unless on (job) covered', ...covered)).toBe(`up unless on (job) (${of(1, 'a')} or ${of(2, 'b')})`);
    expect(inline('covered{job="b"}', ...covered)).toBe(`(${of(2, 'b')})`);
    expect(inline('covered{job=~"b|c"}', ...covered)).toBe(`(${of(2, 'b')})`);
    expect(inline('covered{job="c"}', ...covered)).toBe('(vector(1) < 0)');
  });

  it('also where it is read by another, and behind a comment', () => {
    expect(inline('b:max', rule('b:max', 'max(a:sum)'), sum)).toBe('(max((sum by (a) (x))))');
    expect(inline('c', rule('c', 'x # why'))).toBe('(x # why\n)');
  });

  it.each([
    ['a:sum{a=~"b.*"}', 'not: it selects a:sum by a=~, which an expression cannot do'],
    ['a:sum @ end()', 'not: it reads a:sum at a fixed time (@)'],
    ['a:sum offset 1h @ end()', 'not: it reads a:sum at a fixed time (@)'],
    ['b:loop', 'not: the metric b:loop is recorded from itself'],
  ])('not %s', (expr, why) => {
    expect(inline(expr, sum, rule('b:loop', 'b:loop + 1'))).toBe(why);
  });
});

describe('what has changed', () => {
  const file = (text: string) => timedRules(new Map([['prometheus/rules/x.yml', text]]), 15);
  const text = `groups:
  - name: g
    interval: 5s
    rules:
      - { record: 'a:sum', expr: sum(x) }
      - { record: 'b:max', expr: max(a:sum) }
      - { alert: Reads, expr: b:max > 1, for: 1m30s, labels: { severity: critical } }
      - { alert: Keeps, expr: y > 1, keep_firing_for: 5m, annotations: { runbook_url: here } }
  - name: h
    rules: [{ alert: Slow, expr: z > 1 }]
`;
  const changes = (from: string, to: string): readonly string[] => changedAlerts(file(text.replace(from, to)), file(text));

  it('rules are read with their times', () => {
    expect(file(text).alerts.map(({ alert, holdSeconds, keepSeconds, interval }) => [alert, holdSeconds, keepSeconds, interval])).toEqual([
      ['Reads', 90, 0, 5],
      ['Keeps', 0, 300, 5],
      ['Slow', 0, 0, 15],
    ]);
  });

  it.each([
    ['sum(x)', 'sum(y)', ['Reads']],
    ['sum(x)', 'sum( x )', ['Reads']],
    ['1m30s', '2m', ['Reads']],
    ['severity: critical', 'severity: warning', ['Reads']],
    ['keep_firing_for: 5m', 'keep_firing_for: 6m', ['Keeps']],
    ['alert: Slow', 'alert: New', ['New']],
    ['runbook_url: here', 'runbook_url: there', []],
    ['z > 1', 'z  >  1', []],
  ])('%s to %s changes %j', (from, to, alerts) => {
    expect(changes(from, to)).toEqual(alerts);
  });

  it('a record that reads a changed one has changed too', () => {
    expect([...changedRecords(file(text.replace('sum(x)', 'sum(y)')).recorded, file(text).recorded)]).toEqual(['a:sum', 'b:max']);
    expect([...changedRecords(file(text).recorded, [])]).toEqual(['a:sum', 'b:max']);
  });
});
