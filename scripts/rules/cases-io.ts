import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readTree } from '../base/files.ts';
import { inputFailure } from '../base/failure.ts';
import { error, type Problem } from '../base/problem.ts';
import { generateTests, type LostScrapes } from './cases.ts';
import { alertRules } from './files.ts';
import type { RuleTable } from './table.ts';

/**
 * The files of `test/rules`, and the promtool files generated from its tables. Throws a `Failure` if a table does not load
 * or does not fit its rule file.
 */
export async function readRuleTests(root: string, lostScrapes: LostScrapes = 'with'): Promise<ReadonlyMap<string, string>> {
  const written = await readTree(root, 'test/rules');
  const rules = await readTree(root, 'prometheus/rules');
  const problems: Problem[] = [];
  const generated: [string, string][] = [];
  for (const path of [...written.keys()].filter((name) => name.endsWith('.ts'))) {
    const table = await load(root, path).catch((failure: unknown) => {
      const [message = ''] = String(failure instanceof Error ? failure.message : failure).split('\n');
      problems.push(error(path, `does not load: ${message}`, 'Change the file, then run the command again.'));
    });
    if (table === undefined) continue;
    const module = path.replace(/^.*\/|\.ts$/g, '');
    const rulePath = `prometheus/rules/${module}.yml`;
    const made = generateTests(module, table, alertRules(rulePath, rules.get(rulePath) ?? ''), lostScrapes);
    problems.push(...made.problems);
    generated.push(...made.files);
  }
  if (problems.length > 0) throw inputFailure(problems);
  return new Map([...written, ...generated]);
}

async function load(root: string, path: string): Promise<RuleTable> {
  const { default: table } = (await import(pathToFileURL(join(root, path)).href)) as { default?: Partial<RuleTable> };
  if (!Array.isArray(table?.alerts) || table.category === undefined || table.labels === undefined)
    throw new Error('it has no "export default ruleTable({ category, labels, alerts })"');
  return table as RuleTable;
}
