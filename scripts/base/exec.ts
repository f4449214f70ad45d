import { $, ProcessOutput } from 'zx';

/** How a program ended. `code` is -1 when it could not be started or was killed. */
export interface ExecResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ExecOptions {
  readonly input?: string;
  /** Added to this process's variables; `undefined` removes one. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** Milliseconds after which the program is killed. */
  readonly timeoutMs?: number;
  /** Milliseconds after which the program is killed if it has printed nothing. */
  readonly silentMs?: number;
  readonly signal?: AbortSignal;
  /** Connects the program to the terminal (`inherit`) instead of collecting its output. */
  readonly interactive?: boolean;
}

/** Runs a program with exact arguments (no shell words) and returns how it ended; it never throws for a non-zero exit. */
export type Exec = (command: readonly string[], options?: ExecOptions) => Promise<ExecResult>;

/** The real `Exec`, on zx. The only place that starts programs. */
export const exec: Exec = async (command, options = {}) => {
  const run = $({
    nothrow: true,
    quiet: true,
    verbose: false,
    stdio: options.interactive === true ? 'inherit' : ['pipe', 'pipe', 'pipe'],
    input: options.input ?? '',
    env: { ...process.env, ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
    // A signal of its own: zx never removes its listener, and Node warns from the eleventh on.
    ...(options.signal === undefined ? {} : { signal: AbortSignal.any([options.signal]) }),
  });
  const started = run`${[...command]}`;
  const silence =
    options.silentMs === undefined ? undefined : setTimeout(() => void started.kill('SIGTERM').catch(() => undefined), options.silentMs);
  if (silence !== undefined) started.stdout.once('data', () => clearTimeout(silence));
  try {
    const output = await started;
    return { code: output.exitCode ?? -1, stdout: output.stdout, stderr: output.stderr };
  } catch (failure) {
    if (failure instanceof ProcessOutput) return { code: failure.exitCode ?? -1, stdout: failure.stdout, stderr: failure.stderr };
    throw failure;
  } finally {
    clearTimeout(silence);
  }
};
