import { lintProblems } from '../core/lint-output.ts';
import type { LintRun } from '../core/lint-plan.ts';
import type { Problem } from '../core/problem.ts';
import type { Exec } from './exec.ts';

/** Runs one tool in its image: no network, nothing writable, no rights. Returns what it found wrong. */
export async function lint(exec: Exec, run: LintRun, image: string): Promise<readonly Problem[]> {
  const mounts = run.mounts.flatMap(([from, to]) => ['--volume', `${from}:${to}:ro`]);
  const confined = [
    '--network',
    'none',
    '--read-only',
    '--tmpfs',
    '/tmp',
    '--cap-drop',
    'ALL',
    '--security-opt',
    'no-new-privileges',
    '--user',
    '65534:65534',
  ];
  const command = ['docker', 'run', '--rm', '--pull', 'never', ...confined, ...mounts, '--entrypoint', run.entrypoint, image, ...run.args];
  const { code, stdout, stderr } = await exec(command, { timeoutMs: 60_000 });
  return code === 0 ? [] : lintProblems(run.title, run.subject, `${stdout}\n${stderr}`);
}
