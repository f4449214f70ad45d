import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { withThreshold } from '../../scripts/render/scrape.ts';
import { readRuleTests } from '../../scripts/rules/cases-io.ts';
import { alertRules, jobNames, ruleTests } from '../../scripts/rules/files.ts';
import { LONG_HOLD_SECONDS } from '../../scripts/rules/lost-scrape.ts';
import { SLO_RUNBOOKS } from '../../scripts/rules/render-slo.ts';
import * as invariants from '../../scripts/rules/invariants.ts';
import { secondsOf } from '../../scripts/rules/samples.ts';
import { selectorsOf } from '../../scripts/rules/selectors.ts';
import { unexplainedHolds } from '../support/hold-comments.ts';
import { modules } from '../../scripts/modules/index.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string): string => readFileSync(root + path, 'utf8');
const list = (folder: string, end: string): string[] =>
  readdirSync(root + folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(end))
    .sort()
    .map((name) => `${folder}/${name}`);

const ruleFiles = list('prometheus/rules', '.yml');
const scrapeFiles = list('prometheus/scrape', '.yml');
const testTexts = await readRuleTests(root);
const testFiles = [...testTexts].flatMap(([path, text]) => (path.endsWith('.test.yml') ? [ruleTests(path, text)] : []));
const runbooks = list('runbooks', '.md').filter((path) => !path.endsWith('/README.md'));
const rules = ruleFiles.flatMap((path) => alertRules(path, read(path)));
const names: readonly string[] = modules.map(({ name }) => name);
const jobs = scrapeFiles.flatMap((path) => jobNames(read(path)));

describe('checked-in alert rules', () => {
  it('carry labels that routes know, and annotations that people can read, each alert once', () => {
    expect(invariants.ruleProblems(rules)).toEqual([]);
  });

  it('set no label beyond those that routes, inhibition and grouping use', () => {
    const allowed = ['severity', 'category', 'notify_sms', 'instance', 'service'];
    expect(rules.flatMap((rule) => Object.keys(rule.labels).filter((label) => !allowed.includes(label)))).toEqual([]);
  });

  it('say of every hold time what it survives', () => {
    expect(ruleFiles.flatMap((path) => unexplainedHolds(read(path)).map((found) => `${path}: ${found}`))).toEqual([]);
    const [alert, hold] = ['      - alert: Slow\n        expr: up == 0\n', '        for: 5m\n'];
    for (const comment of ['5 m: a restart.', 'Five\n      # minutes: a restart.'])
      expect(unexplainedHolds(`      # ${comment}\n${alert}${hold}`)).toEqual([]);
    expect(unexplainedHolds(`      # 15 m: a restart.\n${alert}${hold}`)).toEqual(['Slow: 5m']);
    expect(unexplainedHolds(alert + hold)).toEqual(['Slow: 5m']);
    expect(unexplainedHolds(alert)).toEqual([]);
  });

  it('leave runbook_url to rendering', () => {
    expect(rules.filter((rule) => rule.annotations['runbook_url'] !== undefined)).toEqual([]);
  });

  it('ask only for jobs that are scraped', () => {
    expect(invariants.unknownJobs(rules, jobs)).toEqual([]);
  });

  it('leave to TargetDown exactly the jobs that no module has', () => {
    for (const name of names) {
      const recorded = [
        ...read(`prometheus/rules/${name}.yml`).matchAll(/record: pharos:job:covered\n\s+expr: vector\(1\)\n\s+labels: \{ job: (\S+) \}/g),
      ];
      const scraped = jobNames(read(`prometheus/scrape/${name}.yml`));
      expect(recorded.map(([, job]) => job).sort(), name).toEqual([...scraped].sort());
    }
  });

  it.each(modules.flatMap((module) => module.thresholds.map((threshold) => [threshold.alert, threshold] as const)))(
    'let %s be moved by its setting',
    (alert, { literal }) => {
      const expr = rules.find((rule) => rule.alert === alert)?.expr ?? '';
      expect(withThreshold(expr, literal, 42)?.trim()).toMatch(/[<>] 42$/);
    },
  );
});

describe('files of a module', () => {
  it.each(names)('%s stand side by side: scrape jobs, rules, rule tests and runbooks', (name) => {
    expect(scrapeFiles).toContain(`prometheus/scrape/${name}.yml`);
    expect(ruleFiles).toContain(`prometheus/rules/${name}.yml`);
    expect(list('test/rules', '.ts')).toContain(`test/rules/${name}.ts`);
    expect(runbooks.some((path) => path.startsWith(`runbooks/${name}/`))).toBe(true);
  });
});

describe('rule tests', () => {
  it('expect every alert to fire, and name none that does not exist', () => {
    expect(
      invariants.ruleTestProblems(
        rules,
        testFiles.flatMap(({ cases }) => cases),
      ),
    ).toEqual([]);
  });

  it('lose a scrape of every alert that holds for long', () => {
    const asked = [...testTexts.values()].join('\n');
    const long = rules.filter(({ hold }) => secondsOf(hold) >= LONG_HOLD_SECONDS);
    expect(long.filter(({ alert }) => !asked.includes(`ALERTS{alertname=\\"${alert}\\"`)).map(({ alert }) => alert)).toEqual([]);
  });

  it('say what they prove', () => {
    expect(testFiles.flatMap(({ problems }) => problems)).toEqual([]);
  });
});

describe('runbooks', () => {
  it('exist for every alert and for nothing else', () => {
    const ofFiles = runbooks.filter((path) => !SLO_RUNBOOKS.includes(path));
    expect(invariants.runbookProblems(rules, ofFiles)).toEqual([]);
  });

  it('exist for the alerts that are made of SLOs', () => {
    expect(runbooks).toEqual(expect.arrayContaining([...SLO_RUNBOOKS]));
  });

  const severities = new Map([
    ...rules.map(({ path, alert, labels }) => [`runbooks/${invariants.moduleName(path)}/${alert}.md`, labels['severity'] ?? ''] as const),
    // Alerts made of SLOs: the first is critical, the second a warning.
    ...SLO_RUNBOOKS.map((path, index) => [path, index === 0 ? 'critical' : 'warning'] as const),
  ]);

  it.each(runbooks)('%s says something under every heading', (path) => {
    expect(invariants.runbookPageProblems(path, read(path), severities.get(path) ?? '')).toEqual([]);
  });

  it('fit on a screen', () => {
    expect(runbooks.filter((path) => read(path).split('\n').length > 51)).toEqual([]);
  });

  /** The metrics that the queries of a page ask for. Throws where one is not PromQL. */
  const askedBy = (path: string): Set<string> =>
    new Set(
      [...read(path).matchAll(/promtool query instant http:\/\/localhost:9090 '([^']+)'/g)].flatMap(([, expr = '']) =>
        selectorsOf(expr).map(({ metric }) => metric),
      ),
    );

  it.each(rules.filter(({ expr }) => selectorsOf(expr).length > 0).map((rule) => [rule.alert, rule] as const))(
    '%s: the diagnosis asks for what the alert asks for',
    (alert, { path, expr }) => {
      const asked = askedBy(`runbooks/${invariants.moduleName(path)}/${alert}.md`);
      expect(
        selectorsOf(expr).some(({ metric }) => asked.has(metric)),
        [...asked].join(' '),
      ).toBe(true);
    },
  );
});
