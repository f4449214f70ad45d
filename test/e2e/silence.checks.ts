import { rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { ShownSilence } from '../../scripts/silence/show.ts';
import type { StackStatus } from '../../scripts/doctor/stack-status.ts';
import { eventually, type E2eStack } from '../support/e2e-stack.ts';

const RULES = 'prometheus/rules/custom.yml';
const TESTS = 'test/rules/custom.test.yml';
/** One that fires from the first evaluation on, and one that stays pending. */
const ALERTS = [
  ['AlwaysOn', '0s'],
  ['NotYet', '1h'],
] as const;
const rules = {
  groups: [
    {
      name: 'custom',
      interval: '5s',
      rules: ALERTS.map(([alert, hold]) => ({
        ...{ alert, expr: 'up{job="prometheus"} == 1', for: hold, labels: { severity: 'critical', category: 'stack' } },
        annotations: { summary: 'always', description: 'always', impact: 'none', runbook_url: 'http://127.0.0.1/runbook' },
      })),
    },
  ],
};
/** Without a test that it fires and one that it does not, an alert is refused. */
const tests = {
  rule_files: [`../../${RULES}`],
  tests: ALERTS.map(([alertname]) => ({
    name: `${alertname} fires in time`,
    input_series: [{ series: 'up{job="prometheus"}', values: '0x4 1x100' }],
    alert_rule_test: [
      { eval_time: '1m', alertname },
      {
        eval_time: '90m',
        alertname,
        exp_alerts: [
          {
            exp_labels: { job: 'prometheus', severity: 'critical', category: 'stack' },
            exp_annotations: rules.groups[0]?.rules[0]?.annotations,
          },
        ],
      },
    ],
  })),
};

/** Silences, maintenance windows, the clock of pending alerts, and a backtest, in a running stack. */
export function silenceChecks(stack: () => E2eStack): void {
  const silenced = async (): Promise<readonly ShownSilence[]> =>
    JSON.parse((await stack().run('silence', '--json')).stdout) as readonly ShownSilence[];
  const status = async (): Promise<StackStatus> => JSON.parse((await stack().run('status', '--json')).stdout) as StackStatus;

  describe('what is quiet on purpose', () => {
    it('a change of rules offers a backtest, which knows them before they have fired', async () => {
      stack().write(RULES, stringify(rules, { aliasDuplicateObjects: false }));
      stack().write(TESTS, stringify(tests, { aliasDuplicateObjects: false }));
      const { code, stdout, stderr } = await stack().run('reload');
      expect(code, stderr).toBe(0);
      expect(stdout).toContain('Rules changed. See when they would have paged: npm run backtest -- --days 14 AlwaysOn NotYet');
      const backtest = await stack().run('backtest', '--days', '0.01', 'AlwaysOn', 'NotYet');
      expect(backtest.stdout).toMatch(/critical {2}AlwaysOn: would have fired /);
      expect(backtest).toMatchObject({ code: 0, stdout: expect.stringContaining('A person would have been woken once') });
      expect(await stack().run('backtest', 'AlwaysOff')).toMatchObject({ code: 2, stderr: expect.stringContaining('AlwaysOn') });
    });

    it('status shows how long a pending alert has left', async () => {
      await eventually('both alerts are known', 60, async () => (await status()).pending.some(({ alertname }) => alertname === 'NotYet'));
      const { firing, pending } = await status();
      expect(firing.map(({ alertname }) => alertname)).toContain('AlwaysOn');
      const left = pending.find(({ alertname }) => alertname === 'NotYet')?.firesIn ?? 0;
      expect(left).toBeGreaterThan(1800);
      expect(left).toBeLessThan(3600);
      expect((await stack().run('status')).stdout).toMatch(/NotYet {2}always {2}pending, pages in \d+ min/);
      expect(await (await fetch(stack().url('HISTORY_PORT', '/'))).text()).toMatch(
        /pending<[^]*?NotYet on prometheus <span>always<[^]*?fires in \d+ min/,
      );
    });

    it('a silence by name mutes its alert, is listed with its reason, and is ended by name', async () => {
      await eventually('Alertmanager has the alert', 60, async () => {
        const held = await stack().json<readonly { labels: Record<string, string> }[]>('ALERTMANAGER_PORT', '/api/v2/alerts');
        return held.some(({ labels }) => labels['alertname'] === 'AlwaysOn');
      });
      const made = await stack().run('silence', 'AlwaysOn', '--for', '30m', '--reason', 'upgrade of the shop');
      expect(made).toMatchObject({ code: 0, stdout: expect.stringContaining('mutes 1 alert right now') });
      expect(await silenced()).toMatchObject([{ what: 'alertname="AlwaysOn"', reason: 'upgrade of the shop', mutes: 1 }]);
      expect((await status()).silences).toMatchObject([{ what: 'alertname="AlwaysOn"', state: 'active' }]);
      expect(await stack().run('silence', '--end', 'AlwaysOn')).toMatchObject({ code: 0 });
      expect(await silenced()).toEqual([]);
    });

    it('names that no one knows, no reason and too long a time are refused, and nothing is silenced', async () => {
      const { code, stderr } = await stack().run('silence', 'AlwaysOm', '--for', '30m', '--reason', 'x');
      expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('Did you mean AlwaysOn') });
      expect(await stack().run('silence', 'AlwaysOn', '--for', '8d')).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(/more than 7 days[^]*--reason is missing/),
      });
      expect(await silenced()).toEqual([]);
    });

    it('a maintenance window is put into force by reload and shown by status; a wrong one is refused with its line', async () => {
      const before = stack().read('alertmanager/windows.yml');
      const window = (zone: string): string =>
        `windows:\n  - name: upkeep\n    server: db1\n    time_intervals:\n      - years: ['2000:2999']\n        location: ${zone}\n`;
      stack().write('alertmanager/windows.yml', window('Europe/Berln'));
      const { code, stderr } = await stack().run('reload');
      expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('alertmanager/windows.yml:6: "Europe/Berln"') });
      stack().write('alertmanager/windows.yml', window('Europe/Berlin'));
      expect(await stack().run('reload')).toMatchObject({ code: 0 });
      expect((await status()).windows).toMatchObject([{ name: 'upkeep', what: 'server="db1"', state: 'active' }]);
      const { config } = await stack().json<{ config: { original: string } }>('ALERTMANAGER_PORT', '/api/v2/status');
      expect(config.original).toContain('window upkeep');
      stack().write('alertmanager/windows.yml', before);
    });

    it('is over when it is taken away', async () => {
      for (const path of [RULES, TESTS]) rmSync(stack().path(path));
      expect(await stack().run('reload')).toMatchObject({ code: 0 });
      expect(await status()).toMatchObject({ windows: [], silences: [] });
    });
  });
}
