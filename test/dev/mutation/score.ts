import type { Mutant } from './rule-mutants.ts';

/** What became of one mutant. */
export interface Verdict {
  readonly path: string;
  /** The alert, or the recorded metric. */
  readonly name: string;
  readonly kind: Mutant['kind'];
  readonly mutation: string;
  /** Whether a test failed with it, as it should. */
  readonly killed: boolean;
}

/** At least this part of all mutants must die, in percent. */
export const KILLED_AT_LEAST = 95;

/** How many mutants died, of how many, in percent rounded down to a tenth (so that 95.0 is never less than that); 100 where there is none. */
export function scoreOf(verdicts: readonly Verdict[]): { readonly killed: number; readonly total: number; readonly percent: number } {
  const killed = verdicts.filter((verdict) => verdict.killed).length;
  const total = verdicts.length;
  return { killed, total, percent: total === 0 ? 100 : Math.floor((1000 * killed) / total) / 10 };
}
