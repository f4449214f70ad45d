import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { exec } from '../../../scripts/base/exec.ts';
import { ROOT } from '../../../scripts/base/files.ts';
import { lint } from '../../dev/lint-checks.ts';

// Three programs start for each test; a busy machine needs its time for that.
vi.setConfig({ testTimeout: 120_000 });

const folder = mkdtempSync(join(tmpdir(), 'pharos-lint-'));
const problems = async (source: string): Promise<readonly string[]> => {
  writeFileSync(join(folder, 'scripts/used.ts'), source);
  return (await lint(exec, folder, new AbortController().signal)).map(({ place, message }) => `${place}: ${message}`);
};

beforeAll(() => {
  for (const name of ['.oxlintrc.json', '.prettierrc.json', 'tsconfig.json']) copyFileSync(join(ROOT, name), join(folder, name));
  mkdirSync(join(folder, 'scripts'));
  writeFileSync(join(folder, 'knip.json'), '{ "entry": ["scripts/main.ts"], "project": ["scripts/*.ts"] }\n');
  writeFileSync(join(folder, 'package.json'), '{\n  "type": "module"\n}\n');
  writeFileSync(join(folder, 'scripts/main.ts'), "import { used } from './used.ts';\n\nused();\n");
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('lets sound sources pass', async () => {
  expect(await problems('export function used(): void {}\n')).toEqual([]);
});

it('finds a promise that is left alone, a wrong format, and an export that nothing uses, together', async () => {
  const source = 'export function used(): void {\n    Promise.resolve(1);\n}\nexport const unused = 1;\n';
  expect(await problems(source)).toEqual([
    expect.stringMatching(/^oxlint: [^]*used\.ts:2:5: .*no-floating-promises/),
    expect.stringMatching(/^prettier: [^]*used\.ts/),
    expect.stringMatching(/^knip: [^]*unused .*used\.ts:4/),
  ]);
});
