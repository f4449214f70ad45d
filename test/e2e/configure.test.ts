import { readdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { E2eStack } from '../support/e2e-stack.ts';

const noEngine = process.env['PHAROS_NO_ENGINE'];
let stack: E2eStack;
let server: Server;
let base: string;
const told: { readonly path: string; readonly body: string }[] = [];

beforeEach((context) => {
  if (noEngine !== undefined) context.skip(noEngine);
});

/** A stack, and a server at its gateway that stands in for the channels: it takes everything but what is sent to /gone. */
beforeAll(async () => {
  if (noEngine !== undefined) return;
  stack = await E2eStack.create('pharos-configure');
  // A network of its own: others may start stacks at the same time and take the first free one.
  stack.set({ MODULES: 'apps', STACK_SUBNET: '10.214.77.0/24' });
  const up = await stack.run('up', '--yes');
  if (up.code !== 0) throw new Error(up.stderr);
  const gateway = /gateway: (\S+)/.exec(stack.read('.effective/compose.yml'))?.[1] ?? '';
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      const path = request.url ?? '';
      told.push({ path, body });
      response.writeHead(path === '/gone' ? 404 : 200, { 'content-type': 'text/plain' }).end(path === '/gone' ? 'no_service' : 'ok');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, gateway, resolve));
  const address = server.address();
  base = `http://${gateway}:${typeof address === 'object' && address !== null ? address.port : 0}`;
}, 600_000);
afterAll(async () => {
  server?.close();
  await stack?.destroy();
}, 120_000);

describe('npm run configure in a running stack', () => {
  it('brings a channel into force and sends a test alert through just that one', async () => {
    stack.write('hook', `${base}/hook\n`);
    const { code, stdout, stderr } = await stack.run('configure', '--webhook-url', '@hook', '--slack-webhook', `${base}/slack`, '--apply');
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stdout).not.toContain('/hook');
    told.length = 0;
    const test = await stack.run('test-alert', '--channel', 'slack');
    expect(test).toMatchObject({ code: 0, stdout: expect.stringMatching(/test-slack +slack\[0\] +reached after/) });
    expect(told.map(({ path }) => path)).toEqual(['/slack', '/slack']);
    expect(told[0]?.body).toContain('TestAlert');
  }, 300_000);

  it('says why a channel refuses its credential, and how to give another', async () => {
    const { code, stdout, stderr } = await stack.run('configure', '--slack-webhook', `${base}/gone`, '--test');
    expect(code).toBe(1);
    expect(stdout).toMatch(/slack\[0\] +not reached: .*404/);
    expect(stderr).toContain('npm run configure -- --slack-webhook -');
    // The one that worked is there again.
    expect(stack.read('secrets/slack_webhook_url')).toBe(`${base}/slack`);
    expect(await stack.run('test-alert', '--channel', 'slack')).toMatchObject({ code: 0 });
  }, 300_000);

  it('puts everything back where the mail server refuses', async () => {
    const seen = async () => ({
      env: stack.read('.env'),
      secrets: readdirSync(stack.path('secrets')),
      runs: (await stack.json<{ config: { original: string } }>('ALERTMANAGER_PORT', '/api/v2/status')).config.original,
      containers: await stack.fingerprint(),
    });
    const before = await seen();
    const mail = [
      '--smtp-host',
      `${new URL(base).hostname}:1`,
      '--smtp-user',
      'u',
      '--smtp-password',
      'p',
      '--email-from',
      'a@b',
      '--email-to',
      'c@b',
    ];
    const { code, stdout, stderr } = await stack.run('configure', ...mail, '--test');
    expect(code).toBe(1);
    expect(stderr).toContain('Nobody listens at that address and port.');
    expect(stdout).toContain('.env, secrets/ and what runs are as they were before.');
    const after = await seen();
    expect({ ...after, containers: '' }).toEqual({ ...before, containers: '' });
    // Only Alertmanager had to be started anew, for the password's file.
    expect(after.containers.replace(/^.*alertmanager.*$/m, '')).toBe(before.containers.replace(/^.*alertmanager.*$/m, ''));
  }, 300_000);

  it('refuses a channel that is not set up', async () => {
    const { code, stderr } = await stack.run('test-alert', '--channel', 'telegram');
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('is not set up in what runs; slack, webhook are') });
  });

  it('turns a channel off', async () => {
    expect(await stack.run('configure', '--off', 'slack', '--apply')).toMatchObject({ code: 0 });
    expect(stack.read('.effective/alertmanager/alertmanager.yml')).not.toContain('slack');
    expect((await stack.run('test-alert', '--dry-run')).stdout).toMatch(/critical-team +webhook\[0\]/);
  }, 300_000);
});
