import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../../scripts/base/command.ts';
import { parseArguments } from '../../scripts/base/args.ts';
import { stackFailure } from '../../scripts/base/failure.ts';
import { error } from '../../scripts/base/problem.ts';
import { exec } from '../../scripts/base/exec.ts';
import { ROOT } from '../../scripts/base/files.ts';
import { engineBlocker } from './engine-blocker.ts';
import { CHECKS, FOLDERS, ONE_BY_ONE, SIDE_BY_SIDE, type Check } from './test-suites.ts';
import { addUp, closingLine, readSummaries } from './test-summary.ts';

const bin = (name: string): string => join(ROOT, 'node_modules/.bin', name);
const VITEST = [bin('vitest'), 'run', '--passWithNoTests', '--reporter=default', '--reporter=./test/support/reporter.ts'];

/** Every check and every test, or the named files. Without an engine, and without leave to install one, tests that need it are skipped and say so. */
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
  const everything = positionals.length === 0;
  const check = async ({ title, command: [program, ...args] }: Check) => ({
    title,
    ...(await exec([bin(program), ...args], { cwd: ROOT, signal })),
  });
  try {
    if (everything && noEngine === undefined) await report.step('images and rule tests ready', async () => warmUp(signal));
    const checks = Promise.all(everything ? CHECKS.map(check) : []);
    const what = everything ? [...SIDE_BY_SIDE, ...FOLDERS] : [...ONE_BY_ONE, ...positionals];
    const { code } = await exec([...VITEST, ...what], { cwd: ROOT, env, interactive: true, signal });
    signal.throwIfAborted();
    const wrong = (await checks).filter((ended) => ended.code !== 0);
    for (const { title, stdout, stderr } of wrong) report.note(`  ✗ ${title}\n${stdout}${stderr}`);
    const summaries = readSummaries(await readFile(env.PHAROS_TEST_SUMMARY, 'utf8').catch(() => ''));
    const cutShort = summaries.length === 0 ? 1 : 0;
    if (cutShort > 0) report.note('  ✗ vitest ended before it had results; its output above says how far it came');
    const total = addUp(summaries, { passed: (await checks).length - wrong.length, failed: wrong.length + cutShort });
    for (const { name, reason } of total.skipped) report.note(`  skipped: ${name}: ${reason}`);
    report.result(closingLine(total));
    if (code !== 0 || total.failed > 0) throw stackFailure([]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

/** Builds images and lets rule tests pass once, so that stacks that start side by side do not all do that. Throws with the output of what fails. */
async function warmUp(signal: AbortSignal): Promise<void> {
  const command = [process.execPath, '--import', 'tsx', join(ROOT, 'test/support/warm-up.ts')];
  const { code, stdout, stderr } = await exec(command, { cwd: ROOT, signal });
  if (code !== 0)
    throw stackFailure([error('images and rule tests', `${stdout}${stderr}`, 'The tests need both: fix it and rerun npm test.')]);
}
