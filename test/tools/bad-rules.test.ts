import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from '../../scripts/base/files.ts';
import { E2eStack } from '../support/e2e-stack.ts';

const PROJECT = 'pharos-badrules';
const FILE = 'prometheus/rules/shop.yml';
const noEngine = process.env['PHAROS_NO_ENGINE'];
let stack: E2eStack;

const RULE = `groups:
  - name: shop
    rules:
      - alert: ShopClosed
        expr: up{job="apps", service="shop"} == 0
        for: 1m
        labels:
          severity: warning
          category: application
        annotations:
          summary: The shop is closed
          description: '{{ $labels.instance }} does not answer.'
          impact: Nobody buys anything.
`;
const PAGE = '# ShopClosed\n\n## Meaning\na\n## Impact\nb\n## Diagnosis\nc\n## Mitigation\nd\n## Prevention\ne\n';
const annotations = 'exp_annotations: { summary: The shop is closed, description: b does not answer., impact: Nobody buys anything. }';
const labels = 'exp_labels: { job: apps, service: shop, instance: b, severity: warning, category: application }';
const TEST = `rule_files: [../../${FILE}]
tests:
  - name: ShopClosed fires after a minute
    interval: 15s
    input_series: [{ series: 'up{job="apps", service="shop", instance="b"}', values: '0x20' }]
    alert_rule_test:
      - { eval_time: 45s, alertname: ShopClosed, exp_alerts: [] }
      - { eval_time: 2m, alertname: ShopClosed, exp_alerts: [{ ${labels}, ${annotations} }] }
`;

const TABLE = `import { ruleTable } from '../../scripts/rules/table.ts';
export default ruleTable({
  category: 'application',
  labels: { job: 'apps', service: 'shop', instance: 'b' },
  alerts: [
    { alert: 'ShopClosed', severity: 'warning', series: { up: '1x3 0' }, from: '2m', silent: { 'in another shop': 'service="inn"' } },
  ],
});
`;

beforeEach((context) => {
  if (noEngine !== undefined) context.skip(noEngine);
});
beforeAll(async () => {
  if (noEngine === undefined) stack = await E2eStack.create(PROJECT);
});
afterEach(() => {
  if (noEngine !== undefined) return;
  for (const path of [FILE, 'runbooks/shop', 'test/rules/shop.test.yml', 'test/rules/shop.ts'])
    rmSync(stack.path(path), { recursive: true, force: true });
});
afterAll(async () => {
  if (noEngine === undefined) await stack.destroy();
});

/** What `npm run validate` says about a rule of the user's own, with its test and its runbook. */
async function validate(
  rule: string,
  { test = TEST, page = PAGE } = {},
): Promise<{ readonly code: number; readonly said: readonly string[] }> {
  stack.write(FILE, rule);
  if (page !== '') stack.write('runbooks/shop/ShopClosed.md', page);
  if (test !== '') stack.write('test/rules/shop.test.yml', test);
  const { code, stderr } = await stack.run('validate');
  return { code, said: stderr.split('\n').filter((line) => line.includes('shop.') || line.includes('ShopClosed')) };
}

describe('a rule of the user’s own', () => {
  it('is taken without a word where nothing is wrong with it', async () => {
    expect(await validate(RULE)).toEqual({ code: 0, said: [] });
  });

  it('is taken with a table of tests as well', async () => {
    stack.write('test/rules/shop.ts', TABLE);
    expect(await validate(RULE, { test: '' })).toEqual({ code: 0, said: [] });
  });

  it.each<readonly [string, string, string, number, string]>([
    [
      'a table that the rule does not fulfil',
      RULE.replace('for: 1m', 'for: 2m'),
      TABLE,
      1,
      'test/rules/shop.ts:6: promtool test rules: ShopClosed fires',
    ],
    ['a table that is no TypeScript', RULE, TABLE.replace('alerts: [', 'alerts: (['), 2, 'test/rules/shop.ts: does not load: '],
    [
      'a table of another alert',
      RULE,
      TABLE.replace("'ShopClosed'", "'ShopClosd'"),
      2,
      'test/rules/shop.ts: ShopClosd is no alert of prometheus/rules/shop.yml',
    ],
    ['a file that exports nothing', RULE, 'export {};', 2, 'test/rules/shop.ts: does not load: it has no "export default ruleTable('],
  ])('is refused with its place for %s', async (_, rule, table, expected, says) => {
    stack.write('test/rules/shop.ts', table);
    const { code, said } = await validate(rule, { test: '' });
    expect(said.join('\n')).toContain(says);
    expect(code).toBe(expected);
  });

  it('is refused with the line of a test of its own that it does not fulfil', async () => {
    const { code, said } = await validate(RULE.replace('for: 1m', 'for: 10m'));
    expect(said.join('\n')).toContain('test/rules/shop.test.yml:3: promtool test rules: ShopClosed fires after a minute');
    expect(code).toBe(1);
  });

  it.each([
    ['an expression that is not PromQL', RULE.replace('== 0', '== == 0'), 1, [`${FILE}:5: promtool check config: `, 'parse error']],
    ['indentation that is not YAML', RULE.replace('        for', '       for'), 2, [`${FILE}:`, 'YAML']],
    [
      'an alert twice',
      RULE + RULE.slice(RULE.indexOf('      - alert')),
      2,
      ['ShopClosed is already defined at prometheus/rules/shop.yml:4'],
    ],
    [
      'a name that a module has',
      RULE.replace('ShopClosed', 'ServerDown'),
      2,
      ['ServerDown is already defined at prometheus/rules/node.yml:'],
    ],
    ['no severity', RULE.replace('          severity: warning\n', ''), 2, ['ShopClosed has no label severity']],
    [
      'a severity that no route knows',
      RULE.replace('severity: warning', 'severity: page'),
      2,
      ['has severity "page", which no route knows'],
    ],
    ['no category', RULE.replace('          category: application\n', ''), 2, ['ShopClosed has no label category']],
  ])('is refused with its place for %s', async (_, rule, code, says) => {
    const answer = await validate(rule);
    expect(answer.code, answer.said.join('\n')).toBe(code);
    for (const text of says) expect(answer.said.join('\n')).toContain(text);
  });

  it('is refused where its file has a name that Prometheus does not load', async () => {
    stack.write('prometheus/rules/shop.yaml', RULE);
    const { code, stderr } = await stack.run('validate');
    rmSync(stack.path('prometheus/rules/shop.yaml'));
    expect(code, stderr).toBe(2);
    expect(stderr).toContain('✗ prometheus/rules/shop.yaml: is not loaded');
    expect(stderr).toContain('mv prometheus/rules/shop.yaml prometheus/rules/shop.yml');
  });

  it.each([
    ['without a runbook', { page: '' }, 'ShopClosed has no runbook'],
    ['without a test', { test: '' }, 'no test expects ShopClosed to fire'],
    ['with a test in which it never stays silent', { test: TEST.replace(/.*45s.*\n/, '') }, 'no test expects ShopClosed to stay silent'],
  ])('is refused with its place %s', async (_, files, says) => {
    const { code, said } = await validate(RULE, files);
    expect(code).toBe(2);
    expect(said.join('\n')).toContain(`${FILE}:4: ${says}`);
  });
});

describe('alertmanager.yml', () => {
  const path = 'alertmanager/alertmanager.yml';
  const whole = readFileSync(join(ROOT, path), 'utf8');
  const lineOf = (text: string): number => whole.slice(0, whole.indexOf(text)).split('\n').length;

  afterEach(() => {
    if (noEngine === undefined) stack.write(path, whole);
  });

  it.each([
    // Left out at render while nobody is told of security alerts: found all the same, before the channel is set up.
    ['a wrong time in a route that leads nowhere yet', 'group_wait: 20s', 'group_wait: soon', 'not a valid duration string: "soon"', path],
    ['a field that does not exist', '  routes:', '  routs:', 'field routs not found', `${path}:${lineOf('  routes:')}`],
  ])('is refused with %s, once', async (_, right, wrong, says, place) => {
    stack.write(path, whole.replace(right, wrong));
    const { code, stderr } = await stack.run('validate');
    expect(code, stderr).toBe(1);
    expect(stderr).toContain(`✗ ${place}: amtool check-config: `);
    expect(stderr.split(says)).toHaveLength(2);
  });

  it.each([
    [
      'a receiver that does not exist',
      'receiver: warning-team',
      'receiver: nobody',
      `${path}:${lineOf('receiver: warning-team')}: a route leads to the receiver "nobody", which is not there`,
    ],
    ['no receivers', /^receivers:[\s\S]*?(?=^inhibit_rules:)/m, '', `${path}: has no receivers`],
    ['nothing in it', /[\s\S]*/, '', `${path}: is empty`],
    ['a bare word', /[\s\S]*/, 'nonsense\n', `${path}:1: is a single value instead of a configuration`],
    ['no route', /^route:[\s\S]*?(?=^receivers:)/m, '', `${path}: has no route`],
  ])('is refused with %s', async (_, right, wrong, says) => {
    stack.write(path, whole.replace(right, wrong));
    const { code, stderr } = await stack.run('validate');
    expect(code, stderr).toBe(1);
    expect(stderr).toContain(`✗ ${says}`);
    expect(stderr).not.toMatch(/This is a bug|\n {4}at /);
  });

  it('needs no global', async () => {
    // Email alone asks for some of it.
    stack.write(
      path,
      'route: { receiver: history }\nreceivers:\n  - name: history\n    webhook_configs: [{ url: http://history:9095/api/v1/webhook }]\n',
    );
    const { code, stderr } = await stack.run('validate');
    expect(code, stderr).toBe(0);
  });
});
