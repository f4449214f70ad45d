import { isRunnable, MAIN_BATCH, runDrill, type Drill, type DrillContext, type DrillResult, type Patience } from './drill.ts';
import { missedLimit } from './limits.ts';
import { diagnose } from './diagnose.ts';
import { diagnostics } from './diagnostics.ts';

/** What came of a drill: a result, which may have missed a time limit; or why there is none. */
export type Outcome =
  | { readonly drill: Drill; readonly result: DrillResult; readonly missed: string | undefined }
  | { readonly drill: Drill; readonly failed: string }
  | { readonly drill: Drill; readonly skipped: string };

export interface BatchOptions {
  /** How long to wait for the steps of a drill. */
  readonly patience: (drill: Drill) => Patience;
  /** Is called with each outcome as soon as it is known. */
  readonly report?: (outcome: Outcome) => void;
  /** Is called when the last fault is removed: what follows only waits. */
  readonly faultsRemoved?: () => void;
}

/**
 * Runs drills, those of a batch at once. A later batch begins when the faults of the one before are removed; resolved notices, for which some
 * rules take a quarter of an hour, are waited for meanwhile.
 */
export async function runBatches(
  drills: readonly Drill[],
  context: DrillContext,
  { patience, report, faultsRemoved }: BatchOptions,
): Promise<readonly Outcome[]> {
  const outcomes: Promise<Outcome>[] = [];
  for (const batch of [1, 2, 3, 4]) {
    const removed: Promise<void>[] = [];
    for (const drill of drills.filter((one) => (one.batch ?? MAIN_BATCH) === batch)) {
      let done: () => void = () => undefined;
      removed.push(new Promise((resolve) => (done = resolve)));
      const watched = { ...drill, remove: async (of: DrillContext) => drill.remove(of).finally(done) };
      outcomes.push(
        outcomeOf(watched, drill, context, patience(drill)).then((outcome) => {
          done();
          report?.(outcome);
          return outcome;
        }),
      );
    }
    await Promise.all(removed);
  }
  faultsRemoved?.();
  return Promise.all(outcomes);
}

async function outcomeOf(watched: Drill, drill: Drill, context: DrillContext, patience: Patience): Promise<Outcome> {
  try {
    if (!(await isRunnable(drill, context))) return { drill, skipped: `${drill.needs} is not available here` };
    const result = await runDrill(watched, context, patience, diagnose);
    return { drill, result, missed: missedLimit(drill, result) };
  } catch (failure) {
    // There are none where the drills were interrupted.
    const details = await diagnostics(drill, context).catch(() => '');
    await drill.remove(context).catch(() => undefined);
    return { drill, failed: `${failure instanceof Error ? failure.message : String(failure)}${details}` };
  }
}
