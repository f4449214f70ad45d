import { BACK_SECONDS, MAIN_BATCH, type Drill } from '../../drills/shared/drill.ts';
import { limitsOf } from '../../drills/shared/limits.ts';
import type { OpenProof } from './open.ts';

/** A drill that is over within this many seconds is quick enough for `npm test`. */
const QUICK_SECONDS = 300;
/** More than this many at once are no longer quick on two cores beside other tests. */
const QUICK_DRILLS = 8;

/** The drills that `npm test` runs: the few of every run, and those that have changed and are quick. */
export function testDrills(drills: readonly Drill[], open: readonly OpenProof[]): readonly Drill[] {
  const changed = open.flatMap(({ alert, proof, why }) => (proof === 'drills' && why === 'changed' ? [alert] : []));
  const isSafe = ({ batch = MAIN_BATCH, onlyByName }: Drill): boolean => batch === MAIN_BATCH && onlyByName === undefined;
  const isQuick = (drill: Drill): boolean => limitsOf(drill).toNotification + (drill.back ?? BACK_SECONDS) <= QUICK_SECONDS;
  const quick = drills.filter((drill) => changed.includes(drill.alert) && isSafe(drill) && isQuick(drill));
  return drills.filter((drill) => drill.everyTest === true || (quick.length <= QUICK_DRILLS && quick.includes(drill)));
}

/** The open proofs that `npm test` does not make itself: it tries changed mutants and runs changed drills that are quick. */
export function leftToProve(open: readonly OpenProof[], drills: readonly Drill[]): readonly OpenProof[] {
  const run = testDrills(drills, open);
  return open.filter(({ alert, proof, why }) => {
    if (why !== 'changed' || proof === 'fleet') return true;
    return proof === 'drills' && !drills.every((drill) => drill.alert !== alert || run.includes(drill));
  });
}
