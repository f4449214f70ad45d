import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Drill, DrillContext } from './drill.ts';
import type { Target } from './targets.ts';

/** What a file `test/drills/<module>.ts` exports. */
export interface DrillModule {
  /** A literal array, one element for each drill: the proof lock reads the source of each element. */
  readonly drills: readonly Drill[];
  /** Healthy targets that are always there, so that every alert of the module has series. */
  readonly fleet?: readonly Target[];
  /** Brings about, for some minutes, what only exists when something is wrong, so that its alerts have series. */
  readonly trouble?: (context: DrillContext) => Promise<unknown>;
  /** What the words in capitals of its runbooks stand for in the fleet, whose containers' names begin with `prefix`. */
  readonly placeholders?: (prefix: string) => Readonly<Record<string, string>>;
  /** The same where a drill broke the server `name`, whose container has that name behind the prefix. */
  readonly broken?: (prefix: string, name: string) => Readonly<Record<string, string>>;
}

/** The folder with one file for each module. */
export const DRILLS = join(dirname(fileURLToPath(import.meta.url)), '..');

/** The drill files by the name of their module. */
export const drillModules: ReadonlyMap<string, DrillModule> = new Map(
  await Promise.all(
    readdirSync(DRILLS)
      .filter((name) => name.endsWith('.ts'))
      .map(async (name) => [name.slice(0, -3), (await import(pathToFileURL(join(DRILLS, name)).href)) as DrillModule] as const),
  ),
);

/** Every drill of every module. */
export const drills: readonly Drill[] = [...drillModules.values()].flatMap((module) => module.drills);

/** The targets that every module adds to the fleet. */
export const fleetTargets: readonly Target[] = [...drillModules.values()].flatMap(({ fleet = [] }) => fleet);
