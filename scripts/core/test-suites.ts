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
 * The suites in order. Stacks mostly wait, so three files at a time share two cores; what measures times, or asks for an idle machine, runs alone.
 */
export const SUITES: readonly TestSuite[] = [
  { folders: ['test/unit', 'test/cli', 'test/config'], flags: [] },
  { folders: ['test/e2e', 'test/history'], flags: ['--maxWorkers=3', ...WITH_ENGINE] },
  { folders: ['test/apps', 'test/alone'], flags: ONE_BY_ONE },
];
