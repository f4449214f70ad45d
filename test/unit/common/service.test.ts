import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readVariables } from '../../../exporters/common/environment.ts';
import { repeat } from '../../../exporters/common/repeat.ts';
import { ROOT } from '../../../scripts/base/files.ts';
import { bundle } from '../../../scripts/render/bundle-io.ts';

describe('a service as a process', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pharos-service-'));
  const file = join(folder, 'server.mjs');
  beforeAll(async () => writeFileSync(file, await bundle(join(ROOT, 'exporters/containers/server.ts'))));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs the container exporter, without an engine. */
  function start(env: Readonly<Record<string, string>>) {
    const child = spawn(process.execPath, [file], { env: { ENGINE: 'unix:///nowhere', ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    const lines = (): readonly Record<string, unknown>[] =>
      text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    return { child, lines, ended: once(child, 'exit') };
  }

  it('listens, answers, and ends with 0 after SIGTERM', async () => {
    const port = await freePort();
    const { child, lines, ended } = start({ PORT: String(port) });
    await expect.poll(lines, { timeout: 10_000 }).toContainEqual(expect.objectContaining({ level: 'info', msg: 'listening', port }));
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
    expect(await answer.text()).toContain('docker_engine_up 0');
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });

  it('ends with 2 and one line where the environment is wrong', async () => {
    const { lines, ended } = start({ PORT: '0', STATISTICS: 'maybe' });
    expect(await ended).toEqual([2, null]);
    expect(lines()).toEqual([
      expect.objectContaining({ level: 'error', msg: expect.stringMatching(/^PORT is "0".*; STATISTICS is "maybe"/) }),
    ]);
  });

  it('ends with 1 and one line where the port is taken', async () => {
    const other = createServer();
    await once(other.listen(0), 'listening');
    const { lines, ended } = start({ PORT: String((other.address() as AddressInfo).port) });
    expect(await ended).toEqual([1, null]);
    expect(lines()).toEqual([expect.objectContaining({ level: 'error', msg: expect.stringContaining('EADDRINUSE') })]);
    other.close();
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0), 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('readVariables', () => {
  const read = (variables: Record<string, string>) =>
    readVariables(variables, ({ text, wholeNumber, list }) => ({ a: text('A', 'x'), b: wholeNumber('B', 5, 10), c: list('C') }));
  it('takes an empty variable for one that is not set', () => {
    expect(read({ A: '', B: '', C: ' ' })).toEqual({ a: 'x', b: 5, c: [] });
    expect(read({ A: 'y', B: '7', C: 'p, q,' })).toEqual({ a: 'y', b: 7, c: ['p', 'q'] });
  });
  it.each(['0', '11', '1.5', 'x', '-1'])('refuses %s as a whole number from 1 to 10', (B) => {
    expect(() => read({ B })).toThrow(`B is "${B}"; it must be a whole number from 1 to 10`);
  });
});

it('repeat runs at once, never twice at once, and ends at the signal', async () => {
  const stopping = new AbortController();
  let [running, most, runs] = [0, 0, 0];
  await repeat(1, stopping.signal, async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setTimeout(resolve, 5));
    running -= 1;
    if (++runs === 3) stopping.abort();
  });
  expect([most, runs]).toEqual([1, 3]);
});
