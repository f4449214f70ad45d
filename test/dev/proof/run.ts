import { once } from 'node:events';
import type { Workspace } from '../../../scripts/engine/workspace.ts';
import { runBatches, type Outcome } from '../../drills/shared/batches.ts';
import { openContext } from '../../drills/shared/context.ts';
import type { DrillContext } from '../../drills/shared/drill.ts';
import { patienceOf } from '../../drills/shared/limits.ts';
import { interruptCommands } from '../../support/sh.ts';
import { mutate } from '../mutation/mutate.ts';
import { alertsWithSeries, quietAlerts } from './fleet-look.ts';
import type { ProofLock } from './lock.ts';
import type { Subject } from './open.ts';
import type { ProofPlan } from './plan.ts';
import { drillEntries, fleetEntries, mutantEntries } from './results.ts';

/** The project of the stack that is started for proofs. */
export const PROJECT = 'pharos-drill';

/** What a run works with. */
export interface ProofRun {
  readonly place: Workspace;
  readonly plan: ProofPlan;
  readonly subjects: readonly Subject[];
  /** The lock as it was. */
  readonly lock: ProofLock;
}

/** New entries of the lock, and what kept the run from making all of them. */
export interface Proved {
  readonly entries: readonly ProofLock[];
  readonly failures: readonly unknown[];
}

/**
 * Makes the proofs of a plan. Everything that needs a stack shares one: first ten minutes of silence, beside which nothing else runs, then a look
 * at the series, then the drills. Mutants are tried while the last drills wait for their resolved notices. What fails does not end the rest.
 */
export async function prove(run: ProofRun): Promise<Proved> {
  const { place, plan } = run;
  const { report, signal } = place;
  const failures: unknown[] = [];
  const attempt: Attempt = async (work) => work().catch((failure: unknown) => void failures.push(failure));
  if (plan.drills.length + plan.canFire.size + plan.quiet.size === 0)
    return { entries: [(await attempt(async () => tryMutants(run))) ?? {}], failures };
  signal.addEventListener('abort', interruptCommands);
  const start = async () => report.step('stack, fleet and targets started', async () => openContext(PROJECT, plan.drills, { signal }));
  const opened = await attempt(start);
  if (opened === undefined) return { entries: [], failures };
  const { context, close } = opened;
  try {
    const entries = await Promise.race([onStack(run, context, attempt), once(signal, 'abort').then(() => [])]);
    return { entries, failures };
  } finally {
    await report.step('stack removed', async () => close());
  }
}

type Attempt = <T>(work: () => Promise<T>) => Promise<T | undefined>;

async function onStack(run: ProofRun, context: DrillContext, attempt: Attempt): Promise<readonly ProofLock[]> {
  const { place, plan, subjects, lock } = run;
  const { report, signal } = place;
  const none: ReadonlyMap<string, boolean> = new Map();
  const silence = async () => report.step('ten minutes of silence', async () => quietAlerts(context, signal, report.note));
  const series = async () => report.step('series of every alert', async () => alertsWithSeries(context, plan.canFire));
  const quiet = plan.quiet.size === 0 ? none : ((await attempt(silence)) ?? none);
  const canFire = plan.canFire.size === 0 ? none : ((await attempt(series)) ?? none);
  const fleet = fleetEntries({ quiet, canFire }, plan.canFire, subjects, lock);
  let startMutants: () => void = () => undefined;
  const faultsRemoved = new Promise<void>((resolve) => (startMutants = resolve));
  const [outcomes, mutants = {}] = await Promise.all([
    runBatches(plan.drills, context, {
      patience: patienceOf,
      report: (outcome) => report.note(outcomeLine(outcome)),
      faultsRemoved: startMutants,
    }),
    faultsRemoved.then(async () => attempt(async () => tryMutants(run))),
  ]);
  return [fleet, drillEntries(outcomes, subjects, lock), mutants];
}

async function tryMutants({ place, plan, subjects }: ProofRun): Promise<ProofLock> {
  if (plan.mutants.size === 0) return {};
  return mutantEntries(await mutate(place, { names: plan.mutants }), plan.mutants, subjects);
}

function outcomeLine(outcome: Outcome): string {
  const { alert, fault } = outcome.drill;
  if ('skipped' in outcome) return `  – ${alert}: ${fault}: ${outcome.skipped}`;
  if ('failed' in outcome) return `  ✗ ${alert}: ${fault}: ${outcome.failed}`;
  const { toAlert, toNotification, toResolved, messages, runbook } = outcome.result;
  const back = toResolved === undefined ? 'no resolved notice in time' : `resolved after ${toResolved.toFixed(0)} s`;
  const count = messages === undefined ? '' : `, ${messages.length} messages`;
  const times = `firing after ${toAlert.toFixed(0)} s, at the receiver after ${toNotification.toFixed(0)} s, ${back}${count}`;
  const failed = runbook.map((command) => `\n      ${command}`).join('');
  return outcome.missed === undefined
    ? `  ✓ ${alert}: ${fault}: ${times}`
    : `  ✗ ${alert}: ${fault}: ${times} (${outcome.missed})${failed}`;
}
