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

/** The sum of all runs and of the checks, each of which counts as one test. */
export function addUp(runs: readonly TestSummary[], checks: { readonly passed: number; readonly failed: number }): TestSummary {
  return {
    passed: runs.reduce((sum, { passed }) => sum + passed, checks.passed),
    failed: runs.reduce((sum, { failed }) => sum + failed, checks.failed),
    skipped: runs.flatMap(({ skipped }) => skipped),
  };
}

/** The line that a test run ends with. */
export function closingLine({ passed, failed, skipped }: TestSummary): string {
  return `${passed} passed, ${failed} failed, ${skipped.length} skipped`;
}
