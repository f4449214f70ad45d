import { join } from 'node:path';
import { digestOf } from '../core/digest.ts';
import { stackFailure } from '../core/failure.ts';
import { lintPlan, ruleTestPlan, type LintRun } from '../core/lint-plan.ts';
import { isSelected } from '../core/render.ts';
import { readIfThere, readTree } from '../io/files.ts';
import { lint } from '../io/lint.ts';
import { rememberLint, stage, STAGING } from '../io/publish.ts';
import { modules } from '../modules/index.ts';
import type { Prepared } from './prepare.ts';
import type { Workplace } from './workplace.ts';

/** promtool tests rules on one core; two runs side by side are what the smallest supported host has. */
const TEST_RUNS = 2;

/**
 * Lays the configuration out beside the running one and lets every tool read it, in the image that will run it.
 * What passed in the same images before is not read again, unless `always` asks for it; rule tests, which depend on nothing else than the
 * rules, the tests and the image, are not run again in any case. Throws a `Failure` with every problem of every tool.
 */
export async function lintPrepared(place: Workplace, prepared: Prepared, always: boolean): Promise<void> {
  const { root, report } = place;
  await report.step('configs linted', async (detail) => {
    const staged = await stage(root, 'tree', prepared.tree);
    const targetFiles = [...prepared.sources].filter(([path]) => path.startsWith('prometheus/targets/'));
    const targets = await stage(
      root,
      'targets',
      new Map(targetFiles.map(([path, text]) => [path.slice('prometheus/targets/'.length), text])),
    );
    const images = [...prepared.images.images].map(([service, { name }]) => [service, name] as const);
    const configs = {
      file: 'lint-passed',
      key: digestOf([...prepared.tree, ...targetFiles, ...images]),
      runs: lintPlan({ staged, targets }, prepared.selection.services),
    };
    const tests = await ruleTests(place, prepared);
    const passed = await Promise.all([configs, tests].map(async (part) => runPart(place, prepared, part, always && part === configs)));
    detail(passed.flat().join(', ') || 'unchanged since they passed');
  });
}

interface LintPart {
  /** Where it is remembered that this very input passed. */
  readonly file: string;
  readonly key: string;
  readonly runs: readonly LintRun[];
}

async function ruleTests({ root }: Workplace, prepared: Prepared): Promise<LintPart> {
  const enabled = new Set(prepared.selection.modules.map(({ name }) => name));
  const files = await readTree(root, 'test/rules');
  const chosen = [...files].filter(
    ([path]) => path.endsWith('.test.yml') && isSelected(path.replace(/(-\w+)?\.test\.yml$/, '.yml'), modules, enabled),
  );
  const rules = [...prepared.sources].filter(([path]) => path.startsWith('prometheus/rules/'));
  const key = digestOf([...chosen, ...rules, ['image', prepared.images.images.get('prometheus')?.name ?? '']]);
  const folder = await stage(root, 'rule-tests', new Map([...chosen, ...rules]));
  const paths = chosen.map(([path]) => path);
  return { file: 'rule-tests-passed', key, runs: ruleTestPlan(folder, paths, TEST_RUNS) };
}

async function runPart(
  { root, exec }: Workplace,
  prepared: Prepared,
  { file, key, runs }: LintPart,
  always: boolean,
): Promise<readonly string[]> {
  if (!always && (await readIfThere(join(root, STAGING, file))) === key) return [];
  const problems = (await Promise.all(runs.map(async (run) => lint(exec, run, imageOf(prepared, run.service))))).flat();
  if (problems.length > 0) throw stackFailure(problems);
  await rememberLint(root, file, key);
  return [...new Set(runs.map(({ title }) => title))];
}

function imageOf(prepared: Prepared, service: string): string {
  const image = prepared.images.images.get(service);
  if (image === undefined) throw new Error(`no image was found for ${service}`);
  return image.name;
}
