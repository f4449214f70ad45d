import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KILLED_AT_LEAST, type Verdict } from '../dev/mutation/score.ts';
import { ROOT } from '../../scripts/base/files.ts';
import { E2eStack, sh, type Ended } from '../support/e2e-stack.ts';

const PROJECT = 'pharos-mutants';
const RULES = 'prometheus/rules/pushgateway.yml';
const noEngine = process.env['PHAROS_NO_ENGINE'];
let stack: E2eStack;

interface Answer {
  readonly killed: number;
  readonly total: number;
  readonly percent: number;
  readonly survivors: readonly Verdict[];
}

beforeEach((context) => {
  if (noEngine !== undefined) context.skip(noEngine);
});
beforeAll(async () => {
  if (noEngine === undefined) stack = await E2eStack.create(PROJECT);
});
afterAll(async () => {
  if (noEngine === undefined) await stack.destroy();
});

const answer = ({ stdout }: Ended): Answer => JSON.parse(stdout) as Answer;

describe('the rules of this checkout', () => {
  it(`that differ from the proof lock have tests that notice at least ${KILLED_AT_LEAST} % of all changes`, async () => {
    // In the checkout itself, where outcomes are kept.
    const ended = await sh([process.execPath, `${ROOT}/scripts/start.mjs`, 'rules-mutate', '--changed', '--json'], {
      cwd: ROOT,
      env: { NO_COLOR: '1' },
    });
    expect(ended.stderr).not.toContain('✗');
    const { percent, survivors } = answer(ended);
    expect(percent, survivors.map(({ name, mutation }) => `${name}: ${mutation}`).join('\n')).toBeGreaterThanOrEqual(KILLED_AT_LEAST);
  });
});

describe('rules:mutate', () => {
  const mutate = async (...args: readonly string[]): Promise<Ended> => stack.run('rules-mutate', ...args);

  it('finds nothing to say about a module whose tests are good', async () => {
    const { code, stdout, stderr } = await mutate('pushgateway');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^(\d+) of \1 mutants died \(100 %\), 0 survived\.$/m);
    expect(stderr).toMatch(/rules mutated .*\d+ trials/);
  });

  it('does not try again what it knows', async () => {
    expect((await mutate('pushgateway')).stderr).toMatch(/rules mutated .*nothing changed/);
  });

  it('lists every kind of change that weak tests let pass, and fails', async () => {
    // Late enough for every hold time, and nothing else about the alert: all that is left is that it fires.
    const weak = `rule_files: [../../${RULES}]\ntests:\n  - name: weak\n    interval: 5s\n    input_series: [{ series: 'up{job="pushgateway"}', values: 0x200 }]\n    alert_rule_test: [{ eval_time: 15m, alertname: PushgatewayDown, exp_alerts: [{ exp_labels: { job: pushgateway, severity: warning, category: infrastructure }, exp_annotations: ANNOTATIONS }] }]\n`;
    const annotations = /summary: (.*)\n *description: (.*)\n *impact: (.*)\n/.exec(stack.read(RULES)) ?? [];
    const [, summary, description, impact] = annotations;
    const table = stack.read('test/rules/pushgateway.ts');
    stack.write('test/rules/pushgateway.ts', table.replace(/^ {4}\{\n *alert: 'PushgatewayDown'[^]*?^ {4}\},\n/m, ''));
    stack.write('test/rules/pushgateway.test.yml', weak.replace('ANNOTATIONS', JSON.stringify({ summary, description, impact })));
    const ended = await mutate('pushgateway', '--json');
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain(`% of the mutants die, ${KILLED_AT_LEAST} % must`);
    const { survivors, percent } = answer(ended);
    expect(percent).toBeLessThan(KILLED_AT_LEAST);
    expect(survivors.map(({ path, name, mutation }) => `${path} ${name} ${mutation}`)).toEqual([
      `${RULES} PushgatewayDown up: without job="pushgateway"`,
      `${RULES} PushgatewayDown for: 2m: tripled to 6m`,
      `${RULES} PushgatewayDown for: 2m: removed`,
    ]);
  });

  it('proves nothing with tests that fail anyway', async () => {
    stack.write(RULES, stack.read(RULES).replace('up{job="pushgateway"} == 0', 'up{job="pushgateway"} == 1'));
    const { code, stderr } = await mutate('pushgateway');
    expect(code).toBe(1);
    expect(stderr).toContain(`${RULES}: PushgatewayDown fails its tests unchanged`);
  });

  it('says where a rule cannot be read', async () => {
    stack.write(RULES, stack.read(RULES).replace('up{job="pushgateway"} == 1', 'up{job="pushgateway"} == == 1'));
    const { code, stderr } = await mutate('pushgateway');
    expect(code).toBe(1);
    expect(stderr).toMatch(new RegExp(`${RULES}:\\d+: the expression of PushgatewayDown is not PromQL from the mark on: .*== ⏵== 1`));
    expect(stderr).not.toContain('bug');
  });

  it('knows its modules', async () => {
    const { code, stderr } = await mutate('pushgatway');
    expect(code).toBe(2);
    expect(stderr).toContain('Did you mean pushgateway?');
  });
});
