/** How many mutants of a rule its tests notice. */
export interface MutantsProof {
  readonly killed: number;
  readonly total: number;
}

/** What a healthy stack that watches the fleet shows of an alert. */
interface FleetProof {
  /** Whether it has the series that it needs. */
  readonly canFire: boolean;
  /** Whether it stayed silent for ten minutes in which nothing was wrong. */
  readonly quiet: boolean;
}

/** What a drill measured; times in seconds. */
export interface FaultProof {
  /** From the fault to the alert firing, and to the notification at the receiver. */
  readonly firing?: number;
  readonly received?: number;
  /** From the end of the fault to the resolved notice. */
  readonly resolved?: number;
  /** How many messages people got because of it; absent where none are sent, and in entries from before they were counted. */
  readonly messages?: number;
  /** The time limit that it missed, or why it has no times. */
  readonly missed?: string;
}

/** The drills of an alert, by their fault. */
export interface DrillsProof {
  readonly faults: Readonly<Record<string, FaultProof>>;
}

/** A result with the digest of everything that it depends on. */
export type Proven<T> = T & {
  readonly digest: string;
  /** Taken over from an earlier run: what it needs was not available where the lock was written. */
  readonly earlier?: true;
};

/** What is proven about one alert; a kind that is missing was never proven. */
export interface LockEntry {
  readonly mutants?: Proven<MutantsProof>;
  readonly fleet?: Proven<FleetProof>;
  readonly drills?: Proven<DrillsProof>;
}

/** The kinds of proof that take long and are therefore kept. */
export const PROOFS = ['mutants', 'fleet', 'drills'] as const;
export type Proof = (typeof PROOFS)[number];

/** What is proven, by the name of the alert (or of the recorded metric, which has mutants only). */
export type ProofLock = Readonly<Record<string, LockEntry>>;

/** Reads a lock; an absent one is empty. Throws where it is not an object of objects. */
export function readLock(text: string | undefined): ProofLock {
  const value: unknown = JSON.parse(text ?? '{}');
  const isObject = (part: unknown): part is object => typeof part === 'object' && part !== null && !Array.isArray(part);
  if (!isObject(value) || !Object.values(value).every(isObject)) throw new Error('it is not an object with an object for each alert');
  return value as ProofLock;
}

/** The lock as a file: one line for each alert, sorted. */
export function writeLock(lock: ProofLock): string {
  const names = Object.keys(lock).sort();
  return `{\n${names.map((name) => `${JSON.stringify(name)}: ${JSON.stringify(lock[name])}`).join(',\n')}\n}\n`;
}

/** Puts new proofs into a lock. Alerts that are not in `known` are removed. */
export function mergeLocks(old: ProofLock, fresh: ProofLock, known: ReadonlySet<string>): ProofLock {
  const names = [...new Set([...Object.keys(old), ...Object.keys(fresh)])].filter((name) => known.has(name));
  return Object.fromEntries(names.map((name) => [name, { ...old[name], ...fresh[name] }]));
}
