import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../../scripts/base/files.ts';
import { sh } from '../support/e2e-stack.ts';
import { describeWithEngine } from '../support/engine.ts';

describeWithEngine('npm test without --yes', () => {
  it('installs nothing, and says what is skipped for that', async () => {
    const bin = mkdtempSync(join(tmpdir(), 'pharos-leave-'));
    const program = (name: string, script: string): void => {
      writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
      chmodSync(join(bin, name), 0o755);
    };
    // A host with an engine and without mmdebstrap.
    program('mmdebstrap', 'exit 127');
    program('apt-get', `touch ${bin}/installed`);
    const { code, stdout, stderr } = await sh(
      [process.execPath, join(ROOT, 'scripts/start.mjs'), 'test', 'test/e2e/routes.test.ts', 'test/unit/base/digest.test.ts'],
      { cwd: ROOT, env: { PATH: `${bin}:${process.env['PATH'] ?? ''}`, CI: 'false' } },
    );
    const installed = existsSync(join(bin, 'installed'));
    rmSync(bin, { recursive: true });
    expect(stderr).toContain('Tests that need an engine are skipped: images are built from Debian packages, and that needs mmdebstrap');
    expect(stdout + stderr).toMatch(/[1-9]\d* passed, 0 failed, [1-9]\d* skipped/);
    expect({ code, installed }).toEqual({ code: 0, installed: false });
  });
});
