import { readTree } from '../../../scripts/base/files.ts';
import { readRuleTests } from '../../../scripts/rules/cases-io.ts';
import { alertRules, ruleTests } from '../../../scripts/rules/files.ts';
import { sloAlerts } from './slo-alerts.ts';
import type { ReportSources } from './rows.ts';

const TEST = /\.test\.yml$/;

/** Reads what the report shows besides the lock. */
export async function readReportSources(root: string): Promise<Pick<ReportSources, 'rules' | 'cases' | 'pages'>> {
  const files = async (folder: string, end: RegExp): Promise<[string, string][]> =>
    [...(await readTree(root, folder))].filter(([path]) => end.test(path));
  return {
    rules: [...(await files('prometheus/rules', /\.ya?ml$/)).flatMap(([path, text]) => alertRules(path, text)), ...sloAlerts()],
    cases: [...(await readRuleTests(root)), ...(await files('test/tools/slo', TEST))].flatMap(([path, text]) =>
      TEST.test(path) ? ruleTests(path, text).cases : [],
    ),
    pages: (await files('runbooks', /\.md$/)).map(([path]) => path).filter((path) => !path.endsWith('/README.md')),
  };
}
