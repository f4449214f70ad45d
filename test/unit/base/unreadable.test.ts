import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Failure } from '../../../scripts/base/failure.ts';
import { userName } from '../../../scripts/base/unreadable.ts';
import { readIfThere, readTree } from '../../../scripts/base/files.ts';

const NOBODY = 65_534;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pharos-files-'));
  chmodSync(folder, 0o755);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The one problem of a failed read, as a user without access (root may read everything). */
async function problemOf(read: () => Promise<unknown>) {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(NOBODY);
  try {
    const failure: unknown = await read().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(failure).toBeInstanceOf(Failure);
    return (failure as Failure).problems[0];
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

describe('what cannot be read', () => {
  it('is a problem that names the owner and the way out', async () => {
    writeFileSync(join(folder, '.env'), 'A=1\n', { mode: 0o000 });
    expect(await problemOf(async () => readIfThere(join(folder, '.env')))).toMatchObject({
      place: join(folder, '.env'),
      message: expect.stringMatching(/^is not readable by (you: it belongs to root|its owner)$/),
      fix: expect.stringMatching(/sudo chown|chmod/),
    });
  });

  it('is the folder where that is shut', async () => {
    mkdirSync(join(folder, 'secrets'));
    writeFileSync(join(folder, 'secrets/token'), 'x');
    chmodSync(join(folder, 'secrets'), 0o000);
    expect(await problemOf(async () => readTree(join(folder, 'secrets'), '.'))).toMatchObject({ place: join(folder, 'secrets') });
    expect(await problemOf(async () => readIfThere(join(folder, 'secrets/token')))).toMatchObject({ place: join(folder, 'secrets') });
    chmodSync(join(folder, 'secrets'), 0o700);
  });

  it('is a folder in the place of a file', async () => {
    mkdirSync(join(folder, '.env'));
    expect(await problemOf(async () => readIfThere(join(folder, '.env')))).toMatchObject({
      message: 'is a folder, but must be a file',
      fix: expect.stringContaining('rmdir'),
    });
  });

  it('is nothing where there is no file', async () => {
    expect(await readIfThere(join(folder, '.env'))).toBeUndefined();
    expect((await readTree(folder, 'secrets')).size).toBe(0);
  });
});

it('userName knows the users of the host by their numbers', () => {
  expect(userName('root:x:0:0::/root:/bin/sh\nann:x:1000:1000::/home/ann:/bin/sh\n', 1000)).toBe('ann');
  expect(userName('root:x:0:0::/root:/bin/sh\n', 1000)).toBe('uid 1000');
});
