import { AsyncLocalStorage } from 'node:async_hooks';
import { execFile, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const execute = promisify(execFile);
/** Commands of this process that have not ended. */
const running = new Set<ChildProcess>();
const cleaning = new AsyncLocalStorage<true>();
let ending: Promise<void> | undefined;
/** Longer than a command of the stack takes to end once it was told to. */
const END_MS = 12_000;

/** How a command ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Thrown by whatever is asked for after `interruptCommands`. */
export class Interrupted extends Error {
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
  const started = execute(program, args, { maxBuffer: 64 * 1024 * 1024, ...options, env: { ...process.env, ...options.env } });
  running.add(started.child);
  try {
    const { stdout, stderr } = await started;
    return { code: 0, stdout, stderr };
  } catch (failure) {
    const { code, stdout = '', stderr = '' } = failure as { code?: number | string; stdout?: string; stderr?: string };
    return { code: typeof code === 'number' ? code : -1, stdout, stderr };
  } finally {
    running.delete(started.child);
  }
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
