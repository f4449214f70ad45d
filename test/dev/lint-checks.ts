import { join } from 'node:path';
import type { Exec } from '../../scripts/base/exec.ts';
import { error, type Problem } from '../../scripts/base/problem.ts';

/** Each check of the sources, with what to do where it fails. */
export const SOURCE_CHECKS = [
  { tool: 'oxlint', args: ['--format=unix'], fix: 'Fix what it lists (.oxlintrc.json holds the rules).' },
  { tool: 'prettier', args: ['--check', '--cache', '--log-level', 'warn', '.'], fix: 'npm run format' },
  { tool: 'knip', args: ['--no-progress'], fix: 'Remove the file, export or dependency that nothing uses, or its `export`.' },
] as const;

/** Runs the linter, the formatter's check and the search for unused code side by side. Returns a problem for each that fails, with its output. */
export async function lint(exec: Exec, root: string, signal: AbortSignal): Promise<readonly Problem[]> {
  const results = await Promise.all(
    SOURCE_CHECKS.map(async ({ tool, args, fix }) => {
      const { code, stdout, stderr } = await exec([join(root, 'node_modules/.bin', tool), ...args], { cwd: root, signal });
      return code === 0 ? [] : [error(tool, `found this:\n${`${stdout}${stderr}`.trimEnd()}`, fix)];
    }),
  );
  return results.flat();
}
