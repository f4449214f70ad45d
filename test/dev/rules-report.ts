import { join } from 'node:path';
import { parseArguments } from '../../scripts/base/args.ts';
import { main } from '../../scripts/base/command.ts';
import { renderReport } from './report/show.ts';
import { inputFailure } from '../../scripts/base/failure.ts';
import { sloAlerts } from '../../scripts/rules/render-slo.ts';
import { readFindings, reportRows, reportTotals } from './report/rows.ts';
import { alertRules, ruleTests } from '../../scripts/rules/files.ts';
import { readIfThere, readTree } from '../../scripts/base/files.ts';
import { mutate } from './mutation/mutate.ts';
import { openWorkplace } from '../../scripts/engine/workplace.ts';

/** Those of the rule files, and those of the rules that are made of SLOs. */
const RULE_TESTS = /^test\/(rules|tools\/slo)\/.*\.test\.yml$/;
const FINDINGS = ['test/reports/can-fire.json', 'test/reports/drills.json'] as const;

/** What is proven about each alert, in one table per module. */
await main(async (context) => {
  const { values } = parseArguments(context.args, { usage: 'npm run rules:report [-- --json]', options: { json: { type: 'boolean' } } });
  const place = await openWorkplace(context);
  const [canFire, drills] = await Promise.all(FINDINGS.map(async (path) => readFindings(path, await readIfThere(join(place.root, path)))));
  const problems = [...(canFire?.problems ?? []), ...(drills?.problems ?? [])];
  if (problems.length > 0) throw inputFailure(problems);
  const verdicts = await mutate(place, []);
  const files = async (folder: string, end: RegExp): Promise<[string, string][]> =>
    [...(await readTree(place.root, folder))].filter(([path]) => end.test(path));
  const rows = reportRows({
    rules: [...(await files('prometheus/rules', /\.ya?ml$/)).flatMap(([path, text]) => alertRules(path, text)), ...sloAlerts()],
    cases: (await files('test', RULE_TESTS)).flatMap(([path, text]) => ruleTests(path, text).cases),
    verdicts,
    pages: (await files('runbooks', /\.md$/)).map(([path]) => path).filter((path) => !path.endsWith('/README.md')),
    canFire: canFire?.findings,
    drills: drills?.findings,
  });
  const totals = reportTotals(rows, verdicts);
  context.report.result(values.json === true ? JSON.stringify({ alerts: rows, totals }, null, 2) : renderReport(rows, totals));
});
