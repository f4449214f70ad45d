import { copyFileSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { exec } from '../../../scripts/base/exec.ts';
import { ROOT } from '../../../scripts/base/files.ts';
import { lint } from '../../dev/lint-checks.ts';

const folder = mkdtempSync(join(tmpdir(), 'pharos-lint-'));
const problems = async (source: string): Promise<readonly string[]> => {
  writeFileSync(join(folder, 'scripts.ts'), source);
  return (await lint(exec, folder, new AbortController().signal)).map(({ place, message }) => `${place}: ${message}`);
};

beforeAll(() => {
  for (const name of ['.oxlintrc.json', '.prettierrc.json', 'tsconfig.json']) copyFileSync(join(ROOT, name), join(folder, name));
  writeFileSync(join(folder, 'knip.json'), '{ "entry": ["main.ts"], "project": ["*.ts"] }\n');
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
  writeFileSync(join(folder, 'main.ts'), "import { used } from './scripts.ts';\n\nused();\n");
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('lets sound sources pass', async () => {
  expect(await problems('export function used(): void {}\n')).toEqual([]);
});

it('finds a promise that is left alone, a wrong format, and an export that nothing uses, together', async () => {
  const source = 'export function used(): void {\n    Promise.resolve(1);\n}\nexport const unused = 1;\n';
  expect(await problems(source)).toEqual([
    expect.stringMatching(/^oxlint: [^]*scripts\.ts:2:5: .*no-floating-promises/),
    expect.stringMatching(/^prettier: [^]*scripts\.ts/),
    expect.stringMatching(/^knip: [^]*unused .*scripts\.ts:4/),
  ]);
});
