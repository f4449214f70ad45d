import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { eventually, sh, type E2eStack } from '../support/e2e-stack.ts';
import { panelsOf, type Panel } from '../support/panels.ts';

/** Panels that are empty where all is well, and those of what the example does not have. Those of the module security are about the host. */
const EMPTY: Readonly<Record<string, string>> = {
  'overview: Alerts': 'nothing fires',
  'overview: Certificates': 'the example has no https',
  'vector: Columns without an index': 'every column has one',
  'vector: Builds': 'no index is being built',
  'vector: Invalid indexes': 'every index is valid',
};

/** Boards that the example fills. The others are about the host, or about servers that it does not have. */
const BOARDS: readonly string[] = ['overview', 'applications', 'stack', 'vector'];

/** `npm run demo` beside a running stack. */
export function demoChecks(stack: () => E2eStack): void {
  const demo = (): string => `${stack().project}-demo`;
  let address: string;

  const isTrue = async (expr: string): Promise<void> => {
    await eventually(expr, 120, async () => (await stack().value(expr)) !== undefined).catch(async (failure: unknown) => {
      const { stdout, stderr } = await sh(['docker', 'logs', '--tail', '20', `${demo()}-demo-load-1`]);
      const targets = (await stack().prometheus.targets()).filter(({ pool }) => pool === 'apps');
      const metrics = await fetch(`${address}/metrics`).then(async (page) => page.text(), String);
      const lines = metrics.split('\n').filter((line) => /^(http_request_duration_seconds_count|payment_callbacks_total)/.test(line));
      throw new Error([String(failure), JSON.stringify(targets), ...lines, stdout, stderr].join('\n'));
    });
  };

  /** Whether every curve of a panel has a number in it now. */
  async function shows({ exprs }: Panel): Promise<boolean> {
    const values = await Promise.all(exprs.map(async (expr) => stack().value(expr)));
    return values.every((found) => Number.isFinite(found));
  }

  const misbehave = async (fault: string, amount: number): Promise<number> => {
    const body = JSON.stringify({ value: amount });
    const headers = { 'content-type': 'application/json' };
    return (await fetch(`${address}/misbehave/${fault}`, { method: 'POST', body, headers })).status;
  };

  describe('npm run demo', () => {
    it('starts the example, and the running stack watches it without a change of its own', async () => {
      const before = await stack().fingerprint();
      const { code, stdout, stderr } = await stack().run('demo', '--yes');
      expect(code, stdout + stderr).toBe(0);
      address = /answers at (\S+)/.exec(stdout)?.[1] ?? '';
      expect(await stack().fingerprint()).toBe(before);
      for (const expr of [
        'up{job="apps",instance="demo-backend"} == 1',
        'sum(rate(http_request_duration_seconds_count{service="demo",route="/products/:id"}[1m])) > 0',
        'health_check_up{dependency="db"} == 1',
        'queue_jobs_completed_total{queue="parsing"} > 0',
        'sum(payment_callbacks_total{result="succeeded"}) > 0',
        'probe_success{service="demo"} == 1',
      ])
        await isTrue(expr);
    });

    it('fills every panel, for every choice of its variables', async () => {
      const panels = (await panelsOf(stack(), BOARDS)).filter(({ source }) => source === 'prometheus');
      expect(new Set(panels.map(({ board }) => board))).toEqual(new Set(BOARDS));
      let empty: readonly string[] = ['not asked yet'];
      await eventually('panels', 120, async () => {
        const answers = await Promise.all(panels.map(async (panel) => [panel.name, await shows(panel)] as const));
        empty = answers.filter(([name, shown]) => !shown && EMPTY[name] === undefined).map(([name]) => name);
        return empty.length === 0;
      }).catch(() => expect(empty).toEqual([]));
      expect(Object.keys(EMPTY).filter((name) => !panels.some((panel) => panel.name === name))).toEqual([]);
    });

    it('leaves `up` and `status` able to count its targets, also where Prometheus is made anew', async () => {
      stack().set({ PROMETHEUS_RETENTION_TIME: '7d' });
      const up = await stack().run('up', '--yes');
      expect(up.code, up.stdout + up.stderr).toBe(0);
      const status = await stack().run('status');
      expect(status.code, status.stdout + status.stderr).toBe(0);
      expect(status.stdout).toMatch(/apps 1\/1.*postgres 1\/1.*redis 1\/1.*vector 1\/1/);
      expect((await stack().run('detect')).stdout).not.toContain(demo());
    });

    it('does nothing twice', async () => {
      const { code, stdout, stderr } = await stack().run('demo');
      expect(code, stdout + stderr).toBe(0);
      expect(stdout).toContain(address);
    });

    it('misbehaves on request: errors, a queue that stands still, callbacks that fail, and recovers', async () => {
      expect(await misbehave('nothing', 1)).toBe(404);
      expect(await misbehave('errors', 2)).toBe(400);
      for (const fault of ['errors', 'payment-callback', 'stuck-queue']) expect(await misbehave(fault, 1), fault).toBe(200);
      await isTrue('sum(http_request_duration_seconds_count{status_code="500"}) > 5');
      await misbehave('errors', 0);
      for (const expr of ['sum(payment_callbacks_total{result="failed"}) > 0', 'sum(queue_jobs{service="demo",state="waiting"}) > 0'])
        await isTrue(expr);
      expect((await fetch(`${address}/misbehave`, { method: 'DELETE' })).status).toBe(200);
      await isTrue('sum(queue_jobs{service="demo",state="waiting"}) == 0');
    });

    it('writes its log as JSON with words for levels, and no password in it', async () => {
      const { stdout } = await sh(['docker', 'compose', '-p', demo(), 'logs', '--no-log-prefix', 'demo-backend'], { cwd: '/' });
      const lines = stdout.split('\n').filter((line) => line !== '');
      expect(lines.length).toBeGreaterThan(20);
      expect(new Set(lines.map((line) => (JSON.parse(line) as { level: string }).level))).toEqual(new Set(['info', 'warn', 'error']));
      expect(stdout).not.toContain(stack().read('.demo/postgres_password'));
    });

    it('shows the errors among the logs, where Loki runs', async (context) => {
      if (!(await stack().services()).includes('loki')) context.skip('the image of Loki is not available here');
      const panels = (await panelsOf(stack(), BOARDS)).filter(({ source }) => source === 'loki');
      expect(panels.length).toBeGreaterThan(0);
      for (const { name, exprs } of panels)
        for (const expr of exprs) await eventually(name, 60, async () => (await logsOf(expr)).includes(`${demo()}-demo-backend-1`));
    });

    it('removes all of it, and the stack runs on as it was', async () => {
      const before = await stack().fingerprint();
      const { code, stdout, stderr } = await stack().run('demo', '--stop');
      expect(code, stdout + stderr).toBe(0);
      const left = await sh(['docker', 'ps', '-aq', '--filter', `label=com.docker.compose.project=${demo()}`]);
      const networks = await sh(['docker', 'network', 'ls', '-q', '--filter', `name=${demo()}`]);
      expect(left.stdout + networks.stdout).toBe('');
      for (const path of ['.demo', 'prometheus/targets/apps/demo.yml', 'prometheus/targets/blackbox/demo.yml'])
        expect(existsSync(stack().path(path)), path).toBe(false);
      expect(await stack().fingerprint()).toBe(before);
      // Series of a target that is gone stay for half a minute; the target does not.
      const targets = async (): Promise<string> => JSON.stringify(await stack().prometheus.targets());
      await eventually('it is no target any more', 60, async () => !/demo-(backend|\w+-exporter):/.test(await targets()));
      expect((await stack().run('status')).code).toBe(0);
    });
  });

  /** The containers whose lines a panel shows. Beside other projects there may be more lines than it shows: those of the example are asked for. */
  async function logsOf(expr: string): Promise<readonly string[]> {
    const own = expr.replace('{', `{compose_project="${demo()}",`);
    const path = `/loki/api/v1/query_range?limit=100&query=${encodeURIComponent(own)}`;
    const answer = await stack().json<{ data: { result: { stream: { container: string } }[] } }>('LOKI_PORT', path);
    return answer.data.result.map(({ stream: { container } }) => container);
  }
}
