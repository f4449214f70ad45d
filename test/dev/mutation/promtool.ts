import { junitResults, type SuiteResult } from './junit.ts';
import type { Exec } from '../../../scripts/base/exec.ts';
import { runConfined } from '../../../scripts/up/lint-io.ts';

/** Some hundred test files take seconds; this is for a host that is busy otherwise. */
const TIMEOUT_MS = 600_000;

/**
 * Runs promtool test files that stand in one folder, in one container.
 *
 * @param names test files below `folder`
 * @returns the result of each, by its name; throws where promtool did not get to one of them
 */
export async function testRules(
  exec: Exec,
  image: string,
  folder: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, SuiteResult>> {
  const args = ['test', 'rules', '--junit=/dev/stdout', ...names.map((name) => `/stack/${name}`)];
  const { stdout, stderr, code } = await runConfined(
    exec,
    { entrypoint: '/bin/promtool', args, mounts: [[folder, '/stack']] },
    image,
    TIMEOUT_MS,
  );
  const results = new Map([...junitResults(stdout)].map(([path, result]) => [path.replace('/stack/', ''), result]));
  const missing = names.filter((name) => !results.has(name));
  if (missing.length > 0)
    throw new Error(`promtool (exit code ${code}) says nothing about ${missing.length} of ${names.length} files: ${stderr.slice(-500)}`);
  return results;
}
