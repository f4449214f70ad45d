import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../scripts/base/files.ts';
import { sh } from '../support/e2e-stack.ts';

let folder: string;
let bin: string;

/** A checkout whose only command prints its arguments, and an `npm` that notes its calls: nothing is downloaded. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pharos start '));
  bin = join(folder, 'bin');
  mkdirSync(join(folder, 'scripts'), { recursive: true });
  mkdirSync(bin);
  for (const name of ['package.json', 'package-lock.json', 'scripts/start.mjs']) cpSync(join(ROOT, name), join(folder, name));
  writeFileSync(
    join(folder, 'scripts/config.ts'),
    'const args: string[] = process.argv.slice(2);\nconsole.log(JSON.stringify(args));\nprocess.exitCode = 3;\n',
  );
  npm(
    `mkdir -p "${folder}/node_modules" && ln -sfn "${ROOT}/node_modules/tsx" "${folder}/node_modules/tsx" && echo "$@" >> "${folder}/calls"`,
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

function npm(script: string): void {
  writeFileSync(join(bin, 'npm'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(bin, 'npm'), 0o755);
}
const start = async (...args: readonly string[]) =>
  sh([process.execPath, join(folder, 'scripts/start.mjs'), ...args], {
    cwd: tmpdir(),
    env: { PATH: `${bin}:${process.env['PATH'] ?? ''}` },
  });

describe('scripts/start.mjs', () => {
  it('lists the commands where none, or one that does not exist, is named', async () => {
    expect(await start()).toMatchObject({ code: 2, stderr: expect.stringContaining('npm run up | down') });
    expect(await start('upp')).toMatchObject({ code: 2, stderr: expect.stringContaining('there is no command "upp"') });
  });

  it('says why the packages could not be installed, and what to do', async () => {
    const good = readFileSync(join(bin, 'npm'), 'utf8');
    npm('echo "npm error network ENOTFOUND registry" >&2; exit 1');
    const { code, stderr } = await start('config');
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('ENOTFOUND registry') });
    expect(stderr).toContain('npm registry can be reached');
    writeFileSync(join(bin, 'npm'), good);
  });

  it('installs them once, and hands over arguments and exit code', async () => {
    const first = await start('config', '--a', 'b c');
    expect(first).toMatchObject({ code: 3, stdout: '["--a","b c"]\n', stderr: expect.stringContaining('installing the npm packages') });
    const second = await start('config');
    expect(second).toMatchObject({ code: 3, stdout: '[]\n', stderr: '' });
    expect(readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n')).toHaveLength(1);
  });

  it('installs them again when the lock file has changed', async () => {
    writeFileSync(join(folder, 'package-lock.json'), `${readFileSync(join(folder, 'package-lock.json'), 'utf8')}\n`);
    expect((await start('config')).stderr).toContain('installing the npm packages');
  });
});
