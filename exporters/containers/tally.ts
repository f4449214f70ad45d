import type { Owner } from './record.ts';

/** Counts per Compose project and service. */
export interface Count {
  readonly owner: Owner;
  readonly starts: number;
  readonly outOfMemoryKills: number;
  /** Ends for which no one asked, and which were no success. */
  readonly failures: number;
  /** Number of ends by exit code. */
  readonly exits: ReadonlyMap<number, number>;
}

interface Entry {
  readonly owner: Owner;
  starts: number;
  outOfMemoryKills: number;
  failures: number;
  readonly exits: Map<number, number>;
}

/** A host with build jobs makes projects without end; what comes after this many is counted together. */
const MAX_OWNERS = 500;
const OTHER: Owner = { project: '(other)', service: '(other)' };

/** Counters of what happens to containers. They never go down while the process lives, also when the containers are long gone. */
export class Tally {
  readonly #entries = new Map<string, Entry>();

  /** Makes the owner's counters exist, so that its first event is seen as an increase from 0. */
  know(owner: Owner): Entry {
    const key = JSON.stringify([owner.project, owner.service]);
    const found = this.#entries.get(key);
    if (found !== undefined) return found;
    if (this.#entries.size >= MAX_OWNERS && owner !== OTHER) return this.know(OTHER);
    const entry: Entry = { owner, starts: 0, outOfMemoryKills: 0, failures: 0, exits: new Map([[0, 0]]) };
    this.#entries.set(key, entry);
    return entry;
  }

  started(owner: Owner): void {
    this.know(owner).starts += 1;
  }

  ended(owner: Owner, code: number): void {
    const { exits } = this.know(owner);
    exits.set(code, (exits.get(code) ?? 0) + 1);
  }

  failed(owner: Owner): void {
    this.know(owner).failures += 1;
  }

  killed(owner: Owner): void {
    this.know(owner).outOfMemoryKills += 1;
  }

  counts(): readonly Count[] {
    return [...this.#entries.values()];
  }
}
