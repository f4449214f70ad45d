import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Diagnosis } from '../../scripts/doctor/diagnosis.ts';
import { E2eStack, eventually } from '../support/e2e-stack.ts';

const noEngine = process.env['PHAROS_NO_ENGINE'];
let stack: E2eStack;

const tested = async (): Promise<number> =>
  (await stack.json<{ total: number }>('HISTORY_PORT', '/api/v1/alerts?alertname=TestAlert')).total;

beforeEach((context) => {
  if (noEngine !== undefined) context.skip(noEngine);
});
beforeAll(async () => {
  if (noEngine !== undefined) return;
  stack = await E2eStack.create('pharos-receipt');
  stack.set({ MODULES: 'apps' });
  expect(await stack.run('up', '--yes')).toMatchObject({ code: 0 });
});
afterAll(async () => {
  if (noEngine === undefined) await stack.destroy();
});

describe('test-alert', () => {
  let server: Server;
  const received: string[] = [];

  it('goes the whole way and prints a receipt', async () => {
    const { code, stdout } = await stack.run('test-alert');
    expect(stdout).toMatch(/✓ history +webhook\[0\] +reached after \d+\.\d s, resolved notice sent/);
    expect(code).toBe(0);
  });

  it('says with --dry-run who would be told, and sends nothing', async () => {
    const before = await tested();
    const { code, stdout } = await stack.run('test-alert', '--dry-run', '--severity', 'emergency');
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('history') });
    expect(await tested()).toBe(before);
  });

  it('tells a receiver that answers from one that does not', async () => {
    const gateway = /gateway: (\S+)/.exec(stack.read('.effective/compose.yml'))?.[1] ?? '';
    server = createServer((request, response) => {
      received.push(request.url ?? '');
      response.statusCode = request.url === '/bad' ? 500 : 200;
      request.resume().on('end', () => response.end());
    });
    await new Promise<void>((resolve) => server.listen(0, gateway, resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    stack.set({ WEBHOOK_URL: `http://${gateway}:${port}/good`, NTFY_URL: `http://${gateway}:${port}/bad` });
    // As `npm run configure` leaves it: a file, and nothing in .env.
    stack.write('secrets/deadman_url', `http://${gateway}:${port}/deadman`);
    expect(await stack.run('up', '--yes')).toMatchObject({ code: 0 });
    const { code, stdout, stderr } = await stack.run('test-alert', '--timeout', '15');
    expect(code).toBe(1);
    expect(stdout).toMatch(/✓ critical-team +webhook\[0\] +reached/);
    expect(stdout).toMatch(/✗ critical-team +webhook\[1\] +not reached: .*500/);
    expect(stderr).toContain('receiver critical-team');
    expect(received).toContain('/good');
  });

  it('leaves it to doctor to say when the dead-man’s switch was last told', async () => {
    const pings = (): number => received.filter((url) => url === '/deadman').length;
    await eventually('the second ping', 120, async () => pings() >= 2);
    // Three scrapes show that the counter grew.
    await eventually('doctor knows of it', 60, async () => {
      const { deadman } = JSON.parse((await stack.run('doctor', '--json')).stdout) as Diagnosis;
      return deadman.configured && deadman.lastPingSeconds !== undefined && deadman.lastPingSeconds < 60;
    });
    expect((await stack.run('doctor')).stdout).toMatch(/Dead-man's switch: last ping \d+ s ago/);
  });

  it('refuses a severity that does not exist', async () => {
    expect(await stack.run('test-alert', '--severity', 'loud')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('info, warning, critical, emergency'),
    });
  });

  afterAll(() => void server?.close());
});
