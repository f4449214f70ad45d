import { setTimeout as sleep } from 'node:timers/promises';
import { SETTLE_MS } from './arena.ts';
import { broken, due } from './promise.ts';
import { evidence } from './evidence.ts';
import { MAIN_TURN, runDrill, type Arena, type Drill, type DrillResult } from './drill.ts';

/** What came of a drill: a result, whose promise may be broken; or why there is none. */
export type Outcome =
  | { readonly drill: Drill; readonly result: DrillResult; readonly broken: string | undefined }
  | { readonly drill: Drill; readonly failed: string }
  | { readonly drill: Drill; readonly skipped: string };

/**
 * Runs drills, those of a turn at once, and tells of each as soon as it is over. A later turn waits until the faults of the one before are mended,
 * and after those that break the way of every message until they are over.
 */
export async function runTurns(
  drills: readonly Drill[],
  arena: Arena,
  tell: (outcome: Outcome) => void = () => undefined,
): Promise<readonly Outcome[]> {
  const over: Promise<Outcome>[] = [];
  for (const turn of [1, 2, 3, 4, 5]) {
    const mended: Promise<void>[] = [];
    const already = over.length;
    for (const drill of drills.filter((one) => (one.turn ?? MAIN_TURN) === turn)) {
      let done: () => void = () => undefined;
      mended.push(new Promise((resolve) => (done = resolve)));
      over.push(
        one({ ...drill, remove: async (of) => drill.remove(of).finally(done) }, drill, arena).then((outcome) => {
          done();
          tell(outcome);
          return outcome;
        }),
      );
    }
    await Promise.all(mended);
    if (turn < MAIN_TURN && over.length > already) await Promise.all(over).then(async () => sleep(SETTLE_MS));
  }
  return Promise.all(over);
}

async function one(watched: Drill, drill: Drill, arena: Arena): Promise<Outcome> {
  try {
    // What this machine has no image of is not there to be broken.
    if (drill.needs !== undefined && !(await arena.has(drill.needs))) return { drill, skipped: `${drill.needs} is left out here` };
    const result = await runDrill(watched, arena, due(drill).toNotification + 120);
    return { drill, result, broken: broken(drill, result) };
  } catch (failure) {
    // There is none where the drills were interrupted.
    const seen = await evidence(drill, arena).catch(() => '');
    await drill.remove(arena).catch(() => undefined);
    return { drill, failed: `${failure instanceof Error ? failure.message : String(failure)}${seen}` };
  }
}
