import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../../scripts/base/command.ts';
import { parseArguments } from '../../scripts/base/args.ts';
import { stackFailure } from '../../scripts/base/failure.ts';
import { ONE_BY_ONE, SUITES } from './test-suites.ts';
import { addUp, closingLine, readSummaries } from './test-summary.ts';
import { exec } from '../../scripts/base/exec.ts';
import { ROOT } from '../../scripts/base/files.ts';
import { engineBlocker } from './engine-blocker.ts';

/** Types, then every test. Without an engine, and without leave to install one, the tests that need it are skipped and say so. */
await main(async (context) => {
  const { values, positionals } = parseArguments(context.args, {
    usage: 'npm test [-- --yes] [file…]',
    options: { yes: { type: 'boolean', short: 'y' } },
    positionals: true,
  });
  const { report, signal } = context;
  const yes = values.yes === true || !['', '0', 'false'].includes(process.env['CI'] ?? '');
  const noEngine = await engineBlocker(context, yes);
  if (noEngine !== undefined)
    report.note(`  Tests that need an engine are skipped: ${noEngine}. npm test -- --yes installs and starts what is missing.`);
  const folder = await mkdtemp(join(tmpdir(), 'pharos-test-'));
  const env = { PHAROS_TEST_SUMMARY: join(folder, 'summary'), ...(noEngine === undefined ? {} : { PHAROS_NO_ENGINE: noEngine }) };
  const bin = (name: string): string => join(ROOT, 'node_modules/.bin', name);
  const run = async (command: readonly string[]): Promise<number> =>
    (await exec(command, { cwd: ROOT, env, interactive: true, signal })).code;
  try {
    const types = positionals.length > 0 ? 0 : await report.step('types checked', async () => run([bin('tsc'), '--noEmit']));
    const suites = positionals.length > 0 ? [{ folders: positionals, flags: ONE_BY_ONE }] : SUITES;
    let code = types;
    if (noEngine === undefined && positionals.length === 0)
      await report.step('images and rule tests ready', async () => {
        const { code: failed } = await exec([process.execPath, '--import', 'tsx', join(ROOT, 'test/support/warm-up.ts')], {
          cwd: ROOT,
          signal,
        });
        // The suites say what is wrong, each in its place.
        if (failed !== 0) report.note('  Not all of them are; the tests go on without.');
      });
    for (const { folders, flags } of suites) {
      code = Math.max(
        code,
        Math.abs(
          await run([
            bin('vitest'),
            'run',
            '--passWithNoTests',
            '--reporter=default',
            '--reporter=./test/support/reporter.ts',
            ...flags,
            ...folders,
          ]),
        ),
      );
      signal.throwIfAborted();
    }
    const total = addUp(readSummaries(await readFile(env.PHAROS_TEST_SUMMARY, 'utf8').catch(() => '')), types);
    for (const { name, reason } of total.skipped) report.note(`  skipped: ${name}: ${reason}`);
    report.result(closingLine(total));
    if (code !== 0 || total.failed > 0) throw stackFailure([]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
