import { error, warning, type Problem } from '../base/problem.ts';
import { CATEGORIES, SEVERITIES } from './labels.ts';
import { syntaxError } from './promql.ts';
import { selectsNothing } from './selectors.ts';
import { alertRules, yamlProblems, type AlertRule, type RuleTestCase } from './files.ts';

const ANNOTATIONS = ['summary', 'description', 'impact'] as const;

/** Headings of a runbook page, in this order. */
const RUNBOOK_HEADINGS = ['Meaning', 'Impact', 'Diagnosis', 'Mitigation', 'Prevention'] as const;

/** The heading of alerts that page a person, between Impact and Diagnosis: what is lost if they wait until morning. */
const WAKES = 'Why this wakes you';

/** The severities that page a person. */
const PAGING: readonly string[] = ['critical', 'emergency'];

/** Problems across alert rules that promtool does not find. */
export function ruleProblems(rules: readonly AlertRule[]): readonly Problem[] {
  if (rules.length === 0)
    return [
      error('prometheus/rules', 'no file here has an alert', 'Restore the rule files; Prometheus accepts a pattern that matches none.'),
    ];
  return [...rules.flatMap(labelProblems), ...rules.flatMap(annotationProblems), ...duplicates(rules)];
}

/** Where a rule file is not YAML, lacks an expression, or is not PromQL, each with its line. */
export function syntaxProblems(path: string, text: string): readonly Problem[] {
  const broken = yamlProblems(path, text);
  if (broken.length > 0) return broken;
  return alertRules(path, text).flatMap((rule) => {
    if (rule.expr.trim() === '') return [error(rule.place, `${rule.alert} has no expression`, 'Add expr: the condition in PromQL.')];
    const at = syntaxError(rule.expr);
    if (at === undefined) return [];
    const shown = `${rule.expr.slice(Math.max(0, at - 30), at)}⏵${rule.expr.slice(at, at + 30)}`.replace(/\s+/g, ' ').trim();
    return [error(rule.place, `the expression of ${rule.alert} is not PromQL from the mark on: ${shown}`, 'Fix the expression.')];
  });
}

function labelProblems(rule: AlertRule): readonly Problem[] {
  const problems: Problem[] = [];
  for (const [label, allowed] of [
    ['severity', SEVERITIES],
    ['category', CATEGORIES],
  ] as const) {
    const value = rule.labels[label];
    if (value === undefined)
      problems.push(error(rule.place, `${rule.alert} has no label ${label}`, `Set it to one of ${allowed.join(', ')}.`));
    // A template takes the value from the metric, which is unknown here.
    else if (!value.includes('{{') && !allowed.some((name) => name === value))
      problems.push(error(rule.place, `${rule.alert} has ${label} "${value}", which no route knows`, `Use one of ${allowed.join(', ')}.`));
  }
  const sms = rule.labels['notify_sms'];
  if (sms !== undefined && sms !== 'true')
    problems.push(error(rule.place, `${rule.alert} has notify_sms "${sms}", which does nothing`, "Write notify_sms: 'true' or remove it."));
  for (const label of ['alertname', 'cluster'])
    if (rule.labels[label] !== undefined)
      problems.push(error(rule.place, `${rule.alert} sets the label ${label}, by which notifications are grouped`, 'Remove it.'));
  return problems;
}

function annotationProblems(rule: AlertRule): readonly Problem[] {
  return ANNOTATIONS.filter((name) => (rule.annotations[name] ?? '').trim() === '').map((name) =>
    error(rule.place, `${rule.alert} has no ${name}`, `Add annotations.${name}: it is what people read in the notification.`),
  );
}

function duplicates(rules: readonly AlertRule[]): readonly Problem[] {
  return rules.flatMap((rule, index) => {
    const first = rules.slice(0, index).find((other) => other.alert === rule.alert);
    return first === undefined
      ? []
      : [
          error(
            rule.place,
            `${rule.alert} is already defined at ${first.place}`,
            'Rename one: it would be sent twice, and one runbook cannot fit both.',
          ),
        ];
  });
}

/** Alerts on jobs that no scrape file has: their expression can never be true. */
export function unknownJobs(rules: readonly AlertRule[], jobs: readonly string[]): readonly Problem[] {
  return rules.flatMap((rule) =>
    jobsIn(rule.expr)
      .filter((job) => !jobs.includes(job))
      .map((job) =>
        warning(
          rule.place,
          `${rule.alert} selects job "${job}", which no scrape file has`,
          'Correct the name, or add the job to prometheus/scrape/.',
        ),
      ),
  );
}

/** The jobs that an expression selects by `job="…"` or by `job=~"…|…"` with plain names. */
function jobsIn(expr: string): readonly string[] {
  return [...expr.matchAll(/\bjob\s*=~?\s*"([^"]*)"/g)]
    .flatMap((match) => (match[1] ?? '').split('|'))
    .filter((job) => /^[\w-]+$/.test(job));
}

/** The module of a rule file, a test file or a runbook: its name without what follows the first dot, or the runbook's folder. */
export function moduleName(path: string): string {
  const parts = path.split('/');
  return parts[0] === 'runbooks' ? (parts[1] ?? '') : (parts.at(-1) ?? '').replace(/\..*$/, '');
}

/** Alerts without a page in `runbooks/<module>/`, and pages without their alert. A rule with its own `runbook_url` needs none. */
export function runbookProblems(rules: readonly AlertRule[], pages: readonly string[]): readonly Problem[] {
  const pageOf = (rule: AlertRule): string => `runbooks/${moduleName(rule.path)}/${rule.alert}.md`;
  const wanted = new Set(rules.map(pageOf));
  return [
    ...rules
      .filter((rule) => rule.annotations['runbook_url'] === undefined && !pages.includes(pageOf(rule)))
      .map((rule) => error(rule.place, `${rule.alert} has no runbook`, `Write ${pageOf(rule)}, or set annotations.runbook_url.`)),
    ...pages
      .filter((page) => !wanted.has(page))
      .map((page) => warning(page, 'belongs to no alert', 'Rename it to the alert, or delete it.')),
  ];
}

/** Headings that a runbook page lacks or has in vain, and sections that are empty. `severity` is that of the page's alert. */
export function runbookPageProblems(path: string, text: string, severity: string): readonly Problem[] {
  const sections = new Map(
    text
      .split(/^## /m)
      .slice(1)
      .map((section) => {
        const [heading = '', ...body] = section.split('\n');
        return [heading.trim(), body.join('\n').trim()] as const;
      }),
  );
  const title = /^# (.*)$/m.exec(text)?.[1];
  const name = path.split('/').at(-1)?.replace(/\.md$/, '');
  return [
    ...(title === name ? [] : [warning(path, `has the title "${title ?? ''}" instead of "${name ?? ''}"`)]),
    ...RUNBOOK_HEADINGS.filter((heading) => (sections.get(heading) ?? '') === '').map((heading) =>
      warning(path, `has nothing under "## ${heading}"`, 'On-call staff read this page first.'),
    ),
    ...wakingProblems(path, sections, severity),
  ];
}

function wakingProblems(path: string, sections: ReadonlyMap<string, string>, severity: string): readonly Problem[] {
  const headings = [...sections.keys()];
  const at = headings.indexOf(WAKES);
  if (!PAGING.includes(severity))
    return at < 0 ? [] : [warning(path, `has "## ${WAKES}", but its alert is of severity ${severity}`, 'Remove it: no one is woken.')];
  if ((sections.get(WAKES) ?? '') === '')
    return [
      warning(path, `has nothing under "## ${WAKES}"`, 'Write what is lost if it waits until morning; if nothing is, make it a warning.'),
    ];
  return headings[at - 1] === 'Impact' && headings[at + 1] === 'Diagnosis'
    ? []
    : [warning(path, `has "## ${WAKES}" in another place than between Impact and Diagnosis`, 'Move it.')];
}

/** Alerts that no test expects to fire, or none to stay silent, and tests of alerts that do not exist (promtool accepts all of that). */
export function ruleTestProblems(rules: readonly AlertRule[], cases: readonly RuleTestCase[]): readonly Problem[] {
  const names = new Set(rules.map(({ alert }) => alert));
  return [
    ...rules.flatMap((rule) => {
      const file = `test/rules/${moduleName(rule.path)}.ts`;
      const [fires, silent] = [true, false].map((firing) =>
        cases.some(({ alert, expectsFiring }) => alert === rule.alert && expectsFiring === firing),
      );
      if (fires !== true)
        return [
          error(rule.place, `no test expects ${rule.alert} to fire`, `Add an entry to ${file}, or a case to a .test.yml file beside it.`),
        ];
      if (silent === true || selectsNothing(rule.expr)) return [];
      return [
        error(
          rule.place,
          `no test expects ${rule.alert} to stay silent`,
          `Add a case beside its threshold to ${file}, or to a .test.yml file beside it.`,
        ),
      ];
    }),
    ...cases
      .filter(({ alert }) => !names.has(alert))
      .map(({ place, alert }) =>
        warning(place, `tests ${alert}, which no rule file defines`, 'Correct the name: such a test always passes.'),
      ),
  ];
}
