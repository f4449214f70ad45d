/** Counts of one test run; every skipped test with its reason. */
export interface TestSummary {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
}

/** Reads the runs that the reporter left, one JSON line each. */
export function readSummaries(text: string): readonly TestSummary[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as TestSummary);
}

/** The sum of all runs; the type check counts as one test, passed where its exit code is 0. */
export function addUp(runs: readonly TestSummary[], typesExitCode: number): TestSummary {
  return {
    passed: runs.reduce((sum, { passed }) => sum + passed, typesExitCode === 0 ? 1 : 0),
    failed: runs.reduce((sum, { failed }) => sum + failed, typesExitCode === 0 ? 0 : 1),
    skipped: runs.flatMap(({ skipped }) => skipped),
  };
}

/** The line that a test run ends with. */
export function closingLine({ passed, failed, skipped }: TestSummary): string {
  return `${passed} passed, ${failed} failed, ${skipped.length} skipped`;
}
