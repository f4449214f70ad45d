import { appendFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';
import type { TestSummary } from '../dev/test-summary.ts';

/** Appends the counts of a run, and every skipped test with its reason, to the file that `PHAROS_TEST_SUMMARY` names. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const path = process.env['PHAROS_TEST_SUMMARY'];
    if (path === undefined) return;
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const results = tests.map((test) => ({ test, result: test.result() }));
    // A file that cannot even be loaded has no tests to fail, so it counts itself.
    const broken = modules.filter(
      (module) => module.state() === 'failed' && [...module.children.allTests()].every((test) => test.result().state !== 'failed'),
    ).length;
    const summary: TestSummary = {
      passed: results.filter(({ result }) => result.state === 'passed').length,
      failed: results.filter(({ result }) => result.state === 'failed').length + broken + errors.length,
      skipped: results
        .filter(({ result }) => result.state === 'skipped' || result.state === 'pending')
        .map(({ test, result }) => ({
          name: test.fullName,
          reason: ('note' in result ? result.note : undefined) ?? process.env['PHAROS_NO_ENGINE'] ?? 'no reason given',
        })),
    };
    appendFileSync(path, `${JSON.stringify(summary)}\n`);
  }
}
