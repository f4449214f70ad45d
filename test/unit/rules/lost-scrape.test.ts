import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { generateTests } from '../../../scripts/rules/cases.ts';
import { alertRules } from '../../../scripts/rules/files.ts';
import { withLostScrape } from '../../../scripts/rules/lost-scrape.ts';
import { denser, withSample } from '../../../scripts/rules/samples.ts';
import { above, ruleTable, type AlertTest } from '../../../scripts/rules/table.ts';

describe('samples', () => {
  it.each([
    ['5x9', 4, '5x3 stale 5x4'],
    ['0+3x9', 4, '0+3x3 stale 15+3x4'],
    ['10-1x9', 0, 'stale 9-1x8'],
    ['1x2 0x5', 3, '1x2 stale 0x4'],
    ['1x2 0x5', 2, '1x1 stale 0x5'],
    ['_x4 1x3', 2, '_x4 1x3'],
    ['1x3 stale 1x3', 4, '1x3 stale 1x3'],
  ])('%s lose number %i', (values, index, expected) => {
    expect(withSample(values, index, 'stale')).toBe(expected);
  });

  it.each([
    ['1x1 0', 4, '1x7 0x3'],
    ['0+8x2', 4, '0+2x11'],
    ['_x2 stale 7', 3, '_x6 stale _x2 7x2'],
    ['Inf NaNx1', 1, 'Infx0 NaNx1'],
  ])('%s lie %i times as dense', (values, times, expected) => {
    expect(denser(values, times)).toBe(expected);
  });
});

describe('a lost scrape', () => {
  const lost = (every: number, scrape: number, hold: number, at: number): string => {
    const { series, ...rest } = withLostScrape({ every, scrape, series: new Map([['a', '0x1 5']]) }, hold, at);
    return `${JSON.stringify(rest)} ${series.get('a')}`;
  };

  it('is in the middle of the hold, at an evaluation', () => {
    expect(lost(15, 15, 300, 330)).toBe('{"every":15,"scrape":15,"firesAt":330} 0x1 5x9 stale 5x10');
    expect(lost(5, 10, 300, 320)).toBe('{"every":5,"scrape":10,"firesAt":320} 0x1 5x14 stale 5x15');
  });

  it('is one of the real scrapes where the table saves samples: the alert may then be late, but by less than half the hold', () => {
    expect(lost(300, 60, 3600, 7200)).toBe('{"every":300,"scrape":15,"firesAt":8400} 0x7 5x351 stale 5x222');
  });

  it('meets an evaluation inside the hold where the table evaluates seldom', () => {
    expect(lost(300, 15, 300, 900)).toContain('"every":15');
  });

  it('is a failed one to up, and to nothing else', () => {
    const series = new Map([
      ['up{job="a"}', 1],
      ['upper', 1],
    ]);
    const made = withLostScrape({ every: 15, scrape: 15, series }, 300, 300);
    expect([...made.series.values()]).toEqual(['1x9 0x0 1x10', '1x9 stale 1x10']);
  });
});

describe('the table of an alert that holds for five minutes', () => {
  const rules = (hold: string): string =>
    JSON.stringify({
      groups: [{ name: 'shop', rules: [{ alert: 'ShopFull', expr: 'used > 90', for: hold, annotations: { summary: 'full' } }] }],
    });
  const entry: AlertTest = { alert: 'ShopFull', severity: 'warning', series: { used: above(90, 91) }, from: '5m' };
  interface State {
    readonly name: string;
    readonly promql_expr_test?: readonly { readonly expr: string; readonly eval_time: string; readonly exp_samples: readonly object[] }[];
  }
  const states = (test: AlertTest, hold = '5m'): readonly State[] => {
    const table = ruleTable({ category: 'application', labels: { job: 'shop' }, alerts: [test] });
    const { files } = generateTests('shop', table, alertRules('prometheus/rules/shop.yml', rules(hold)));
    return [...files.values()].flatMap((text) => (parse(text) as { tests: State[] }).tests).filter((test) => test.promql_expr_test);
  };

  it('expects it at its moment although a scrape is lost, in every situation in which it fires', () => {
    const made = states({ ...entry, fires: { elsewhere: { change: 'job="other"', from: '5m' } } });
    expect(made.map(({ name }) => name)).toEqual([
      'ShopFull fires although a scrape is lost',
      'ShopFull fires elsewhere although a scrape is lost',
    ]);
    expect(made[1]?.promql_expr_test).toEqual([
      {
        expr: 'ALERTS{alertname="ShopFull", alertstate="firing"} # fires elsewhere although a scrape is lost',
        eval_time: '300s',
        exp_samples: [
          {
            labels: 'ALERTS{alertname="ShopFull", alertstate="firing", job="other", severity="warning", category="application"}',
            value: 1,
          },
        ],
      },
    ]);
  });

  it('expects no such thing of a shorter hold', () => {
    expect(states(entry, '4m')).toEqual([]);
  });

  it('expects the restart where the table says why it may', () => {
    const [made] = states({ ...entry, restartedByLostScrape: 'it has no series between two jobs' });
    expect(made?.name).toBe('ShopFull fires not in time where a scrape is lost');
    expect(made?.promql_expr_test?.[0]?.exp_samples).toEqual([]);
  });
});
