import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { ProofLock } from '../../dev/proof/lock.ts';
import { reportRows, reportTotals, type ReportSources } from '../../dev/report/rows.ts';
import { renderReport } from '../../dev/report/show.ts';
import { alertRules, ruleTests } from '../../../scripts/rules/files.ts';
import { sloAlerts } from '../../dev/report/slo-alerts.ts';

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
const LOCK: ProofLock = {
  ShopDown: {
    mutants: { digest: '', killed: 2, total: 2 },
    fleet: { digest: '', canFire: true, quiet: true },
    drills: {
      digest: '',
      faults: { stopped: { firing: 24.4, received: 31, resolved: 9, messages: 2 }, killed: { firing: 20, received: 29, resolved: 9 } },
    },
  },
  NoOrders: { mutants: { digest: '', killed: 0, total: 1 }, fleet: { digest: '', canFire: false, quiet: false } },
  'shop:orders': { mutants: { digest: '', killed: 1, total: 1 } },
};
const sources: ReportSources = {
  rules: alertRules(PATH, RULES),
  cases: ruleTests('test/rules/shop.test.yml', CASES).cases,
  pages: ['runbooks/shop/ShopDown.md'],
  lock: LOCK,
  open: [],
  alarms: [{ alert: 'NoOrders' }, { alert: 'NoOrders' }],
};
/** The lines of the report, single spaces between the cells. */
const lines = (given: ReportSources): string[] => {
  const rows = reportRows(given);
  return stripVTControlCharacters(renderReport(rows, reportTotals(rows, given.lock)))
    .split('\n')
    .map((line) => line.trim().replace(/ {2,}/g, ' | '));
};

describe('the report on rules', () => {
  it('shows a row for each alert, the slowest of its drills, and the sums', () => {
    expect(lines(sources)).toEqual([
      'shop',
      'alert | severity | for | tests | runbook | mutants | can fire | quiet | false alarms | drilled | messages',
      'ShopDown | critical | 20s | yes, 2 | yes | 2/2 | yes | yes | 0 | 24 s / 31 s | 2',
      'NoOrders | warning | – | no, 1 | no | 0/1 | no | no | 2 | – | –',
      '',
      '2 alerts',
      'tested | 1 of 2 (50 %), 3 cases',
      'with a runbook | 1 of 2 (50 %)',
      'mutants noticed | 3 of 4 (75 %)',
      'can fire | 1 of 2 (50 %)',
      'quiet | 1 of 2 (50 %)',
      'false alarms | 2 in the ordinary week',
      'drilled | 1 of 2 (50 %)',
      'critical drilled | 1 of 1 (100 %), 1 in time',
    ]);
  });

  it('shows what was never proven', () => {
    const shown = lines({ ...sources, lock: {}, alarms: undefined });
    expect(shown.slice(2, 4)).toEqual([
      'ShopDown | critical | 20s | yes, 2 | yes | – | – | – | – | no | –',
      'NoOrders | warning | – | no, 1 | no | – | – | – | – | – | –',
    ]);
    expect(shown).toContain('false alarms | unknown: npm test -- test/tools/week.test.ts');
  });

  it('shows the most messages of one fault, and counts an emergency among what must be drilled', () => {
    const rules = alertRules(PATH, RULES.replace('severity: critical', 'severity: emergency'));
    const faults = { stopped: { messages: 2 }, killed: { messages: 5, missed: '5 messages instead of 2' } };
    const shown = lines({ ...sources, rules, lock: { ShopDown: { drills: { digest: '', faults } } } });
    expect(shown[2]).toMatch(/^ShopDown \| emergency .* \| no times, late \| 5$/);
    expect(shown.at(-1)).toBe('critical drilled | 1 of 1 (100 %), 0 in time');
    expect(lines({ ...sources, rules, lock: {} })[2]).toMatch(/\| no \| –$/);
  });

  it('marks what has changed since it was proven', () => {
    const open = (['mutants', 'fleet', 'drills'] as const).map((proof) => ({ alert: 'ShopDown', proof, why: 'changed' as const }));
    expect(lines({ ...sources, open })[2]).toMatch(/2\/2, changed \| yes, changed \| yes \| 0 \| 24 s \/ 31 s, changed \| 2$/);
  });

  it('marks what was taken over from an earlier run', () => {
    const fleet = { digest: '', canFire: true, quiet: true, earlier: true as const };
    expect(lines({ ...sources, lock: { ShopDown: { fleet } } })[2]).toContain('| yes, earlier | yes |');
  });

  it('counts the alerts that are made of SLOs among those of the applications', () => {
    const slo: ReportSources = {
      ...sources,
      rules: sloAlerts(),
      cases: ['Fast', 'Slow'].flatMap((speed) =>
        ruleTests('x.test.yml', CASES.replaceAll('ShopDown', `SLOBurnRate${speed}`)).cases.filter(({ alert }) => alert !== 'NoOrders'),
      ),
      pages: ['runbooks/apps/SLOBurnRateFast.md'],
      lock: { SLOBurnRateFast: { drills: { digest: '', faults: { errors: { firing: 50, received: 60, resolved: 9 } } } } },
    };
    expect(lines(slo).slice(0, 4)).toEqual([
      'apps',
      'alert | severity | for | tests | runbook | mutants | can fire | quiet | false alarms | drilled | messages',
      'SLOBurnRateFast | critical | – | yes, 2 | yes | – | yes | – | – | 50 s / 60 s | –',
      'SLOBurnRateSlow | warning | – | yes, 2 | no | – | – | – | – | – | –',
    ]);
    expect(lines({ ...slo, cases: [] })[2]).toContain('| no, 0 |');
  });

  it('shows a drill that took longer than promised', () => {
    const faults = { stopped: { firing: 70, received: 80, missed: 'firing after more than 60 s' } };
    const shown = lines({ ...sources, lock: { ShopDown: { drills: { digest: '', faults } } } });
    expect(shown[2]).toMatch(/70 s \/ 80 s, late \| –$/);
    expect(shown.at(-1)).toBe('critical drilled | 1 of 1 (100 %), 0 in time');
  });
});
