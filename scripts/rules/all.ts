import type { Tree } from '../base/tree.ts';
import { alertRules, jobNames, ruleShapeProblems, ruleTests } from './files.ts';
import { ruleProblems, ruleTestProblems, runbookProblems, unknownJobs } from './invariants.ts';
import type { Problem } from '../base/problem.ts';
import { templateProblems } from './template-names.ts';
import { SLO_RUNBOOKS } from './render-slo.ts';

/** Our own rules over the files of the checkout: mistakes that the tools accept, such as an alert on a job that nothing scrapes. */
export function sourceProblems(sources: Tree): readonly Problem[] {
  const under = (folder: string, end: RegExp): [string, string][] =>
    [...sources].filter(([path]) => path.startsWith(`${folder}/`) && end.test(path));
  const files = under('prometheus/rules', /\.yml$/);
  const shape = files.flatMap(([path, text]) => ruleShapeProblems(path, text));
  // A missing name is reported once, not with all of its consequences.
  const rules = files.flatMap(([path, text]) => alertRules(path, text)).filter(({ alert }) => alert !== '');
  const jobs = under('prometheus/scrape', /\.ya?ml$/).flatMap(([, text]) => jobNames(text));
  const pages = under('runbooks', /\.md$/).flatMap(([path]) => (SLO_RUNBOOKS.includes(path) ? [] : [path]));
  const cases = under('test/rules', /\.test\.yml$/).flatMap(([path, text]) => ruleTests(path, text).cases);
  return [
    ...shape,
    ...ruleProblems(rules),
    ...unknownJobs(rules, jobs),
    ...runbookProblems(rules, pages),
    ...ruleTestProblems(rules, cases),
    ...templateProblems(sources),
  ];
}
