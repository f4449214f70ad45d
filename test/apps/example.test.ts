import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../scripts/base/files.ts';
import { eventually } from '../support/e2e-stack.ts';

let example: ChildProcess;
let said = '';
let base: string;

/** The example without any of its databases: nothing listens on port 1, and Redis is looked for on an address of this host that has none. */
beforeAll(async () => {
  const nothing = { PGHOST: '127.0.0.1', PGPORT: '1', PGPASSWORD: 'very-s3cret', REDIS_HOST: '127.255.255.254' };
  example = spawn(process.execPath, ['--import', 'tsx', join(ROOT, 'exporters/apps/example/server.ts')], {
    env: { PATH: process.env['PATH'], HOST: '127.0.0.1', PORT: '0', ...nothing },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  example.stdout?.on('data', (text: Buffer) => (said += text.toString()));
  await eventually('it listens', 120, async () => /listening at (http:\S+?)"/.test(said));
  base = /listening at (http:\S+?)"/.exec(said)?.[1] ?? '';
}, 130_000);
afterAll(() => void example.kill('SIGKILL'));

const get = async (path: string): Promise<{ readonly status: number; readonly text: string }> => {
  const response = await fetch(base + path);
  return { status: response.status, text: await response.text() };
};

describe('the example without its databases', () => {
  it('lives, is not ready, and says of what', async () => {
    expect((await get('/health/live')).status).toBe(200);
    const { status, text } = await get('/api/health/ready');
    expect(status).toBe(503);
    expect(JSON.parse(text)).toMatchObject({ status: 'down', checks: { db: { status: 'down' }, redis: { status: 'down' } } });
    const { text: metrics } = await get('/metrics');
    for (const dependency of ['db', 'redis', 'tables']) expect(metrics).toContain(`health_check_up{dependency="${dependency}"} 0`);
  });

  it('answers with an error that names no host, and writes into its log which one it is', async () => {
    const { status, text } = await get('/products/1');
    expect(status).toBe(500);
    expect(text).not.toMatch(/127\.0\.0\.1|ECONN|5432/);
    await eventually('the log names it', 120, async () => said.includes('ECONNREFUSED'));
    expect(said).not.toContain('very-s3cret');
  });

  it('does not keep a request waiting for a Redis that is not there', async () => {
    const response = await fetch(`${base}/broadcasts`, {
      method: 'POST',
      body: '{"recipients":1}',
      headers: { 'content-type': 'application/json' },
      signal: AbortSignal.timeout(5_000),
    });
    expect(response.status).toBe(500);
    await eventually('the log names it', 120, async () => said.includes('no job for the queue broadcasts'));
  });

  it('takes a number that no column holds for the mistake that it is', async () => {
    expect((await get('/products/99999999999')).status).toBe(400);
    expect((await get('/products/abc')).status).toBe(400);
  });

  it('does not misbehave unless it is allowed to', async () => {
    const response = await fetch(`${base}/misbehave/errors`, {
      method: 'POST',
      body: '{"value":1}',
      headers: { 'content-type': 'application/json' },
    });
    expect([response.status, (await get('/misbehave')).status]).toEqual([404, 404]);
  });

  it('ends when it is asked to, whatever hangs', async () => {
    const ended = new Promise((resolve) => example.once('exit', resolve));
    example.kill('SIGTERM');
    // Its databases are not there, so something does hang: it gives up on that.
    expect(await ended).toBe(1);
  }, 60_000);
});
