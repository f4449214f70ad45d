import { describe, expect, it } from 'vitest';
import type { Problem } from '../../../scripts/base/problem.ts';
import { sourceProblems } from '../../../scripts/rules/all.ts';
import { alertRules, jobNames, ruleShapeProblems, ruleTests, type AlertRule } from '../../../scripts/rules/files.ts';
import * as invariants from '../../../scripts/rules/invariants.ts';

const GOOD = `groups:
  - name: shop
    rules:
      - record: shop:orders:rate5m
        expr: rate(orders_total[5m])
      - alert: ShopDown
        expr: up{job="apps"} == 0
        labels: { severity: critical, category: application, notify_sms: 'true' }
        annotations: { summary: s, description: d, impact: i }
`;
const rulesOf = (text: string, path = 'prometheus/rules/shop.yml'): readonly AlertRule[] => alertRules(path, text);
const said = (problems: readonly Problem[]): string[] => problems.map(({ place, message }) => `${place} ${message}`);

describe('ruleShapeProblems', () => {
  const path = 'prometheus/rules/shop.yml';
  it.each([
    ['nothing', GOOD, []],
    ['an alert without its expression', GOOD.replace('        expr: up{job="apps"} == 0\n', ''), [`${path}:6 ShopDown has no expression`]],
    ['a metric without its expression', GOOD.replace('rate(orders_total[5m])', ''), [`${path}:4 shop:orders:rate5m has no expression`]],
    ['an alert without a name', GOOD.replace('ShopDown', ''), [`${path}:6 a rule has no name after alert:`]],
    ['an alert that is null', GOOD.replace('ShopDown', 'null'), [`${path}:6 a rule has no name after alert:`]],
    ['a rule of no kind', GOOD.replace('record: shop', 'recrd: shop'), [`${path}:4 a rule is neither an alert nor a recorded metric`]],
  ])('finds %s', (_, text, says) => {
    expect(said(ruleShapeProblems(path, text))).toEqual(says);
    const all = said(sourceProblems(new Map([[path, text]]))).filter((line) => line.startsWith(path));
    expect(all.slice(0, says.length)).toEqual(says);
    expect(all.join('\n')).not.toMatch(/undefined|null|: {2}|expects {2}to/);
  });
});

describe('ruleProblems', () => {
  it('finds nothing wrong with a good rule', () => {
    expect(invariants.ruleProblems(rulesOf(GOOD))).toEqual([]);
  });

  it('refuses a folder in which no file holds an alert', () => {
    expect(said(invariants.ruleProblems([]))).toEqual(['prometheus/rules no file here has an alert']);
  });

  it.each([
    ['severity: critical, ', '', 'ShopDown has no label severity'],
    ['severity: critical', 'severity: page', 'ShopDown has severity "page", which no route knows'],
    ['category: application', 'category: shop', 'ShopDown has category "shop", which no route knows'],
    ["notify_sms: 'true'", "notify_sms: 'yes'", 'ShopDown has notify_sms "yes", which does nothing'],
    ["notify_sms: 'true'", 'cluster: shop', 'ShopDown sets the label cluster, by which notifications are grouped'],
    ['summary: s, ', '', 'ShopDown has no summary'],
    ['description: d', "description: ' '", 'ShopDown has no description'],
    [', impact: i', '', 'ShopDown has no impact'],
  ])('sees %s replaced by "%s"', (from, to, message) => {
    expect(said(invariants.ruleProblems(rulesOf(GOOD.replace(from, to))))).toEqual([`prometheus/rules/shop.yml:6 ${message}`]);
  });

  it('takes a label from the metric as it comes', () => {
    expect(invariants.ruleProblems(rulesOf(GOOD.replace('severity: critical', "severity: '{{ $labels.severity }}'")))).toEqual([]);
  });

  it('sees the same alert in two files', () => {
    expect(said(invariants.ruleProblems([...rulesOf(GOOD), ...rulesOf(GOOD, 'prometheus/rules/own.yml')]))).toEqual([
      'prometheus/rules/own.yml:6 ShopDown is already defined at prometheus/rules/shop.yml:6',
    ]);
  });
});

describe('syntaxProblems', () => {
  const problems = (text: string): string[] => said(invariants.syntaxProblems('prometheus/rules/shop.yml', text));

  it('finds nothing wrong with a good file', () => {
    expect(problems(GOOD)).toEqual([]);
  });

  it('marks the place from which on an expression is not PromQL', () => {
    expect(problems(GOOD.replace('up{job="apps"} == 0', 'up{job="apps"} == == 0'))).toEqual([
      'prometheus/rules/shop.yml:6 the expression of ShopDown is not PromQL from the mark on: up{job="apps"} == ⏵== 0',
    ]);
  });

  it('sees an alert without an expression', () => {
    expect(problems(GOOD.replace('        expr: up{job="apps"} == 0\n', ''))).toEqual([
      'prometheus/rules/shop.yml:6 ShopDown has no expression',
    ]);
  });

  it('sees what is not YAML, with its line', () => {
    expect(problems(GOOD.replace('labels: {', 'labels: {{'))[0]).toMatch(/^prometheus\/rules\/shop\.yml:\d+ is not YAML: /);
  });
});

describe('unknownJobs', () => {
  it('sees a job that nothing scrapes, alone and in a list, and leaves patterns alone', () => {
    const rules = rulesOf(
      GOOD.replace('up{job="apps"} == 0', 'up{job="app"} == 0 or up{job=~"apps|api"} == 0 or up{job=~"a.*", job!="x"} == 0'),
    );
    expect(said(invariants.unknownJobs(rules, jobNames('scrape_configs: [{ job_name: apps }]')))).toEqual([
      'prometheus/rules/shop.yml:6 ShopDown selects job "app", which no scrape file has',
      'prometheus/rules/shop.yml:6 ShopDown selects job "api", which no scrape file has',
    ]);
  });
});

describe('runbooks', () => {
  const page = '# ShopDown\n\n## Meaning\na\n## Impact\nb\n## Diagnosis\nc\n## Mitigation\nd\n## Prevention\ne\n';

  it('belong to an alert each, and each alert has one', () => {
    expect(invariants.runbookProblems(rulesOf(GOOD), ['runbooks/shop/ShopDown.md'])).toEqual([]);
    expect(said(invariants.runbookProblems(rulesOf(GOOD), ['runbooks/shop/ShopIsDown.md']))).toEqual([
      'prometheus/rules/shop.yml:6 ShopDown has no runbook',
      'runbooks/shop/ShopIsDown.md belongs to no alert',
    ]);
  });

  it('are not asked for where the rule brings its own address', () => {
    expect(invariants.runbookProblems(rulesOf(GOOD.replace('impact: i', 'impact: i, runbook_url: http://wiki/x')), [])).toEqual([]);
  });

  it('say something under every heading', () => {
    expect(invariants.runbookPageProblems('runbooks/shop/ShopDown.md', page, 'warning')).toEqual([]);
    expect(
      said(
        invariants.runbookPageProblems(
          'r/ShopDown.md',
          page.replace('c\n', '').replace('# ShopDown', '# Shop').replace('Impact', 'Effect'),
          'warning',
        ),
      ),
    ).toEqual([
      'r/ShopDown.md has the title "Shop" instead of "ShopDown"',
      'r/ShopDown.md has nothing under "## Impact"',
      'r/ShopDown.md has nothing under "## Diagnosis"',
    ]);
  });

  const wakes = page.replace('## Diagnosis', '## Why this wakes you\nw\n## Diagnosis');
  const waking = (text: string, severity: string): string[] => said(invariants.runbookPageProblems('r/ShopDown.md', text, severity));

  it.each(['critical', 'emergency'])('say why %s wakes someone, between impact and diagnosis', (severity) => {
    expect(waking(wakes, severity)).toEqual([]);
    expect(waking(page, severity)).toEqual(['r/ShopDown.md has nothing under "## Why this wakes you"']);
    expect(waking(wakes.replace('w\n', ''), severity)).toEqual(['r/ShopDown.md has nothing under "## Why this wakes you"']);
    const elsewhere = 'r/ShopDown.md has "## Why this wakes you" in another place than between Impact and Diagnosis';
    expect(waking(`${page}\n## Why this wakes you\nw\n`, severity)).toEqual([elsewhere]);
    expect(waking(page.replace('## Impact', '## Why this wakes you\nw\n## Impact'), severity)).toEqual([elsewhere]);
  });

  it.each(['info', 'warning'])('say so in vain at %s', (severity) => {
    expect(waking(page, severity)).toEqual([]);
    expect(waking(wakes, severity)).toEqual([`r/ShopDown.md has "## Why this wakes you", but its alert is of severity ${severity}`]);
  });
});

describe('ruleTestProblems', () => {
  const tests = (alert: string, expected: string): string =>
    `tests:\n  - name: n\n    alert_rule_test:\n      - { eval_time: 1m, alertname: ${alert}, exp_alerts: ${expected} }\n`;
  const problems = (text: string): string[] =>
    said(invariants.ruleTestProblems(rulesOf(GOOD), ruleTests('test/rules/shop.test.yml', text).cases));

  const silent = '      - { eval_time: 1s, alertname: ShopDown, exp_alerts: [] }\n';

  it('is content with a case that expects the alert to fire and one that does not', () => {
    expect(problems(tests('ShopDown', '[{ exp_labels: {} }]') + silent)).toEqual([]);
  });

  it('sees an alert that is never expected to be silent', () => {
    expect(problems(tests('ShopDown', '[{ exp_labels: {} }]'))).toEqual([
      'prometheus/rules/shop.yml:6 no test expects ShopDown to stay silent',
    ]);
  });

  it('asks for no silence of an alert that reads nothing', () => {
    const always = rulesOf(GOOD.replace('up{job="apps"} == 0', 'vector(1)'));
    expect(invariants.ruleTestProblems(always, ruleTests('t.yml', tests('ShopDown', '[{}]')).cases)).toEqual([]);
  });

  it('sees an alert that is only expected to be silent', () => {
    expect(problems(tests('ShopDown', '[]'))).toEqual(['prometheus/rules/shop.yml:6 no test expects ShopDown to fire']);
  });

  it('sees a mistyped alert, which promtool lets pass', () => {
    expect(problems(tests('ShopDown', '[{}]') + silent + tests('ShopDwon', '[]').replace('tests:\n', ''))).toEqual([
      'test/rules/shop.test.yml:8 tests ShopDwon, which no rule file defines',
    ]);
  });

  it('sees a test without a name', () => {
    expect(said(ruleTests('t.yml', 'tests:\n  - interval: 1m\n').problems)).toEqual(['t.yml:2 the test has no name']);
  });
});
