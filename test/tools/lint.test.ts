import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Docker from 'dockerode';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { exec } from '../../scripts/base/exec.ts';
import { ROOT } from '../../scripts/base/files.ts';
import type { Problem } from '../../scripts/base/problem.ts';
import { lint } from '../../scripts/up/lint-io.ts';
import { lintPlan, ruleTestPlan } from '../../scripts/up/lint-plan.ts';
import type { LintRun } from '../../scripts/modules/parts.ts';
import { describeWithEngine } from '../support/engine.ts';
import { serviceImage } from '../support/images.ts';

const ALERTMANAGER = 'alertmanager/alertmanager.yml';
const RULE = 'groups:\n  - name: shop\n    rules:\n      - alert: ShopClosed\n        expr: up == 0\n';
const whole = readFileSync(join(ROOT, ALERTMANAGER), 'utf8');
const lineOf = (text: string): number => whole.slice(0, whole.indexOf(text)).split('\n').length;
let images: ReadonlyMap<string, string>;
let folder: string;

beforeAll(async () => {
  const docker = new Docker();
  images = new Map([
    ['prometheus', await serviceImage(docker, 'prometheus')],
    ['alertmanager', await serviceImage(docker, 'alertmanager')],
  ]);
  folder = mkdtempSync(join(tmpdir(), 'pharos-lint-'));
  // The tool in the container is another user.
  chmodSync(folder, 0o755);
  put('prometheus/prometheus.yml', 'rule_files: [rules/*.yml]\nscrape_config_files: [scrape/*.yml]\n');
  put('targets/none', '');
  put('prometheus/targets/.mountpoint', '');
});
afterAll(() => rmSync(folder, { recursive: true }));

function put(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

const run = async (plan: LintRun | undefined): Promise<readonly Problem[]> => {
  if (plan === undefined) throw new Error('there is no such run');
  return lint(exec, plan, images.get(plan.service) ?? '');
};
const placed = (problems: readonly Problem[]): readonly string[] => problems.map(({ place, message }) => `${place}: ${message}`);

/** What the tool of a service finds in the files that `put` wrote. */
async function found(service: string): Promise<readonly string[]> {
  const paths = { staged: folder, targets: join(folder, 'targets'), alertmanager: join(folder, 'alertmanager') };
  return placed(await run(lintPlan(paths, new Set([service]))[0]));
}

describeWithEngine('promtool', () => {
  it('finds nothing wrong with a good rule', async () => {
    put('prometheus/rules/shop.yml', RULE);
    expect(await found('prometheus')).toEqual([]);
  });

  it('names the file and the line of an expression that is not PromQL, and the file of an unknown field', async () => {
    put('prometheus/rules/shop.yml', RULE.replace('== 0', '== == 0'));
    expect(await found('prometheus')).toEqual([
      expect.stringMatching(/^prometheus\/rules\/shop\.yml:5: promtool check config: .*parse error/),
    ]);
    put('prometheus/rules/shop.yml', RULE);
    put('prometheus/scrape/mine.yml', 'scrape_configs:\n  - job_nam: x\n');
    expect(await found('prometheus')).toEqual([expect.stringMatching(/^prometheus\/scrape\/mine\.yml:2: promtool .*job_nam/)]);
    rmSync(join(folder, 'prometheus/scrape'), { recursive: true });
  });

  it('names the rule test that fails', async () => {
    put('tests/prometheus/rules/shop.yml', RULE);
    const expected = '[{ eval_time: 1m, alertname: ShopClosed, exp_alerts: [{}] }]';
    put('tests/test/rules/shop.test.yml', `rule_files: [../../prometheus/rules/shop.yml]\ntests: [{ alert_rule_test: ${expected} }]\n`);
    const [problem] = placed(await run(ruleTestPlan(join(folder, 'tests'), ['test/rules/shop.test.yml'], 1)[0]));
    expect(problem).toMatch(/^test\/rules[^]*ShopClosed/);
  });
});

describeWithEngine('amtool', () => {
  it.each([
    // A route that is left out when it is rendered, while no channel is set up for it.
    ['a wrong time in a route', 'group_wait: 20s', 'group_wait: soon', 'not a valid duration string: "soon"', ALERTMANAGER],
    ['a field that does not exist', '  routes:', '  routs:', 'field routs not found', `${ALERTMANAGER}:${lineOf('  routes:')}`],
  ])('finds %s, in the file as it is checked in', async (_, right, wrong, message, place) => {
    put(ALERTMANAGER, whole.replace(right, wrong));
    const [problem, ...more] = await found('alertmanager');
    expect([problem, more]).toEqual([expect.stringContaining(message), []]);
    expect(problem).toContain(`${place}: amtool check-config: `);
  });

  it('needs no global, which email alone asks for', async () => {
    const receiver = '{ name: history, webhook_configs: [{ url: http://history:9095/api/v1/webhook }] }';
    put(ALERTMANAGER, `route: { receiver: history }\nreceivers: [${receiver}]\n`);
    expect(await found('alertmanager')).toEqual([]);
  });
});
