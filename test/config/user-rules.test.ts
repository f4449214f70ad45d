import { describe, expect, it } from 'vitest';
import { ROOT, readTree } from '../../scripts/base/files.ts';
import { parseYaml } from '../../scripts/base/tree.ts';
import { sourceProblems } from '../../scripts/rules/all.ts';

const FILE = 'prometheus/rules/shop.yml';
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
          impact: No one buys anything.
`;
const PAGE = '# ShopClosed\n\n## Meaning\na\n## Impact\nb\n## Diagnosis\nc\n## Mitigation\nd\n## Prevention\ne\n';
const TEST = `rule_files: [../../${FILE}]
tests:
  - name: ShopClosed fires after a minute
    alert_rule_test:
      - { eval_time: 45s, alertname: ShopClosed, exp_alerts: [] }
      - { eval_time: 2m, alertname: ShopClosed, exp_alerts: [{ exp_labels: { instance: b } }] }
`;
const shipped = [...(await readTree(ROOT, 'prometheus'))].filter(([path]) => /rules\/node\.yml$|scrape\//.test(path));

/** What is found wrong with a rule of the user's own beside those of the stack, with its test and its runbook. */
function problemsOf(rule: string, { test = TEST, page = PAGE } = {}): readonly string[] {
  const own: readonly (readonly [string, string])[] = [
    [FILE, rule],
    ['runbooks/shop/ShopClosed.md', page],
    ['test/rules/shop.test.yml', test],
  ];
  const problems = sourceProblems(new Map([...shipped, ...own.filter(([, text]) => text !== '')]));
  const lines = problems.map(({ severity, place, message }) => `${severity} ${place}: ${message}`);
  return lines.filter((line) => line.includes('shop.') || line.includes('ShopClosed'));
}

describe('a rule of the user’s own', () => {
  it('is accepted where nothing is wrong with it', () => {
    expect(problemsOf(RULE)).toEqual([]);
  });

  it.each([
    ['an alert twice', RULE + RULE.slice(RULE.indexOf('      - alert')), `error ${FILE}:14: ShopClosed is already defined at ${FILE}:4`],
    [
      'a name that a module has',
      RULE.replace('ShopClosed', 'ServerDown'),
      expect.stringMatching(`^error ${FILE}:4: ServerDown is already defined at prometheus/rules/node\\.yml:\\d+$`),
    ],
    ['no severity', RULE.replace('          severity: warning\n', ''), `error ${FILE}:4: ShopClosed has no label severity`],
    [
      'a severity that no route knows',
      RULE.replace('severity: warning', 'severity: page'),
      `error ${FILE}:4: ShopClosed has severity "page", which no route knows`,
    ],
    [
      'a severity in capitals',
      RULE.replace('severity: warning', 'severity: Critical'),
      `error ${FILE}:4: ShopClosed has severity "Critical", which no route knows`,
    ],
    ['no category', RULE.replace('          category: application\n', ''), `error ${FILE}:4: ShopClosed has no label category`],
    ['no expression', RULE.replace(/ *expr: .*\n/, ''), `error ${FILE}:4: ShopClosed has no expression`],
  ])('is refused with its place for %s', (_, rule, problem) => {
    expect(problemsOf(rule)).toContainEqual(problem);
  });

  it.each([
    ['a runbook', { page: '' }, 'ShopClosed has no runbook'],
    ['a test', { test: '' }, 'no test expects ShopClosed to fire'],
    ['a test in which it stays silent', { test: TEST.replace(/.*45s.*\n/, '') }, 'no test expects ShopClosed to stay silent'],
  ])('is refused with its place without %s', (_, files, problem) => {
    expect(problemsOf(RULE, files)).toContain(`error ${FILE}:4: ${problem}`);
  });

  it('is refused with its place where it is not YAML', () => {
    const { doc, problems } = parseYaml(FILE, RULE.replace('        for', '       for'));
    expect(doc).toBeUndefined();
    expect(problems[0]).toMatchObject({
      severity: 'error',
      place: expect.stringMatching(`^${FILE}:\\d+$`),
      message: expect.stringContaining('YAML'),
    });
  });
});
