import { readTree } from '../../../scripts/base/files.ts';
import { alertRules, ruleTests } from '../../../scripts/rules/files.ts';
import { sloAlerts } from './slo-alerts.ts';
import type { ReportSources } from './rows.ts';

/** Those of the rule files, and those of the rules that are made of SLOs. */
const RULE_TESTS = /^test\/(rules|tools\/slo)\/.*\.test\.yml$/;

/** Reads what the report shows besides the lock. */
export async function readReportSources(root: string): Promise<Pick<ReportSources, 'rules' | 'cases' | 'pages'>> {
  const files = async (folder: string, end: RegExp): Promise<[string, string][]> =>
    [...(await readTree(root, folder))].filter(([path]) => end.test(path));
  return {
    rules: [...(await files('prometheus/rules', /\.ya?ml$/)).flatMap(([path, text]) => alertRules(path, text)), ...sloAlerts()],
    cases: (await files('test', RULE_TESTS)).flatMap(([path, text]) => ruleTests(path, text).cases),
    pages: (await files('runbooks', /\.md$/)).map(([path]) => path).filter((path) => !path.endsWith('/README.md')),
  };
}
