import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { renderReport } from '../../dev/report/show.ts';
import { readFindings, reportRows, reportTotals, type ReportSources } from '../../dev/report/rows.ts';
import type { Verdict } from '../../dev/mutation/score.ts';
import { sloAlerts } from '../../dev/report/slo-alerts.ts';
import { alertRules, ruleTests } from '../../../scripts/rules/files.ts';

const PATH = 'prometheus/rules/shop.yml';
const RULES = `groups:
  - name: shop
    rules:
      - { alert: ShopDown, expr: up == 0, for: 20s, labels: { severity: critical } }
      - { alert: NoOrders, expr: orders == 0, labels: { severity: warning } }
`;
const CASES = `tests:
  - alert_rule_test:
      - { alertname: ShopDown, exp_alerts: [{}] }
      - { alertname: ShopDown, exp_alerts: [] }
      - { alertname: NoOrders, exp_alerts: [{}] }
`;
const verdict = (name: string, killed: boolean): Verdict => ({ path: PATH, name, kind: 'for', mutation: '', killed });
const sources: ReportSources = {
  rules: alertRules(PATH, RULES),
  cases: ruleTests('test/rules/shop.test.yml', CASES).cases,
  verdicts: [verdict('ShopDown', true), verdict('ShopDown', true), verdict('NoOrders', false), verdict('shop:orders', true)],
  pages: ['runbooks/shop/ShopDown.md'],
  canFire: undefined,
  drills: undefined,
};
/** The lines of the report, single spaces between the cells. */
const lines = (given: ReportSources): string[] => {
  const rows = reportRows(given);
  return stripVTControlCharacters(renderReport(rows, reportTotals(rows, given.verdicts)))
    .split('\n')
    .map((line) => line.trim().replace(/ {2,}/g, ' | '));
};

describe('the report on rules', () => {
  it('shows a row for each alert, and what was not looked at', () => {
    expect(lines(sources)).toEqual([
      'shop',
      'alert | severity | for | tests | mutants | runbook | can fire | drilled',
      'ShopDown | critical | 20s | yes, 2 | 2/2 | yes | – | –',
      'NoOrders | warning | – | no, 1 | 0/1 | no | – | –',
      '',
      '2 alerts',
      'tested | 1 of 2 (50 %), 3 cases',
      'mutants killed | 3 of 4 (75 %)',
      'with a runbook | 1 of 2 (50 %)',
      'can fire | –',
      'drilled | –',
      'critical drilled | –',
    ]);
  });

  it('shows what other proofs found; an alert that they say nothing about has not been proven', () => {
    const shown = lines({
      ...sources,
      canFire: { ShopDown: { canFire: true } },
      drills: { ShopDown: { toAlert: 24.4, toNotification: 31, inTime: true } },
    });
    expect(shown[2]).toBe('ShopDown | critical | 20s | yes, 2 | 2/2 | yes | yes | 24 s / 31 s');
    expect(shown[3]).toBe('NoOrders | warning | – | no, 1 | 0/1 | no | no | no');
    expect(shown.slice(-3)).toEqual([
      'can fire | 1 of 2 (50 %)',
      'drilled | 1 of 2 (50 %)',
      'critical drilled | 1 of 1 (100 %), 1 in time',
    ]);
    expect(lines({ ...sources, canFire: { ShopDown: { canFire: false, why: 'no series up' } } })[2]).toContain('| no |');
  });

  it('counts the alerts that are made of SLOs among those of the applications', () => {
    const slo: ReportSources = {
      ...sources,
      rules: sloAlerts(),
      cases: ['Fast', 'Slow'].flatMap((speed) =>
        ruleTests('x.test.yml', CASES.replaceAll('ShopDown', `SLOBurnRate${speed}`)).cases.filter(({ alert }) => alert !== 'NoOrders'),
      ),
      verdicts: [],
      pages: ['runbooks/apps/SLOBurnRateFast.md'],
      canFire: {},
      drills: { SLOBurnRateFast: { toAlert: 50, toNotification: 60, inTime: true } },
    };
    expect(lines(slo).slice(0, 4)).toEqual([
      'apps',
      'alert | severity | for | tests | mutants | runbook | can fire | drilled',
      'SLOBurnRateFast | critical | – | yes, 2 | – | yes | yes | 50 s / 60 s',
      'SLOBurnRateSlow | warning | – | yes, 2 | – | no | – | no',
    ]);
    expect(lines({ ...slo, cases: [] })[2]).toContain('| no, 0 |');
  });

  it('shows a drill that took longer than promised', () => {
    const shown = lines({ ...sources, drills: { ShopDown: { toAlert: 70, toNotification: 80, inTime: false } } });
    expect(shown[2]).toMatch(/70 s \/ 80 s, late$/);
    expect(shown.at(-1)).toBe('critical drilled | 1 of 1 (100 %), 0 in time');
  });
});

describe('readFindings', () => {
  it.each(['{', '[]', '{"ShopDown": true}', 'null'])('refuses %s', (text) => {
    expect(readFindings('test/reports/drills.json', text).problems.map(({ message }) => message)).toEqual([
      'is not a JSON object with an object for each alert',
    ]);
  });

  it('knows nothing where there is no file', () => {
    expect(readFindings('test/reports/drills.json', undefined)).toEqual({ findings: undefined, problems: [] });
  });
});
