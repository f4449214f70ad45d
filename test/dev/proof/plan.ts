import { closest } from 'fastest-levenshtein';
import { error, type Problem } from '../../../scripts/base/problem.ts';
import type { Drill } from '../../drills/shared/drill.ts';
import { openProofs, type OpenProof, type Subject } from './open.ts';
import type { Proof, ProofLock } from './lock.ts';

/** What a run proves. */
export interface ProofPlan {
  /** Names of the rules of which mutants are tried. */
  readonly mutants: ReadonlySet<string>;
  /** Alerts that must have series on the stack. */
  readonly canFire: ReadonlySet<string>;
  /** Alerts that must stay silent for ten minutes. */
  readonly quiet: ReadonlySet<string>;
  readonly drills: readonly Drill[];
  /** Drills that only run where their alert is named. */
  readonly leftOut: readonly Drill[];
}

/** What to prove: everything, some alerts, or what is missing or changed. */
export type Request = 'all' | 'stale' | readonly string[];

export interface ProofState {
  readonly subjects: readonly Subject[];
  readonly lock: ProofLock;
  readonly drills: readonly Drill[];
}

/** Plans a run of some kinds of proof. Of named alerts everything is proven anew but ten minutes of silence that still hold. */
export function proofPlan(request: Request, kinds: readonly Proof[], { subjects, lock, drills }: ProofState): ProofPlan {
  const open = openProofs(subjects, lock);
  const isOpen = (alert: string, proof: Proof): boolean => open.some((one) => one.alert === alert && one.proof === proof);
  const isNamed = (alert: string): boolean => typeof request !== 'string' && request.includes(alert);
  const isWanted = (alert: string, proof: Proof): boolean =>
    kinds.includes(proof) && (request === 'all' || isNamed(alert) || (request === 'stale' && isOpen(alert, proof)));
  const having = (proof: Proof, wanted: (alert: string) => boolean): ReadonlySet<string> =>
    new Set(subjects.flatMap(({ alert, digests }) => (digests[proof] !== undefined && wanted(alert) ? [alert] : [])));
  const chosen = drills.filter(({ alert }) => isWanted(alert, 'drills'));
  const runs = ({ alert, onlyByName }: Drill): boolean => onlyByName === undefined || isNamed(alert);
  return {
    mutants: having('mutants', (alert) => isWanted(alert, 'mutants')),
    canFire: having('fleet', (alert) => isWanted(alert, 'fleet')),
    quiet: having('fleet', (alert) => isWanted(alert, 'fleet') && (!isNamed(alert) || isOpen(alert, 'fleet'))),
    drills: chosen.filter(runs),
    leftOut: chosen.filter((drill) => !runs(drill)),
  };
}

export const isEmpty = ({ mutants, canFire, drills }: ProofPlan): boolean => mutants.size + canFire.size + drills.length === 0;

/** Whether a run was to make a proof. */
export function inPlan({ mutants, canFire, drills }: ProofPlan, { alert, proof }: Pick<OpenProof, 'alert' | 'proof'>): boolean {
  if (proof === 'drills') return drills.some((drill) => drill.alert === alert);
  return (proof === 'mutants' ? mutants : canFire).has(alert);
}

/** Names that no rule has. */
export function unknownAlerts(names: readonly string[], subjects: readonly Subject[]): readonly Problem[] {
  const known = subjects.map(({ alert }) => alert);
  return names
    .filter((name) => !known.includes(name))
    .map((name) => error('arguments', `there is no alert ${name}`, `Did you mean ${closest(name, known)}?`));
}
