import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { drills as all } from '../drills/all.ts';
import { openArena } from '../drills/arena.ts';
import { runTurns, type Outcome } from '../drills/turns.ts';

const noEngine = process.env['PHAROS_NO_ENGINE'];
/** What breaks everywhere; `npm run drill` does them all. */
const drills = all.filter(({ slow }) => slow !== true);
let close: (() => Promise<void>) | undefined;
let outcomes: readonly Outcome[] = [];

beforeEach((context) => {
  if (noEngine !== undefined) context.skip(noEngine);
});
beforeAll(async () => {
  if (noEngine !== undefined) return;
  const opened = await openArena('pharos-drills', drills);
  close = opened.close;
  outcomes = await runTurns(drills, opened.arena);
}, 1_500_000);
afterAll(async () => close?.(), 120_000);

describe('a fault in real software', () => {
  it.for(drills.map(({ alert, fault }) => ({ alert, fault })))('$fault: $alert arrives and is resolved', ({ alert, fault }, context) => {
    const outcome = outcomes.find(({ drill }) => drill.alert === alert && drill.fault === fault);
    if (outcome !== undefined && 'skipped' in outcome) context.skip(outcome.skipped);
    if (outcome === undefined || 'skipped' in outcome) throw new Error('it was not run');
    if ('failed' in outcome) throw new Error(outcome.failed);
    expect(outcome.broken, JSON.stringify(outcome.result)).toBeUndefined();
  });
});
