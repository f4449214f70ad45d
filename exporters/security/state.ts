import { chmod, readFile, rename, writeFile } from 'node:fs/promises';
import type { JournalPositions } from './journal-follower.ts';
import type { LogPosition } from './log-position.ts';
import type { PortMemory } from './ports.ts';
import type { Counts } from './tally.ts';

/** What is kept over a restart. Positions and counts are written together: a line is never counted twice and never passed over. */
export interface State {
  readonly counts?: Counts;
  readonly connections?: readonly (readonly [string, boolean])[];
  /** By path of the log on the host. */
  readonly positions?: Readonly<Record<string, LogPosition>>;
  /** Where there is no such log: of the journal. */
  readonly journals?: JournalPositions;
  /** When logins by a guessed password were seen, seconds since 1970. */
  readonly guessed?: readonly number[];
  readonly ports?: PortMemory;
  /** When each collector last succeeded, seconds since 1970. */
  readonly succeeded?: Readonly<Record<string, number>>;
}

/** Reads the state; an empty one where there is none or it is damaged, with what is wrong with it. */
export async function loadState(path: string): Promise<{ readonly state: State; readonly wrong?: string }> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { state: value };
    return { state: {}, wrong: 'is no object' };
  } catch (failure) {
    if (failure instanceof Error && 'code' in failure && failure.code === 'ENOENT') return { state: {} };
    return { state: {}, wrong: failure instanceof Error ? failure.message : String(failure) };
  }
}

/** Writes a file beside it and renames it, so that no reader sees half of it. `mode`: who may read it. */
export async function writeWhole(path: string, text: string, mode: number): Promise<void> {
  await writeFile(`${path}.new`, text, { mode });
  // Whatever the umask takes away.
  await chmod(`${path}.new`, mode);
  await rename(`${path}.new`, path);
}
