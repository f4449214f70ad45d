import { MAIN_BATCH, runDrill, type Drill, type DrillContext, type DrillResult, type Patience } from './drill.ts';
import { missedLimit } from './limits.ts';
import { diagnostics } from './diagnostics.ts';

/** What came of a drill: a result, which may have missed a time limit; or why there is none. */
export type Outcome =
  | { readonly drill: Drill; readonly result: DrillResult; readonly missed: string | undefined }
  | { readonly drill: Drill; readonly failed: string }
  | { readonly drill: Drill; readonly skipped: string };

/**
 * Runs drills, those of a batch at once, and reports each as soon as it is over. A later batch begins when the faults of the one before are
 * removed; resolved notices, for which some rules take a quarter of an hour, are waited for meanwhile.
 *
 * @param patience how long to wait for the steps of a drill
 */
export async function runBatches(
  drills: readonly Drill[],
  context: DrillContext,
  patience: (drill: Drill) => Patience,
  report: (outcome: Outcome) => void = () => undefined,
): Promise<readonly Outcome[]> {
  const outcomes: Promise<Outcome>[] = [];
  for (const batch of [1, 2, 3]) {
    const removed: Promise<void>[] = [];
    for (const drill of drills.filter((one) => (one.batch ?? MAIN_BATCH) === batch)) {
      let done: () => void = () => undefined;
      removed.push(new Promise((resolve) => (done = resolve)));
      const watched = { ...drill, remove: async (of: DrillContext) => drill.remove(of).finally(done) };
      outcomes.push(
        outcomeOf(watched, drill, context, patience(drill)).then((outcome) => {
          done();
          report(outcome);
          return outcome;
        }),
      );
    }
    await Promise.all(removed);
  }
  return Promise.all(outcomes);
}

async function outcomeOf(watched: Drill, drill: Drill, context: DrillContext, patience: Patience): Promise<Outcome> {
  try {
    if (drill.needs !== undefined && !(await context.has(drill.needs))) return { drill, skipped: `${drill.needs} is not available here` };
    const result = await runDrill(watched, context, patience);
    return { drill, result, missed: missedLimit(drill, result) };
  } catch (failure) {
    // There are none where the drills were interrupted.
    const details = await diagnostics(drill, context).catch(() => '');
    await drill.remove(context).catch(() => undefined);
    return { drill, failed: `${failure instanceof Error ? failure.message : String(failure)}${details}` };
  }
}
