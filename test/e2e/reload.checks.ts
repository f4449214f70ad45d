import { chmodSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { E2eStack } from '../support/e2e-stack.ts';

const CUSTOM = 'prometheus/rules/custom.yml';
const rule = (expr: string): string => `groups:\n  - name: custom\n    rules:\n      - record: custom:answer\n        expr: ${expr}\n`;

/** Changes of the configuration of a running stack, right and wrong ones. */
export function reloadChecks(stack: () => E2eStack): void {
  const ruleNames = async (): Promise<readonly string[]> => (await stack().prometheus.rules()).map(({ name }) => name);
  /** All that runs, and what it was configured with. */
  const running = async () => ({
    rules: await ruleNames(),
    containers: await stack().fingerprint(),
    config: stack().read('.effective/prometheus/prometheus.yml'),
  });

  describe('reload', () => {
    it('applies and proves new rules, including those of an SLO, without waiting for rarely evaluated ones', async () => {
      stack().write(CUSTOM, rule('vector(42)'));
      stack().write('prometheus/slo/demo.yml', 'service: demo\nslos:\n  - { indicator: availability, objective: 99.9 }\n');
      const seldom = rule('vector(1)').replace('custom\n', 'seldom\n    interval: 1h\n').replace('answer', 'seldom');
      stack().write('prometheus/rules/seldom.yml', seldom);
      expect(await stack().run('reload')).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('The running configuration is the one on disk.'),
      });
      const made = ['SLOBurnRateFast', 'service:slo_error_budget_left:ratio'];
      expect(await ruleNames()).toEqual(expect.arrayContaining(['custom:answer', 'custom:seldom', ...made]));
      for (const path of ['prometheus/slo/demo.yml', 'prometheus/rules/seldom.yml']) rmSync(stack().path(path));
    });

    it('refuses a broken rule with its file and line, and leaves what runs alone', async () => {
      const before = await running();
      stack().write(CUSTOM, rule('vector(42) +'));
      const { code, stderr } = await stack().run('reload');
      expect(code, stderr).toBe(1);
      expect(stderr).toMatch(/✗ prometheus\/rules\/custom\.yml:5: promtool[^]*parse error[^]*→ .*the running stack has not been touched/);
      expect(await running()).toEqual(before);
    });

    it('takes rules out of force that are gone', async () => {
      rmSync(stack().path(CUSTOM));
      expect((await stack().run('reload')).code).toBe(0);
      expect(await ruleNames()).not.toContain('custom:answer');
    });
  });

  describe('validate', () => {
    it('warns of a .env that others can read, and goes on', async () => {
      chmodSync(stack().path('.env'), 0o644);
      const { code, stderr } = await stack().run('validate');
      chmodSync(stack().path('.env'), 0o600);
      expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('chmod 600 .env') });
    });
  });

  describe('up refuses', () => {
    it('every mistake in .env at once, each with its line and the way out, and leaves what runs alone', async () => {
      const [before, env] = [await running(), stack().read('.env')];
      stack().set({ GRAFANA_PORT: 'x', BIND_ADDRESS: 'here', REDIS_INSTANCES: 'cache=redis://:s3cret@shop-cache:6379' });
      stack().write('.env', `${stack().read('.env')}GRAFANA_PROT=3\n`);
      const { code, stderr } = await stack().run('up', '--yes');
      stack().write('.env', env);
      expect(code, stderr).toBe(2);
      expect(stderr).toMatch(/\.env:\d+: GRAFANA_PROT is not a setting\n +→ Did you mean GRAFANA_PORT\?/);
      for (const line of [/✗ \.env:\d+: GRAFANA_PORT: "x" /, /✗ \.env:\d+: BIND_ADDRESS: "here" /, /✗ \.env:\d+: .*holds a password/])
        expect(stderr).toMatch(line);
      expect(stderr).not.toMatch(/s3cret|This is a bug|\n {4}at /);
      expect(await running()).toEqual(before);
    });

    it('every mistake elsewhere at once: a network, a secret, a target file, a route, a port that a program holds', async () => {
      const [before, env, alertmanager] = [await running(), stack().read('.env'), stack().read('alertmanager/alertmanager.yml')];
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as { port: number };
      stack().set({ APP_NETWORKS: 'shop_nowhere', HISTORY_PORT: String(port) });
      stack().write('secrets/webhook_url', '');
      stack().write('prometheus/targets/apps/bad.yml', 'targets: [x]\n');
      stack().write('alertmanager/alertmanager.yml', alertmanager.replace('receiver: critical-team', 'receiver: nobody'));
      const { code, stderr } = await stack().run('up', '--yes');
      server.close();
      stack().write('.env', env);
      stack().write('alertmanager/alertmanager.yml', alertmanager);
      for (const path of ['secrets/webhook_url', 'prometheus/targets/apps/bad.yml']) rmSync(stack().path(path));
      expect(code, stderr).toBe(2);
      for (const line of [
        /✗ \.env.*: .*"shop_nowhere", which does not exist/,
        /✗ secrets\/webhook_url: is empty/,
        /✗ prometheus\/targets\/apps\/bad\.yml: is not a list of target groups/,
        /✗ alertmanager\/alertmanager\.yml:\d+: a route leads to the receiver "nobody"/,
        new RegExp(`✗ port 127\\.0\\.0\\.1:${port}: .*used by .*\\(pid ${process.pid}\\)\n.*HISTORY_PORT`),
      ])
        expect(stderr).toMatch(line);
      expect(stderr).not.toMatch(/This is a bug|\n {4}at /);
      expect(await running()).toEqual(before);
    });
  });
}
