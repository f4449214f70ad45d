import { AsyncLocalStorage } from 'node:async_hooks';
import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** Commands of this process that have not ended, but those that clean up. */
const running = new Set<ChildProcess>();
const cleaning = new AsyncLocalStorage<true>();
let ending: Promise<void> | undefined;
/** Longer than a command of the stack takes to stop after a signal. */
const END_MS = 12_000;

/** How a command ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Thrown by whatever is asked for after `interruptCommands`. */
class Interrupted extends Error {
  constructor() {
    super('interrupted');
    this.name = 'Interrupted';
  }
}

/** Runs a program and collects what it prints; a non-zero exit is a result, not an exception. Throws only after `interruptCommands`. */
export async function sh(
  command: readonly string[],
  options: { readonly cwd?: string; readonly env?: Record<string, string>; readonly timeout?: number } = {},
): Promise<Ended> {
  refuseIfInterrupted();
  const ended = await run(command, options);
  refuseIfInterrupted();
  return ended;
}

async function run([program = '', ...args]: readonly string[], options: { readonly env?: Record<string, string> }): Promise<Ended> {
  // Ctrl-C in a terminal reaches its whole process group. What cleans up has one of its own: removals that are cut off and asked for anew at once
  // make the engine lose count of what is in a network.
  const detached = cleaning.getStore() !== undefined;
  const child = spawn(program, args, { ...options, env: { ...process.env, ...options.env }, detached });
  if (!detached) running.add(child);
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].setEncoding('utf8').on('data', (text: string) => (said[stream] += text));
  return new Promise((resolve) => {
    const end = (code: number | null): void => {
      running.delete(child);
      resolve({ code: code ?? -1, ...said });
    };
    child.once('error', () => end(-1)).once('close', end);
  });
}

/** Throws `Interrupted` after `interruptCommands`, but to what cleans up. */
export function refuseIfInterrupted(): void {
  if (ending !== undefined && cleaning.getStore() === undefined) throw new Interrupted();
}

/** Ends the commands that run and refuses any other, so that nothing is started while `cleanly` removes what there is. */
export function interruptCommands(): void {
  ending ??= endAll();
}

async function endAll(): Promise<void> {
  for (const child of running) child.kill('SIGTERM');
  for (const deadline = Date.now() + END_MS; running.size > 0 && Date.now() < deadline;) await sleep(100);
  for (const child of running) child.kill('SIGKILL');
}

/** Runs what removes things; its commands run even after `interruptCommands`, once all others have ended. */
export async function cleanly<T>(work: () => Promise<T>): Promise<T> {
  await ending;
  return cleaning.run(true, work);
}
