import { error, type Problem } from '../../../scripts/base/problem.ts';
import { PROOFS, type LockEntry, type Proof, type ProofLock } from './lock.ts';

/** An alert as it is now: the digest of what each of its proofs depends on. A kind without a digest needs no proof. */
export interface Subject {
  readonly alert: string;
  readonly digests: Readonly<Partial<Record<Proof, string>>>;
  /** The faults of its drills. */
  readonly faults: readonly string[];
}

/** A proof that is not there, or does not hold any more. */
export interface OpenProof {
  readonly alert: string;
  readonly proof: Proof;
  readonly why: 'missing' | 'changed' | 'failed';
}

/** Every proof that has to be made. */
export function openProofs(subjects: readonly Subject[], lock: ProofLock): readonly OpenProof[] {
  return subjects.flatMap(({ alert, digests, faults }) =>
    PROOFS.flatMap((proof) => {
      const why = digests[proof] === undefined ? undefined : reason(proof, digests[proof], lock[alert] ?? {}, faults);
      return why === undefined ? [] : [{ alert, proof, why }];
    }),
  );
}

function reason(proof: Proof, digest: string, entry: LockEntry, faults: readonly string[]): OpenProof['why'] | undefined {
  if (entry[proof] === undefined) return 'missing';
  if (entry[proof].digest !== digest) return 'changed';
  return holds(proof, entry, faults) ? undefined : 'failed';
}

function holds(proof: Proof, { fleet, drills }: LockEntry, faults: readonly string[]): boolean {
  // How many mutants must be noticed is decided over all rules together.
  if (proof === 'mutants') return true;
  if (proof === 'fleet') return fleet?.canFire === true && fleet.quiet;
  return faults.every((fault) => drills?.faults[fault] !== undefined && drills.faults[fault].missed === undefined);
}

/** Names in the lock that no rule has any more. */
export function obsolete(subjects: readonly Subject[], lock: ProofLock): readonly string[] {
  const known = new Set(subjects.map(({ alert }) => alert));
  return Object.keys(lock).filter((name) => !known.has(name));
}

/** Open proofs as problems, one for each alert, with the command that makes them. */
export function openProblems(open: readonly OpenProof[]): readonly Problem[] {
  const alerts = [...new Set(open.map(({ alert }) => alert))];
  return alerts.map((name) => {
    const reasons = open.flatMap(({ alert, proof, why }) => (alert === name ? [REASONS[why](NOUNS[proof])] : []));
    return error(name, reasons.join(', '), `npm run prove -- ${name}`);
  });
}

const NOUNS: Readonly<Record<Proof, string>> = { mutants: 'mutants', fleet: 'series and silence', drills: 'drills' };
const REASONS: Readonly<Record<OpenProof['why'], (noun: string) => string>> = {
  missing: (noun) => `${noun} not proven`,
  changed: (noun) => `what the proof of its ${noun} depends on has changed`,
  failed: (noun) => `${noun} failed`,
};
