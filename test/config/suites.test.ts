import { expect, it } from 'vitest';
import { SUITES } from '../dev/test-suites.ts';
import { ROOT, readTree } from '../../scripts/base/files.ts';

const folders = SUITES.flatMap((suite) => suite.folders);

it('every test is run by npm test, once', async () => {
  const files = [...(await readTree(ROOT, 'test')).keys()].filter((path) => path.endsWith('.test.ts'));
  expect(files.length).toBeGreaterThan(90);
  const runs = (path: string): number => folders.filter((folder) => path.startsWith(`${folder}/`)).length;
  expect(files.filter((path) => runs(path) !== 1)).toEqual([]);
});
