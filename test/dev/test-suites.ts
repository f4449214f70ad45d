import { SOURCE_CHECKS } from './lint-checks.ts';

/** A tool that has to find nothing wrong; it counts as one test. */
export interface Check {
  readonly title: string;
  /** A program of `node_modules/.bin` and its arguments. */
  readonly command: readonly [string, ...string[]];
}

/** They compute while the first stacks start. */
export const CHECKS: readonly Check[] = [
  { title: 'types', command: ['tsc', '--noEmit'] },
  ...SOURCE_CHECKS.map(({ tool, args }): Check => ({ title: `npm run lint: ${tool}`, command: [tool, ...args] })),
];

/** Stacks take minutes to start and to stop, and longer on a busy machine. */
const WITH_ENGINE = ['--testTimeout=300000', '--hookTimeout=900000'];

/** For files that are named. */
export const ONE_BY_ONE: readonly string[] = ['--no-file-parallelism', ...WITH_ENGINE];

/** Where the tests are. Test files of other folders would not be run; test/config/suites.test.ts finds them. */
export const FOLDERS = ['unit', 'cli', 'config', 'e2e', 'tools', 'history', 'apps', 'fleet'].map((name) => `test/${name}`);

/**
 * Stacks mostly wait, so four files at a time share two cores, and what only computes fills the gaps (the order is that of
 * test/support/sequencer.ts).
 */
export const SIDE_BY_SIDE: readonly string[] = ['--maxWorkers=4', ...WITH_ENGINE];
