/** Stacks take minutes to start and to stop. */
const WITH_ENGINE = ['--testTimeout=300000', '--hookTimeout=900000'];

/** For what shares the engine, and for files that somebody names. */
export const ONE_BY_ONE: readonly string[] = ['--no-file-parallelism', ...WITH_ENGINE];

export interface TestSuite {
  readonly folders: readonly string[];
  /** Of vitest. */
  readonly flags: readonly string[];
}

/**
 * The suites in order. Stacks mostly wait, so four files at a time share two cores. What looks at the whole engine or measures times runs alone.
 * The fleet is left in peace for ten minutes, with alerts for a busy host among those that must not fire: only what is light runs beside it.
 */
export const SUITES: readonly TestSuite[] = [
  { folders: ['test/unit', 'test/cli', 'test/config'], flags: [] },
  { folders: ['test/e2e', 'test/tools', 'test/history'], flags: ['--maxWorkers=4', ...WITH_ENGINE] },
  { folders: ['test/alone'], flags: ONE_BY_ONE },
  { folders: ['test/fleet', 'test/apps'], flags: ['--maxWorkers=2', ...WITH_ENGINE] },
];
