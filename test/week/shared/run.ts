import type { SuiteResult } from '../../dev/mutation/junit.ts';
import type { WeekEvent } from './event.ts';
import { firedIn, type Timeline } from './fired.ts';
import type { WeekFiles } from './catalogue.ts';
import { looksOf } from './promtool-test.ts';

/** Runs promtool over some of the test files. Returns what it says about each. */
export type Promtool = (names: readonly string[]) => Promise<ReadonlyMap<string, SuiteResult>>;

/** promtool works on one core; two side by side are what the smallest supported host has. */
const RUNS = 2;

/** Evaluates all rules over every event. Returns what fires, by the title of the event. Throws where promtool did not evaluate one. */
export async function runWeek(
  events: ReadonlyMap<string, WeekEvent>,
  { tests }: WeekFiles,
  promtool: Promtool,
): Promise<ReadonlyMap<string, Timeline>> {
  const names = [...tests.keys()].sort((a, b) => countOf(events, b) - countOf(events, a));
  const shares = Array.from({ length: RUNS }, (_, run) => names.filter((__, index) => index % RUNS === run)).filter(
    (share) => share.length > 0,
  );
  const said = new Map((await Promise.all(shares.map(async (share) => promtool(share)))).flatMap((results) => [...results]));
  return new Map(
    names.map((name) => {
      const { failures = [] } = said.get(name) ?? {};
      const timeline = firedIn(failures);
      // Watchdog always fires: silence means that nothing was looked at.
      if (timeline.size !== countOf(events, name))
        throw new Error(`promtool evaluated ${name} ${timeline.size} times: ${failures[0] ?? ''}`);
      return [events.get(eventOf(name))?.title ?? '', timeline] as const;
    }),
  );
}

const eventOf = (name: string): string => name.replace('.test.json', '');

/** How often the rules are evaluated over the event of a test file. */
function countOf(events: ReadonlyMap<string, WeekEvent>, name: string): number {
  const event = events.get(eventOf(name));
  return event === undefined ? 0 : looksOf(event).length;
}
