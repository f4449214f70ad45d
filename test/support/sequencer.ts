import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The files that take longest, longest first: one that starts last is waited for by everybody. */
const LONGEST = [
  'fleet/fleet',
  'e2e/trouble',
  'e2e/demo',
  'e2e/configure',
  'e2e/stack',
  'tools/rule-mutants',
  'e2e/containers',
  'e2e/security',
  'e2e/test-alert',
  'e2e/channels',
  'e2e/vector-stack',
  'e2e/vector',
];

/** Starts the longest files first, and the others as vitest would. */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const index = LONGEST.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`));
      return index === -1 ? LONGEST.length : index;
    };
    return (await super.sort(files)).sort((one, other) => place(one) - place(other));
  }
}
