import { spawn } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';

/** A question that is waited for, and the keys that answer it. */
export type Exchange = readonly [question: string, keys: string];

export const ENTER = '\r';
export const SPACE = ' ';
export const DOWN = '\x1b[B';

/** Runs a program at a terminal of its own (`script` of util-linux), answers its questions in their order, and returns all that the screen showed. */
export async function atTerminal(command: string, cwd: string, exchanges: readonly Exchange[]): Promise<{ code: number; screen: string }> {
  const { CI: _, ...env } = process.env;
  const child = spawn('script', ['-qefc', command, '/dev/null'], { cwd, env: { ...env, TERM: 'xterm', NO_COLOR: '1' } });
  let screen = '';
  let seen = 0;
  const open = [...exchanges];
  const answer = (): void => {
    const [question, keys] = open[0] ?? [];
    if (question === undefined || keys === undefined) return;
    const at = stripVTControlCharacters(screen).indexOf(question, seen);
    if (at === -1) return;
    seen = at + question.length;
    open.shift();
    // The prompt listens a moment after it is drawn.
    setTimeout(() => {
      child.stdin.write(keys);
      answer();
    }, 200);
  };
  child.stdout.on('data', (chunk: Buffer) => {
    screen += chunk.toString('utf8');
    answer();
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), 40_000);
  const code = await new Promise<number>((resolve) => child.on('close', (status) => resolve(status ?? -1)));
  clearTimeout(timer);
  return { code, screen: stripVTControlCharacters(screen) };
}
