import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The files that take longest, longest first: one that starts last keeps everything waiting. */
const LONGEST = [
  'fleet/fleet',
  'e2e/stack',
  'e2e/operation',
  'e2e/host',
  'e2e/vector',
  'e2e/channels',
  'e2e/new',
  'tools/rule-mutants',
  'history/storm',
];

/** The folders whose tests only compute. They come last, and fill the time in which the last stacks wait. */
const COMPUTING = /\/test\/(unit|cli|config)\//;
/** Says within seconds what a developer has to prove. */
const FIRST = /\/config\/proof\.test\.ts$/;

/** Starts what says most first, then the longest files, and otherwise keeps vitest's order. */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      if (FIRST.test(moduleId)) return -1;
      const index = LONGEST.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`));
      if (index !== -1) return index;
      return LONGEST.length + (COMPUTING.test(moduleId) ? 1 : 0);
    };
    return (await super.sort(files)).sort((one, other) => rank(one) - rank(other));
  }
}
