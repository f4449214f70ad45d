import { expect, it } from 'vitest';
import { FOLDERS } from '../dev/test-suites.ts';
import { ROOT, readTree } from '../../scripts/base/files.ts';

it('every test is run by npm test, once', async () => {
  const files = [...(await readTree(ROOT, 'test')).keys()].filter((path) => path.endsWith('.test.ts'));
  expect(files.length).toBeGreaterThan(90);
  const runs = (path: string): number => FOLDERS.filter((folder) => path.startsWith(`${folder}/`)).length;
  expect(files.filter((path) => runs(path) !== 1)).toEqual([]);
});
