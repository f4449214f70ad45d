import type { Problem } from './problem.ts';

/** Exit codes of every command. 70 is `EX_SOFTWARE` of sysexits.h; 130 is 128 + SIGINT, as shells report it. */
export const EXIT = { ok: 0, stack: 1, input: 2, bug: 70, interrupted: 130 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends a command with problems that the user can act on. Any other exception is a bug and prints its stack. */
export class Failure extends Error {
  readonly exitCode: ExitCode;
  readonly problems: readonly Problem[];

  constructor(exitCode: ExitCode, problems: readonly Problem[]) {
    super(problems.map((problem) => `${problem.place}: ${problem.message}`).join('\n'));
    this.name = 'Failure';
    this.exitCode = exitCode;
    this.problems = problems;
  }
}

/** The caller's input (settings, arguments, files) is wrong: exit code 2. */
export function inputFailure(problems: readonly Problem[]): Failure {
  return new Failure(EXIT.input, problems);
}

/** The stack or its configuration has a problem: exit code 1. */
export function stackFailure(problems: readonly Problem[]): Failure {
  return new Failure(EXIT.stack, problems);
}
