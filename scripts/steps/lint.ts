import { join } from 'node:path';
import { digestOf } from '../core/digest.ts';
import { stackFailure } from '../core/failure.ts';
import { lintPlan } from '../core/lint-plan.ts';
import type { Problem } from '../core/problem.ts';
import { isSelected } from '../core/render.ts';
import { readIfThere, readTree } from '../io/files.ts';
import { lint } from '../io/lint.ts';
import { rememberLint, stage, STAGING } from '../io/publish.ts';
import { modules } from '../modules/index.ts';
import type { Prepared } from './prepare.ts';
import type { Workplace } from './workplace.ts';

/**
 * Lays the configuration out beside the running one and lets every tool read it, in the image that will run it.
 * A configuration that passed in the same images before is not read again, unless `always` asks for it.
 * Throws a `Failure` with every problem of every tool.
 */
export async function lintPrepared(place: Workplace, prepared: Prepared, always: boolean): Promise<void> {
  const { root, exec, report } = place;
  await report.step('configs linted', async (detail) => {
    const staged = await stage(root, prepared.tree);
    const enabled = new Set(prepared.selection.modules.map(({ name }) => name));
    const tests = await readTree(join(root, 'test/rules'), '.');
    const ruleTests = [...tests.keys()].filter(
      (path) => path.endsWith('.test.yml') && isSelected(path.replace('.test.yml', '.yml'), modules, enabled),
    );
    const rules = [...prepared.sources].filter(([path]) => path.startsWith('prometheus/'));
    const images = [...prepared.images.images].map(([service, { name }]) => [service, name] as const);
    const key = digestOf([...prepared.tree, ...tests, ...rules, ...images]);
    if (!always && (await readIfThere(join(root, STAGING, 'lint-passed'))) === key) {
      detail('unchanged since they passed');
      return;
    }
    const runs = lintPlan({ staged, root, ruleTests }, prepared.selection.services);
    const problems: Problem[] = [];
    await Promise.all(
      runs.map(async (run) => {
        problems.push(...(await lint(exec, run, imageOf(prepared, run.service))));
      }),
    );
    if (problems.length > 0) throw stackFailure(problems);
    await rememberLint(root, key);
    detail(runs.map(({ title }) => title).join(', '));
  });
}

function imageOf(prepared: Prepared, service: string): string {
  const image = prepared.images.images.get(service);
  if (image === undefined) throw new Error(`no image was found for ${service}`);
  return image.name;
}
