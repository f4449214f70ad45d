import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { takeLock } from '../../drills/shared/run-lock.ts';

let folder: string;
const file = (): string => join(folder, 'drill.lock');
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pharos-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the lock of the drills', () => {
  it('is refused while the process that holds it runs, with its id', () => {
    expect(takeLock(file())).toHaveProperty('release');
    const second = takeLock(file(), 1);
    expect(second).toHaveProperty('problem', expect.stringContaining(`(process ${process.pid})`));
    expect(second).toHaveProperty('fix', expect.stringContaining(`rm ${file()}`));
    expect(readFileSync(file(), 'utf8')).toBe(`${process.pid}\n`);
  });

  it('is available again after it was released', () => {
    const first = takeLock(file());
    if ('release' in first) first.release();
    expect(existsSync(file())).toBe(false);
    expect(takeLock(file())).toHaveProperty('release');
  });

  it('is taken over from a process that is gone', () => {
    const { pid } = spawnSync(process.execPath, ['-e', '0']);
    writeFileSync(file(), `${pid}\n`);
    expect(takeLock(file())).toHaveProperty('release');
    expect(readFileSync(file(), 'utf8')).toBe(`${process.pid}\n`);
  });

  it.each(['', 'nonsense', '-1'])('is taken over where it says nothing: "%s"', (text) => {
    writeFileSync(file(), text);
    expect(takeLock(file(), 7, () => true)).toHaveProperty('release');
    expect(readFileSync(file(), 'utf8')).toBe('7\n');
  });
});
