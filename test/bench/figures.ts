import { readdirSync, readFileSync } from 'node:fs';

const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);

/** The value below which the share `q` (0 to 1) of the values lies; NaN of none. */
export const quantile = (values: readonly number[], q: number): number => sorted(values)[Math.floor(q * (values.length - 1))] ?? Number.NaN;
export const median = (values: readonly number[]): number => quantile(values, 0.5);
export const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
export const mean = (values: readonly number[]): number => sum(values) / values.length;

/**
 * CPU time of a process so far, in milliseconds: of all its threads. The scheduler counts it in nanoseconds; `/proc/<pid>/stat` only in ticks
 * of 10 ms, a tenth of what is measured here at a time.
 */
export function cpuOf(pid: number): number {
  const ran = readdirSync(`/proc/${pid}/task`).map((thread) => {
    try {
      return Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
    } catch {
      // It ended since it was listed.
      return 0;
    }
  });
  return sum(ran) / 1e6;
}

/** Prints a Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
  process.stdout.write([head, head.map(() => '---'), ...rows].map(line).join(''));
}
