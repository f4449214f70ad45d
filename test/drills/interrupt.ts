import { EXIT } from '../../scripts/base/failure.ts';
import { interruptCommands } from '../support/sh.ts';

/** Ctrl-C comes from the terminal and from the parent process; only a later one means "now". */
const SAME_MS = 1_000;

/** Aborted by the first Ctrl-C or SIGTERM, which ends the commands that run: the arena is then closed. A second one ends this process at once. */
export function untilInterrupted(): AbortSignal {
  const controller = new AbortController();
  let at = 0;
  const interrupt = (): void => {
    if (controller.signal.aborted && Date.now() - at < SAME_MS) return;
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    at = Date.now();
    process.stderr.write('  … interrupted: removing the stack and its victims\n');
    interruptCommands();
    controller.abort();
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, interrupt);
  return controller.signal;
}
