/** A tool that has to find nothing wrong; it counts as one test. */
export interface Check {
  readonly title: string;
  /** A program of `node_modules/.bin` and its arguments. */
  readonly command: readonly [string, ...string[]];
}

/** They compute while the first stacks start. */
export const CHECKS: readonly Check[] = [{ title: 'types', command: ['tsc', '--noEmit'] }];

/** Stacks take minutes to start and to stop, and longer on a busy machine. */
const WITH_ENGINE = ['--testTimeout=300000', '--hookTimeout=900000'];

/** For files that are named. */
export const ONE_BY_ONE: readonly string[] = ['--no-file-parallelism', ...WITH_ENGINE];

export interface TestSuite {
  readonly folders: readonly string[];
  /** Of vitest. */
  readonly flags: readonly string[];
}

/**
 * The suites in order. Stacks mostly wait, so four files at a time share two cores, and what only computes fills the gaps (the order is that of
 * test/support/sequencer.ts). What looks at the whole engine runs alone.
 */
export const SUITES: readonly TestSuite[] = [
  {
    folders: ['test/unit', 'test/cli', 'test/config', 'test/e2e', 'test/tools', 'test/history', 'test/apps', 'test/fleet'],
    flags: ['--maxWorkers=4', ...WITH_ENGINE],
  },
  { folders: ['test/alone'], flags: ONE_BY_ONE },
];
