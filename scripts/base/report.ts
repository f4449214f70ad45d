import pc from 'picocolors';
import type { Problem } from './problem.ts';

/** Where a command prints: results on stdout, progress and problems on stderr. Secrets are never printed. */
export interface Report {
  /** A result: what the caller asked for. */
  readonly result: (text: string) => void;
  /** A note on progress. */
  readonly note: (text: string) => void;
  /** Runs one step and prints its line with the time it took; text that `run` returns is shown after the title. */
  readonly step: <T>(title: string, run: (detail: (text: string) => void) => Promise<T>) => Promise<T>;
  /** All problems, each with its place and its fix. */
  readonly problems: (problems: readonly Problem[]) => void;
}

export interface ReportStreams {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Draws a step's line while it runs, and once more at its end. Needs a terminal. */
  readonly live: boolean;
  /** Width of the terminal in characters. */
  readonly columns: () => number;
  readonly now: () => number;
}

/** Renders one problem as its lines: mark, place, message, then the fix. */
export function renderProblem(problem: Problem): string {
  const mark = problem.severity === 'error' ? pc.red('✗') : pc.yellow('!');
  const fix =
    problem.fix === undefined
      ? ''
      : `\n${problem.fix
          .split('\n')
          .map((line, i) => `    ${i === 0 ? pc.cyan('→ ') : '  '}${line}`)
          .join('\n')}`;
  return `  ${mark} ${pc.bold(problem.place)}: ${problem.message}${fix}`;
}

/** A report that writes to the given streams. */
export function createReport(streams: ReportStreams): Report {
  /** Draws the line of the running step; a terminal shows one at a time. */
  let redraw: (() => void) | undefined;
  const clear = streams.live ? '\r\x1b[2K' : '';
  const seconds = (since: number): string => pc.dim(`${((streams.now() - since) / 1000).toFixed(1)} s`);
  return {
    result: (text) => streams.out(`${text}\n`),
    note: (text) => {
      streams.err(`${redraw === undefined ? '' : clear}${text}\n`);
      redraw?.();
    },
    step: async (title, run) => {
      const start = streams.now();
      let detail = '';
      const behind = (text: string): string => (text === '' ? '' : pc.dim(` · ${text}`));
      // A wrapped line cannot be redrawn.
      const draw = (): void => {
        const room = Math.max(0, streams.columns() - title.length - 8);
        const shown = detail.length > room ? `${detail.slice(0, Math.max(0, room - 1))}…` : detail;
        streams.err(`${clear}  ${pc.cyan('…')} ${title}${behind(shown)}`);
      };
      redraw = streams.live ? draw : undefined;
      redraw?.();
      const end = (mark: string): void => {
        redraw = undefined;
        streams.err(`${clear}  ${mark} ${title}  ${seconds(start)}${behind(detail)}\n`);
      };
      try {
        const value = await run((text) => {
          detail = text;
          redraw?.();
        });
        end(pc.green('✓'));
        return value;
      } catch (failure) {
        end(pc.red('✗'));
        throw failure;
      }
    },
    problems: (problems) => {
      for (const problem of problems) streams.err(`${renderProblem(problem)}\n`);
    },
  };
}

/** The report of a real terminal or pipe. */
export function terminalReport(): Report {
  return createReport({
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    live: process.stderr.isTTY,
    columns: () => (process.stderr.isTTY ? process.stderr.columns : 80),
    now: () => Date.now(),
  });
}
