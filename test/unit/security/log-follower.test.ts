import {
  appendFileSync,
  copyFileSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { followLog } from '../../../exporters/security/log-follower.ts';
import type { LogPosition } from '../../../exporters/security/log-position.ts';

let folder: string;
let log: string;
let position: LogPosition | undefined;
let lost: boolean;
let next: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pharos-sec-log-'));
  log = join(folder, 'auth.log');
  [position, lost, next] = [undefined, false, 1];
  writeFileSync(log, '');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Numbered lines, so that one lost or doubled shows. */
function write(count: number, path = log): void {
  for (let i = 0; i < count; i += 1) appendFileSync(path, `Nov 21 06:25:01 web-1 sshd[${next}]: line ${next++} ${'x'.repeat(next % 90)}\n`);
}
async function pass(): Promise<number[]> {
  const lines: number[] = [];
  const result = await followLog(log, position, (line) => lines.push(Number(/line (\d+)/.exec(line)?.[1])));
  ({ position, lost } = result);
  return lines;
}
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);
/** Makes a file look as old as that many seconds. */
const age = (path: string, seconds: number): void => utimesSync(path, Date.now() / 1000 - seconds, Date.now() / 1000 - seconds);
const compress = (path: string): void => {
  writeFileSync(`${path}.gz`, gzipSync(readFileSync(path)));
  rmSync(path);
};

describe('followLog', () => {
  it('reports nothing from before the watch, then each line once', async () => {
    write(50);
    expect(await pass()).toEqual([]);
    write(3);
    expect(await pass()).toEqual([51, 52, 53]);
    expect(await pass()).toEqual([]);
  });

  it('waits for the end of a line', async () => {
    await pass();
    appendFileSync(log, 'Nov 21 06:25:01 web-1 sshd[1]: li');
    expect(await pass()).toEqual([]);
    appendFileSync(log, 'ne 7\nNov 21');
    expect(await pass()).toEqual([7]);
  });

  it.each([0, 1, 60])('follows a renamed log, %i lines read before', async (count) => {
    await pass();
    write(count);
    await pass();
    write(4);
    renameSync(log, `${log}.1`);
    write(5);
    expect(await pass()).toEqual(range(count + 1, count + 9));
    expect(lost).toBe(false);
    write(1);
    expect(await pass()).toEqual([count + 10]);
  });

  it('reads what a renamed log got after the rename and before its writer let go of it', async () => {
    write(10);
    await pass();
    renameSync(log, `${log}.1`);
    writeFileSync(log, '');
    write(2, `${log}.1`);
    write(2);
    expect(await pass()).toEqual([11, 12, 13, 14]);
  });

  it('follows a log through several rotations, the older ones compressed', async () => {
    write(40);
    await pass();
    write(2);
    renameSync(log, `${log}.2`);
    age(`${log}.2`, 300);
    compress(`${log}.2`);
    age(`${log}.2.gz`, 300);
    write(2);
    renameSync(log, `${log}.1`);
    age(`${log}.1`, 100);
    writeFileSync(join(folder, 'auth.log.bak'), 'Nov 21 06:25:01 web-1 sshd[1]: line 999\n');
    write(2);
    expect(await pass()).toEqual(range(41, 46));
    expect(lost).toBe(false);
  });

  it('follows dated names', async () => {
    write(5);
    await pass();
    write(1);
    renameSync(log, `${log}-20251121`);
    write(1);
    expect(await pass()).toEqual([6, 7]);
  });

  it('follows a log that is copied and truncated', async () => {
    write(30);
    await pass();
    write(3);
    copyFileSync(log, `${log}.1`);
    truncateSync(log);
    write(2);
    expect(await pass()).toEqual([31, 32, 33, 34, 35]);
    expect(lost).toBe(false);
  });

  it('follows a truncated log that has grown beyond where reading stood', async () => {
    write(3);
    await pass();
    truncateSync(log);
    write(60);
    expect(await pass()).toEqual(range(4, 63));
    expect(lost).toBe(true);
  });

  it('says when lines are gone, and goes on with the new log', async () => {
    write(30);
    await pass();
    write(3);
    rmSync(log);
    write(2);
    expect(await pass()).toEqual([34, 35]);
    expect(lost).toBe(true);
    write(1);
    expect(await pass()).toEqual([36]);
    expect(lost).toBe(false);
  });

  it('takes no damaged archive for the log', async () => {
    write(30);
    await pass();
    writeFileSync(`${log}.1.gz`, 'no gzip');
    rmSync(log);
    write(1);
    expect(await pass()).toEqual([31]);
    expect(lost).toBe(true);
  });

  it('passes over a line that is longer than any log line, without keeping it', async () => {
    await pass();
    appendFileSync(log, `${'y'.repeat(300_000)} line 1\n`);
    next = 2;
    write(1);
    expect(await pass()).toEqual([2]);
    write(1);
    expect(await pass()).toEqual([3]);
  });

  it('throws where there is no log, and reads it whole when it comes back', async () => {
    write(5);
    await pass();
    rmSync(log);
    await expect(pass()).rejects.toThrow('ENOENT');
    write(2);
    expect(await pass()).toEqual([6, 7]);
  });
});
