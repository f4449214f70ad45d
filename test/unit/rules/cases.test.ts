import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { atSource, testedAlone } from '../../../scripts/rules/alone.ts';
import { generateTests } from '../../../scripts/rules/cases.ts';
import { secondsOf, stretched } from '../../../scripts/rules/samples.ts';
import { alertRules } from '../../../scripts/rules/files.ts';
import { above, below, down, ruleTable, type AlertTest } from '../../../scripts/rules/table.ts';

const RULES = `groups:
  - name: shop
    rules:
      - record: shop:orders:rate
        expr: rate(orders_total[5m])
      - alert: ShopFull
        expr: 100 * used / limit > 90
        annotations:
          summary: Shop {{ $labels.instance }} is full
          description: '{{ $value | printf "%.1f" }} % of {{ $labels.disk }}'
      - alert: ShopDown
        expr: up{job="shop"} == 0
        annotations: { summary: '{{ $labels.instance }} is down' }
`;
const FULL: AlertTest = {
  alert: 'ShopFull',
  severity: 'warning',
  series: { 'used{disk="a"}': above(90, 91), limit: 100 },
  result: { disk: 'a' },
  from: '1m',
  shown: '91.0',
};

interface Case {
  readonly name: string;
  readonly interval: string;
  readonly input_series: readonly { readonly series: string; readonly values: string }[];
  readonly alert_rule_test: readonly { readonly eval_time: string; readonly alertname: string; readonly exp_alerts: readonly object[] }[];
}

function generated(...alerts: readonly AlertTest[]): ReturnType<typeof generateTests> {
  const table = ruleTable({ category: 'application', labels: { job: 'shop', instance: 'b' }, alerts });
  return generateTests('shop', table, alertRules('prometheus/rules/shop.yml', RULES));
}
const casesOf = (...alerts: readonly AlertTest[]): readonly Case[] =>
  [...generated(...alerts).files.values()].flatMap((text) => (parse(text) as { tests: Case[] }).tests);
const looksOf = (test: Case | undefined): readonly string[] =>
  (test?.alert_rule_test ?? []).map(({ eval_time: at, exp_alerts: alerts }) => `${at} ${alerts.length}`);
const messagesOf = (...alerts: readonly AlertTest[]): readonly string[] => generated(...alerts).problems.map(({ message }) => message);

describe('a table of rule tests', () => {
  it('becomes a promtool file for each alert, with its own evaluation interval', () => {
    const { files, problems } = generated(FULL, down('ShopDown', 'up'));
    expect(problems).toEqual([]);
    expect([...files.keys()]).toEqual(['test/rules/shop.ShopFull-15s.test.yml', 'test/rules/shop.ShopDown-5s.test.yml']);
    const [text = ''] = files.values();
    expect(parse(text)).toMatchObject({ rule_files: ['../../prometheus/rules/shop.yml'], evaluation_interval: '15s' });
  });

  it('makes an entry fire at its moment and not one evaluation before, with its labels and the texts of the rule', () => {
    const [fires] = casesOf(FULL);
    expect(fires?.name).toBe('ShopFull fires');
    expect(fires?.input_series).toEqual([
      { series: 'used{job="shop", instance="b", disk="a"}', values: '91x5' },
      { series: 'limit{job="shop", instance="b"}', values: '100x5' },
    ]);
    expect(looksOf(fires)).toEqual(['45s 0', '60s 1']);
    expect(fires?.alert_rule_test[1]?.exp_alerts).toEqual([
      {
        exp_labels: { job: 'shop', instance: 'b', disk: 'a', severity: 'warning', category: 'application' },
        exp_annotations: { summary: 'Shop b is full', description: '91.0 % of a' },
      },
    ]);
  });

  it('keeps it silent at the threshold, for twice as long and five minutes at least', () => {
    const [, silent] = casesOf({ ...FULL, from: '2m45s' });
    const [, brief] = casesOf(FULL);
    expect(silent?.name).toBe('ShopFull stays silent at 90 of used{disk="a"}');
    expect(silent?.input_series[0]?.values).toBe('90x23');
    expect(looksOf(silent).slice(0, 3)).toEqual(['0s 0', '30s 0', '60s 0']);
    expect(looksOf(silent).at(-1)).toBe('330s 0');
    expect(looksOf(brief).at(-1)).toBe('300s 0');
  });

  it('keeps it silent where series or labels are changed, at 21 evaluations at most', () => {
    const silent = { 'without a limit': { limit: null }, 'about another job': 'job="node"', both: ['job="a"', { limit: 5 }] } as const;
    const [, , without, other, both] = casesOf({ ...FULL, watched: '10m', silent });
    expect(without?.input_series.map(({ series }) => series)).toEqual(['used{job="shop", instance="b", disk="a"}']);
    expect(other?.input_series[1]).toEqual({ series: 'limit{job="node", instance="b"}', values: '100x41' });
    expect(both?.input_series[1]).toEqual({ series: 'limit{job="a", instance="b"}', values: '5x41' });
    expect(looksOf(without)).toHaveLength(21);
  });

  it('knows when an alert ends, and further situations in which it fires', () => {
    const fires = {
      anew: { change: 'instance="c"', from: '2m', until: '3m', lastShown: '99.0' },
      once: { change: {}, at: '5m', shown: '92.0', result: { disk: 'b' } },
    } as const;
    const [, anew, once] = casesOf({ ...FULL, fires });
    expect(looksOf(anew)).toEqual(['105s 0', '120s 1', '165s 1', '180s 0']);
    expect(anew?.alert_rule_test[1]?.exp_alerts).toMatchObject([{ exp_labels: { instance: 'c' } }]);
    expect(anew?.alert_rule_test[2]?.exp_alerts).toMatchObject([{ exp_annotations: { description: '99.0 % of a' } }]);
    expect(looksOf(once)).toEqual(['300s 1']);
    expect(once?.alert_rule_test[0]?.exp_alerts).toMatchObject([{ exp_annotations: { description: '92.0 % of b' } }]);
  });

  it.each<readonly [string, AlertTest, string]>([
    ['an alert that no rule defines', { ...FULL, alert: 'ShopFul' }, 'ShopFul is not an alert of prometheus/rules/shop.yml'],
    ['a threshold the wrong way round', { ...FULL, series: { used: below(90, 91) } }, 'ShopFull: 91 is not below 90 in used'],
    ['no expectation', { alert: 'ShopDown', severity: 'critical', series: {} }, 'ShopDown is neither expected to fire nor to be silent'],
    ['a label that the text shows and the alert lacks', { ...FULL, result: {} }, 'shows the label disk, which the alert does not have'],
    ['a value that is not shown', { ...down('ShopDown', 'up'), shown: '1' }, 'does not show its value'],
  ])('is refused with %s', (_, test, message) => {
    expect(messagesOf(test).join('\n')).toContain(message);
  });

  it('is refused where the text shows a value that it does not give', () => {
    const { shown: _, ...without } = FULL;
    expect(messagesOf(without)).toEqual(['ShopFull fires: its text shows its value: set shown to the expected text']);
  });
});

describe('samples', () => {
  it.each([
    [5, '5x9'],
    ['0+3', '0+3x9'],
    ['1x3 0', '1x3 0x5'],
    ['1x3 0 1', '1x3 0 1x4'],
    ['_x3 1', '_x3 1x6'],
    ['1x2 _', '1x2 _x7'],
    ['1x2 stale', '1x2 stale'],
    ['1x2 0x1', '1x2 0x1'],
    ['1x20 0', '1x20 0x0'],
  ])('%s go on to the end of the test', (values, written) => {
    expect(stretched(values, 10)).toBe(written);
  });

  it('are counted in seconds', () => {
    expect(['15s', '1h30m', '1d', '2w'].map(secondsOf)).toEqual([15, 5400, 86_400, 1_209_600]);
  });
});

describe('a generated test', () => {
  const rules = new Map([['prometheus/rules/shop.yml', RULES]]);

  it('is run with its own alert and the recorded metrics only', () => {
    const alone = testedAlone(generated(FULL).files, rules);
    expect([...alone.tests.values()][0]).toContain('- ../../prometheus/rules/shop.ShopFull.yml');
    const cut = parse(alone.rules.get('prometheus/rules/shop.ShopFull.yml') ?? '') as { groups: [{ rules: object[] }] };
    expect(cut.groups[0].rules).toMatchObject([{ record: 'shop:orders:rate' }, { alert: 'ShopFull' }]);
  });

  it('is run with every rule where it asks for other alerts', () => {
    const text = RULES.replace('100 * used / limit > 90', 'ALERTS{alertname="ShopDown"}');
    const alone = testedAlone(generated(FULL).files, new Map([['prometheus/rules/shop.yml', text]]));
    expect(alone.rules.get('prometheus/rules/shop.ShopFull.yml')).toBe(text);
  });

  it('leaves alone what someone wrote', () => {
    const written = new Map([['test/rules/shop.test.yml', 'rule_files:\n  - ../../prometheus/rules/shop.yml\n']]);
    expect(testedAlone(written, rules)).toEqual({ tests: written, rules });
  });

  const sources = new Map([
    ['test/rules/shop.ShopFull-15s.test.yml', 'name: ShopFull fires'],
    ['test/rules/shop.ts', "alerts: [\n  {\n    alert: 'ShopFull',\n"],
    ['test/rules/own.test.yml', 'tests:\n  - name: ShopFull fires by hand\n'],
  ]);

  it.each([
    ['the line of its table', 'ShopFull fires', 'test/rules/shop.ts:3'],
    ['the line of its file, where it was written by hand', 'ShopFull fires by hand', 'test/rules/own.test.yml:2'],
  ])('fails at %s', (_, name, place) => {
    const message = `promtool test rules: ${name}\n          alertname: ShopFull, time: 1m,`;
    expect(atSource({ severity: 'error', place: 'test/rules', message }, sources)).toMatchObject({ place, message });
  });

  it('leaves a problem of anything else where it is', () => {
    const problem = { severity: 'error', place: 'prometheus/rules/shop.yml:3', message: 'promtool check config: parse error' } as const;
    expect(atSource(problem, sources)).toBe(problem);
  });
});
