import type { LintRun } from '../modules/parts.ts';
import { join } from 'node:path';
import { digestOf } from '../base/digest.ts';
import { stackFailure } from '../base/failure.ts';
import { onceEach } from './lint-output.ts';
import { lintPlan, ruleTestKeys, ruleTestPlan } from './lint-plan.ts';
import { isSelected } from '../render/scrape.ts';
import { readIfThere } from '../base/files.ts';
import { atSource, testedAlone } from '../rules/alone.ts';
import { lint } from './lint-io.ts';
import { rememberLint, stage, STAGING } from '../render/publish-io.ts';
import { modules } from '../modules/index.ts';
import type { Prepared } from './prepare.ts';
import { interruptible } from '../base/interruptible.ts';
import type { Workspace } from '../engine/workspace.ts';

/** promtool tests rules on one core; the smallest supported host has two. */
const TEST_RUNS = 2;
/** Number of remembered digests of passed rule tests: enough for several sets of modules and some edits. */
const REMEMBERED = 1_000;

/**
 * Stages the configuration beside the running one and checks it with every tool, in the image that will run it.
 * What passed before in the same images is not checked again, unless `always` is set. A rule test depends only on itself,
 * its rules and the image, and never runs again once passed. Throws a `Failure` with every problem of every tool.
 */
export async function lintPrepared(place: Workspace, prepared: Prepared, always: boolean): Promise<void> {
  const { root, report } = place;
  await report.step('configs linted', async (detail) => {
    const staged = await stage(root, 'tree', prepared.tree);
    const targetFiles = [...prepared.sources].filter(([path]) => path.startsWith('prometheus/targets/'));
    const targets = await stage(
      root,
      'targets',
      new Map(targetFiles.map(([path, text]) => [path.slice('prometheus/targets/'.length), text])),
    );
    const alertmanagerFiles = [...prepared.sources].filter(([path]) => path.startsWith('alertmanager/'));
    const alertmanager = await stage(
      root,
      'alertmanager',
      new Map(alertmanagerFiles.map(([path, text]) => [path.slice('alertmanager/'.length), text])),
    );
    const images = [...prepared.images.images].map(([service, { name }]) => [service, name] as const);
    const known = async (file: string): Promise<ReadonlySet<string>> =>
      new Set(((await readIfThere(join(root, STAGING, file))) ?? '').split('\n'));
    const key = digestOf([...prepared.tree, ...targetFiles, ...alertmanagerFiles, ...images]);
    const hasPassed = !always && (await known('lint-passed')).has(key);
    const configs = {
      file: 'lint-passed',
      keys: [key],
      runs: hasPassed ? [] : lintPlan({ staged, targets, alertmanager }, prepared.selection.services),
    };
    const tests = await ruleTests(place, prepared, await known('rule-tests-passed'));
    // A rule that does not parse fails in both; the configuration's linter has the better message.
    const [first, second] = await Promise.allSettled([configs, tests].map(async (part) => runPart(place, prepared, part)));
    const passed = [first, second].map((part) => {
      if (part?.status === 'rejected') throw part.reason;
      return part?.value ?? [];
    });
    detail(passed.flat().join(', ') || 'unchanged since they passed');
  });
}

interface LintPart {
  /** The file that records that this input passed, and its digests. */
  readonly file: string;
  readonly keys: readonly string[];
  /** What has not passed yet. */
  readonly runs: readonly LintRun[];
}

async function ruleTests({ root }: Workspace, prepared: Prepared, known: ReadonlySet<string>): Promise<LintPart> {
  const enabled = new Set(prepared.selection.modules.map(({ name }) => name));
  const isChosen = (path: string): boolean =>
    /^test\/rules\/.*\.test\.yml$/.test(path) && isSelected(path.replace(/(\.\w+)?(-\w+)?\.test\.yml$/, '.yml'), modules, enabled);
  const chosen = new Map([...prepared.sources].filter(([path]) => isChosen(path)));
  const { tests, rules } = testedAlone(chosen, new Map([...prepared.sources].filter(([path]) => path.startsWith('prometheus/rules/'))));
  const keys = ruleTestKeys(tests, rules, prepared.images.images.get('prometheus')?.name ?? '');
  const folder = await stage(root, 'rule-tests', new Map([...tests, ...rules]));
  const paths = [...keys].filter(([, key]) => !known.has(key)).map(([path]) => path);
  return {
    file: 'rule-tests-passed',
    keys: [...new Set([...keys.values(), ...known])].slice(0, REMEMBERED),
    runs: ruleTestPlan(folder, paths, TEST_RUNS),
  };
}

async function runPart({ root, exec, signal }: Workspace, prepared: Prepared, { file, keys, runs }: LintPart): Promise<readonly string[]> {
  if (runs.length === 0) return [];
  const problems = (
    await Promise.all(runs.map(async (run) => lint(interruptible(exec, signal), run, imageOf(prepared, run.service))))
  ).flat();
  // An interrupted tool has found nothing.
  signal.throwIfAborted();
  if (problems.length > 0) throw stackFailure(onceEach(problems).map((problem) => atSource(problem, prepared.sources)));
  await rememberLint(root, file, keys);
  return [...new Set(runs.map(({ title }) => title))];
}

function imageOf(prepared: Prepared, service: string): string {
  const image = prepared.images.images.get(service);
  if (image === undefined) throw new Error(`no image was found for ${service}`);
  return image.name;
}
