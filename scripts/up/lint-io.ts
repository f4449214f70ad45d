import type { LintRun } from '../modules/parts.ts';
import { lintProblems } from './lint-output.ts';
import { error, type Problem } from '../base/problem.ts';
import type { Exec, ExecResult } from '../base/exec.ts';

/** The exit code of a program that was killed. */
const KILLED = -1;

const CONFINED = [
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

/** Runs one tool in its image: no network, read-only, no privileges. It is killed after `timeoutMs` milliseconds. */
export async function runConfined(
  exec: Exec,
  run: Pick<LintRun, 'mounts' | 'entrypoint' | 'args'>,
  image: string,
  timeoutMs: number,
): Promise<ExecResult> {
  const mounts = run.mounts.flatMap(([from, to]) => ['--volume', `${from}:${to}:ro`]);
  const command = ['docker', 'run', '--rm', '--pull', 'never', ...CONFINED, ...mounts, '--entrypoint', run.entrypoint, image, ...run.args];
  return exec(command, { timeoutMs });
}

/** Every tool takes seconds; this allows for a busy host. */
const LINT_MS = 300_000;

/** Runs one tool over the staged configuration. Returns its problems. */
export async function lint(exec: Exec, run: LintRun, image: string): Promise<readonly Problem[]> {
  const { code, stdout, stderr } = await runConfined(exec, run, image, LINT_MS);
  if (code === KILLED)
    return [
      error(
        run.subject,
        `${run.title} did not end within ${LINT_MS / 1000} s`,
        'Try again when this host is less busy (uptime, docker stats).',
      ),
    ];
  return code === 0 ? [] : lintProblems(run.title, run.subject, `${stdout}\n${stderr}`);
}
