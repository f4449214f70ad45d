import { describe, expect, it } from 'vitest';
import { junitResults } from '../../dev/mutation/junit.ts';
import { subjectsOf } from '../../dev/mutation/trials.ts';
import { scoreOf, type Verdict } from '../../dev/mutation/score.ts';
import { mutantsOf } from '../../dev/mutation/rule-mutants.ts';

const RULES = `groups:
  - name: shop
    interval: 5s
    rules:
      - record: shop:orders
        expr: rate(orders_total[5m])
      - alert: ShopDown
        expr: up == 0
        for: 1h20s
        labels: { severity: critical }
      - alert: NoOrders
        expr: shop:orders == 0
        labels: { severity: '{{ $labels.severity }}' }
`;
const TESTS = `rule_files: [../../prometheus/rules/shop.yml]
tests:
  - name: both
    input_series: [{ series: up, values: 0x60 }]
    alert_rule_test:
      - { eval_time: 1m, alertname: ShopDown, exp_alerts: [] }
      - { eval_time: 1m, alertname: NoOrders, exp_alerts: [] }
  - name: orders
    alert_rule_test: [{ eval_time: 1m, alertname: NoOrders, exp_alerts: [] }]
`;
const PATH = 'prometheus/rules/shop.yml';
const subjects = (rules: string, tests = TESTS) =>
  subjectsOf(PATH, new Map([['test/rules/shop.test.yml', tests]]), new Map([[PATH, rules]]));

describe('mutantsOf', () => {
  it('changes hold time and severity, where there is one', () => {
    const said = mutantsOf(PATH, RULES).map(({ name, mutation }) => `${name} ${mutation}`);
    expect(said).toEqual([
      'ShopDown up == 0: turned round to !=',
      'ShopDown for: 1h20s: tripled to 3h60s',
      'ShopDown for: 1h20s: removed',
      'ShopDown severity: critical: changed to warning',
      'NoOrders shop:orders == 0: turned round to !=',
      'NoOrders severity: {{ $labels.severity }}: changed to warning',
    ]);
  });

  it('has mutants of recorded metrics, since alerts read them', () => {
    expect(mutantsOf(PATH, RULES.replace('orders_total[', 'orders_total{job="a"}[')).map(({ name }) => name)).toContain('shop:orders');
  });

  it('makes none of a file without rules', () => {
    expect(mutantsOf(PATH, '')).toEqual([]);
  });
});

describe('subjectsOf', () => {
  it('tries an alert with its own rule, the recorded metrics and its own cases only', () => {
    const down = subjects(RULES).find(({ name, mutant }) => name === 'ShopDown' && mutant?.kind === 'for');
    const [rules = '', test = ''] = (down?.trials[0]?.files ?? []).map(([, text]) => text);
    expect(JSON.parse(rules)).toEqual({
      groups: [
        {
          name: 'shop',
          interval: '5s',
          rules: [
            { record: 'shop:orders', expr: 'rate(orders_total[5m])' },
            { alert: 'ShopDown', expr: 'up == 0', for: '3h60s', labels: { severity: 'critical' } },
          ],
        },
      ],
    });
    expect(JSON.parse(test)).toMatchObject({
      rule_files: [down?.trials[0]?.files[0]?.[0]],
      // Not 96, as which YAML would read 0x60.
      tests: [{ name: 'both', input_series: [{ values: '0x60' }], alert_rule_test: [{ alertname: 'ShopDown' }] }],
    });
  });

  it('tries everything where others may read the rule, or it reads others', () => {
    const record = subjects(RULES.replace('orders_total[', 'orders_total{job="a"}[')).find(({ mutant }) => mutant?.name === 'shop:orders');
    expect(record?.trials[0]?.files[1]?.[1]).toContain('ShopDown');
    const reader = subjects(RULES.replace('expr: up == 0', 'expr: ALERTS == 0')).find(({ mutant }) => mutant?.name === 'ShopDown');
    expect(reader?.trials[0]?.files[1]?.[1]).toContain('NoOrders');
  });

  it('names trials by their content: another alert’s change leaves them as they are', () => {
    const trialsOf = (rules: string): string[] =>
      subjects(rules)
        .filter(({ name }) => name === 'ShopDown')
        .flatMap(({ trials }) => trials.map(({ file }) => file));
    expect(trialsOf(RULES.replace('shop:orders == 0', 'shop:orders < 1'))).toEqual(trialsOf(RULES));
    expect(trialsOf(RULES.replace('1h20s', '2h20s'))).not.toEqual(trialsOf(RULES));
  });

  it('asks for the state of an alert where a test does', () => {
    const state =
      '  - name: lost\n    promql_expr_test: [{ expr: \'ALERTS{alertname="ShopDown"}\', eval_time: 1m }, { expr: up, eval_time: 1m }]\n';
    const [down] = subjects(RULES, TESTS + state).filter(({ name, mutant }) => name === 'ShopDown' && mutant === undefined);
    const { tests } = JSON.parse(down?.trials[0]?.files.at(-1)?.[1] ?? '{}') as { tests: { name: string; promql_expr_test: object[] }[] };
    expect(tests.at(-1)).toMatchObject({ name: 'lost', promql_expr_test: [{ expr: 'ALERTS{alertname="ShopDown"}' }] });
    expect(tests.at(-1)?.promql_expr_test).toHaveLength(1);
  });

  it('has no trial for an alert without a test, so that all its mutants survive', () => {
    const untested = subjects(RULES, TESTS.replaceAll('ShopDown', 'Shop')).filter(({ name }) => name === 'ShopDown');
    expect(untested.map(({ trials }) => trials.length)).toEqual([0, 0, 0, 0, 0]);
  });
});

describe('junitResults', () => {
  it('reports what passed, and how the rest failed', () => {
    const xml =
      '<testsuites><testsuite name="/stack/a&amp;b.json" tests="1" failures="1" errors="0"><testcase name="x"><failure>exp:[],&#xA;got: &#34;y&#34;</failure></testcase></testsuite>' +
      '<testsuite name="/stack/c.json" tests="1" failures="0" errors="0"><testcase name="x"></testcase></testsuite>' +
      '<testsuite name="/stack/d.json" tests="0" failures="0" errors="1"></testsuite></testsuites>';
    expect([...junitResults(xml)]).toEqual([
      ['/stack/a&b.json', { passed: false, failure: 'exp:[],\ngot: "y"', failures: ['exp:[],\ngot: "y"'] }],
      ['/stack/c.json', { passed: true, failure: '', failures: [] }],
      ['/stack/d.json', { passed: false, failure: '', failures: [] }],
    ]);
  });
});

describe('scoreOf', () => {
  const verdict = (killed: boolean): Verdict => ({ path: PATH, name: 'A', kind: 'for', mutation: '', killed });

  it('rounds down, so that 94.96 % is not taken for 95 %', () => {
    expect(scoreOf([...Array<Verdict>(2374).fill(verdict(true)), ...Array<Verdict>(126).fill(verdict(false))])).toEqual({
      killed: 2374,
      total: 2500,
      percent: 94.9,
    });
  });
});
