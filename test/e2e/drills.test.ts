import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openArena } from '../drills/arena.ts';
import { databaseDrills } from '../drills/databases.ts';
import { runDrill, type Arena, type DrillResult } from '../drills/drill.ts';
import { serviceDrills } from '../drills/services.ts';

const noEngine = process.env['PHAROS_NO_ENGINE'];
/** Those that are over within minutes; `npm run drill` does them all. */
const drills = [...databaseDrills, ...serviceDrills].filter(({ slow }) => slow !== true);
let close: (() => Promise<void>) | undefined;
let results: readonly PromiseSettledResult<DrillResult>[] = [];

beforeEach((context) => {
  if (noEngine !== undefined) context.skip(noEngine);
});
beforeAll(async () => {
  if (noEngine !== undefined) return;
  const opened = await openArena('pharos-drills', drills);
  close = opened.close;
  // What this machine has no image of is not there to be broken.
  const arena: Arena = opened.arena;
  const there = await Promise.all(
    drills.map(async ({ needs }) => needs === undefined || (await arena.service('inspect', needs)).code === 0),
  );
  results = await Promise.allSettled(
    drills.map(async (drill, index) =>
      there[index] === true ? runDrill(drill, arena) : Promise.reject(new Error(`skip: ${drill.needs} is left out here`)),
    ),
  );
});
afterAll(async () => close?.());

describe('a fault in real software', () => {
  it.for(drills.map(({ alert, fault }, index) => ({ alert, fault, index })))(
    '$fault: $alert arrives and is resolved',
    ({ index }, context) => {
      const result = results[index];
      if (result?.status === 'rejected') {
        const { message } = result.reason as Error;
        if (message.startsWith('skip: ')) context.skip(message.slice(6));
        throw result.reason;
      }
      const { toAlert, toReceiver, toResolved, within } = (result as PromiseFulfilledResult<DrillResult>).value;
      expect(toAlert + toReceiver).toBeLessThanOrEqual(within);
      expect(toResolved).toBeDefined();
    },
  );
});
