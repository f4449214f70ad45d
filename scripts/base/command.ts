import pc from 'picocolors';
import { EXIT, Failure } from './failure.ts';
import { HelpAsked } from './args.ts';
import { terminalReport, type Report } from './report.ts';

/** What the wrapper passes to every command. */
export interface Context {
  readonly args: readonly string[];
  readonly report: Report;
  /** Aborted by Ctrl-C or SIGTERM; long work listens to it. */
  readonly signal: AbortSignal;
}

const SAME_INTERRUPT_MS = 500;

/** The text of the interrupt message. A command that changes something sets it, so that the user knows what is done and what is not. */
export const interruption = {
  state: 'Nothing has been changed.',
  /** How long the programs that the command started may take to clean up. */
  patienceMs: 10_000,
};

/**
 * Runs a command as the program: the only place that sets the exit code.
 * A `Failure` prints its problems; any other exception is a bug and prints its stack (exit code 70).
 */
export async function main(command: (context: Context) => Promise<void>): Promise<void> {
  const report = terminalReport();
  const controller = new AbortController();
  let interruptedAt = 0;
  const interrupt = (): void => {
    // Ctrl-C reaches this process from the terminal and from its parent; only a later one means "now".
    if (controller.signal.aborted && Date.now() - interruptedAt < SAME_INTERRUPT_MS) return;
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    interruptedAt = Date.now();
    controller.abort();
    process.stderr.write(`\n${pc.yellow('Interrupted.')} ${interruption.state}\n`);
    setTimeout(() => process.exit(EXIT.interrupted), interruption.patienceMs).unref();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  try {
    await command({ args: process.argv.slice(2), report, signal: controller.signal });
  } catch (failure) {
    process.exitCode = controller.signal.aborted ? EXIT.interrupted : explain(failure, report);
  }
  if (controller.signal.aborted) process.exitCode = EXIT.interrupted;
  process.exit();
}

function explain(failure: unknown, report: Report): number {
  if (failure instanceof HelpAsked) {
    report.result(failure.message);
    return EXIT.ok;
  }
  if (failure instanceof Failure) {
    report.problems(failure.problems);
    return failure.exitCode;
  }
  process.stderr.write(
    `${pc.red('This is a bug in Pharos, not something you did:')}\n${failure instanceof Error ? failure.stack : String(failure)}\n`,
  );
  return EXIT.bug;
}
