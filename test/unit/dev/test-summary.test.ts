import { expect, it } from 'vitest';
import { addUp, closingLine, readSummaries } from '../../dev/test-summary.ts';

it('adds runs up and counts each check as a test', () => {
  const runs = readSummaries('{"passed":2,"failed":0,"skipped":[{"name":"a","reason":"b"}]}\n{"passed":1,"failed":1,"skipped":[]}\n');
  expect(closingLine(addUp(runs, { passed: 1, failed: 0 }))).toBe('4 passed, 1 failed, 1 skipped');
  expect(closingLine(addUp(runs, { passed: 0, failed: 2 }))).toBe('3 passed, 3 failed, 1 skipped');
});
