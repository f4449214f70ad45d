import type { Outcome } from '../../drills/shared/batches.ts';
import type { Verdict } from '../mutation/score.ts';
import { scoreOf } from '../mutation/score.ts';
import type { FaultProof, LockEntry, Proof, ProofLock } from './lock.ts';
import type { Subject } from './open.ts';

/** What a healthy stack showed of the alerts that were looked at. */
export interface FleetFindings {
  /** Alerts by whether they have series. */
  readonly canFire: ReadonlyMap<string, boolean>;
  /** Alerts by whether they stayed silent; one that is not in it was not watched for ten minutes. */
  readonly quiet: ReadonlyMap<string, boolean>;
}

/** The entries of the rules whose mutants were tried. */
export function mutantEntries(verdicts: readonly Verdict[], tried: ReadonlySet<string>, subjects: readonly Subject[]): ProofLock {
  return entries(subjects, 'mutants', (name) => {
    if (!tried.has(name)) return undefined;
    const { killed, total } = scoreOf(verdicts.filter((verdict) => verdict.name === name));
    return { killed, total };
  });
}

/**
 * The entries of the alerts that were looked at on the stack. What could not be looked at here keeps its earlier result.
 *
 * @param wanted the alerts that the run was to look at
 */
export function fleetEntries(
  { canFire, quiet }: FleetFindings,
  wanted: ReadonlySet<string>,
  subjects: readonly Subject[],
  old: ProofLock,
): ProofLock {
  // Nothing was looked at: that is no reason to keep what may have changed.
  if (canFire.size === 0) return {};
  return entries(subjects, 'fleet', (alert, digest) => {
    if (!wanted.has(alert)) return undefined;
    const earlier = old[alert]?.fleet;
    const can = canFire.get(alert);
    if (can === undefined) return earlier === undefined ? undefined : { canFire: earlier.canFire, quiet: earlier.quiet, earlier: true };
    const silent = quiet.get(alert) ?? (earlier?.digest === digest ? earlier?.quiet : undefined);
    return silent === undefined ? undefined : { canFire: can, quiet: silent };
  });
}

/** The entries of the alerts that were drilled. A service that is not available here keeps its earlier result. */
export function drillEntries(outcomes: readonly Outcome[], subjects: readonly Subject[], old: ProofLock): ProofLock {
  return entries(subjects, 'drills', (alert) => {
    const own = outcomes.filter(({ drill }) => drill.alert === alert);
    if (own.length === 0) return undefined;
    const earlier = old[alert]?.drills;
    if (own.some((outcome) => 'skipped' in outcome)) return earlier === undefined ? undefined : { faults: earlier.faults, earlier: true };
    return { faults: Object.fromEntries(own.map((outcome) => [outcome.drill.fault, faultOf(outcome)] as const)) };
  });
}

function faultOf(outcome: Outcome): FaultProof {
  if ('skipped' in outcome) return {};
  if ('failed' in outcome) return { missed: outcome.failed.split('\n')[0] ?? '' };
  const { toAlert, toNotification, toResolved, messages } = outcome.result;
  return {
    firing: toAlert,
    received: toNotification,
    ...(toResolved === undefined ? {} : { resolved: toResolved }),
    ...(messages === undefined ? {} : { messages: messages.length }),
    ...(outcome.missed === undefined ? {} : { missed: outcome.missed }),
  };
}

/** One entry for each alert that has a result, with the digest of what it depends on. */
function entries<K extends Proof>(
  subjects: readonly Subject[],
  proof: K,
  resultOf: (alert: string, digest: string) => Omit<NonNullable<LockEntry[K]>, 'digest'> | undefined,
): ProofLock {
  return Object.fromEntries(
    subjects.flatMap(({ alert, digests }) => {
      const digest = digests[proof];
      const result = digest === undefined ? undefined : resultOf(alert, digest);
      return result === undefined ? [] : [[alert, { [proof]: { digest, ...result } }] as const];
    }),
  );
}
