import { readdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Diagnosis } from '../../scripts/doctor/diagnosis.ts';
import { eventually, sh, type E2eStack } from '../support/e2e-stack.ts';

/** `npm run configure` and `npm run test-alert` in a running stack, with a server at its gateway in place of the channels. */
export function notifyChecks(stack: () => E2eStack): void {
  describe('channels', () => {
    const received: { readonly path: string; readonly body: string }[] = [];
    const pathsOf = (): readonly string[] => received.map(({ path }) => path).filter((path) => path !== '/deadman');
    let server: Server;
    let base: string;

    /** It accepts everything but what is sent to /gone and /bad. */
    beforeAll(async () => {
      const statuses: Readonly<Record<string, number>> = { '/gone': 404, '/bad': 500 };
      server = createServer((request, response) => {
        let body = '';
        request.on('data', (chunk) => (body += String(chunk)));
        request.on('end', () => {
          const path = request.url ?? '';
          received.push({ path, body });
          response.writeHead(statuses[path] ?? 200, { 'content-type': 'text/plain' }).end(path === '/gone' ? 'no_service' : 'ok');
        });
      });
      await new Promise<void>((resolve) => server.listen(0, stack().gateway(), resolve));
      base = `http://${stack().gateway()}:${(server.address() as AddressInfo).port}`;
    });
    afterAll(() => void server?.close());

    it('are applied by `configure --apply`, beside those in .env and in secrets/', async () => {
      stack().set({ NTFY_URL: `${base}/bad` });
      // As `npm run configure` leaves it: a file, and nothing in .env.
      stack().write('secrets/deadman_url', `${base}/deadman`);
      stack().write('hook', `${base}/hook\n`);
      const { code, stdout, stderr } = await stack().run(
        'configure',
        '--webhook-url',
        '@hook',
        '--slack-webhook',
        `${base}/slack`,
        '--apply',
      );
      expect(code, stderr).toBe(0);
      expect(stdout).not.toContain('/hook');
    });

    it('are named by `test-alert --dry-run`, which sends nothing', async () => {
      const { code, stdout } = await stack().run('test-alert', '--dry-run', '--severity', 'emergency');
      expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('history') });
      const { total } = await stack().json<{ total: number }>('HISTORY_PORT', '/api/v1/alerts?alertname=TestAlert');
      expect([total, pathsOf()]).toEqual([0, []]);
    });

    it('each get the test alert and its end, and one that does not answer is reported', async () => {
      const { code, stdout, stderr } = await stack().run('test-alert', '--timeout', '30');
      expect(code, stderr).toBe(1);
      expect(stdout).toMatch(/✓ history +webhook\[0\] +reached after \d+\.\d s, resolved notice sent/);
      expect(stdout).toMatch(/✓ critical-team +webhook\[0\] +reached/);
      expect(stdout).toMatch(/✗ critical-team +webhook\[1\] +not reached: .*500/);
      expect(stderr).toContain('receiver critical-team');
      expect(pathsOf()).toContain('/hook');
    });

    it('get a test alert one by one', async () => {
      received.length = 0;
      const { code, stdout } = await stack().run('test-alert', '--channel', 'slack');
      expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringMatching(/test-slack +slack\[0\] +reached after/) });
      expect(pathsOf().filter((path) => path !== '/bad')).toEqual(['/slack', '/slack']);
      expect(received.find(({ path }) => path === '/slack')?.body).toContain('TestAlert');
    });

    it('are put back as they were where one refuses its new credential, with the reason and the way to another', async () => {
      const before = await seen();
      const mail = ['--smtp-host', 'mail:1', '--smtp-user', 'u', '--smtp-password', 'p', '--email-from', 'a@b', '--email-to', 'c@b'];
      const { code, stdout, stderr } = await stack().run('configure', '--slack-webhook', `${base}/gone`, ...mail, '--test');
      expect(code).toBe(1);
      expect(stdout).toMatch(/slack\[0\] +not reached: .*404/);
      expect(stderr).toContain('npm run configure -- --slack-webhook -');
      expect(stdout).toContain('.env, secrets/ and the running stack are as before.');
      const after = await seen();
      expect({ ...after, containers: '' }).toEqual({ ...before, containers: '' });
      expect(after.slack).toBe(`${base}/slack`);
      // Only Alertmanager had to be started anew, for the files of the secrets.
      expect(after.containers.replace(/^.*alertmanager.*$/m, '')).toBe(before.containers.replace(/^.*alertmanager.*$/m, ''));
    });

    it('are refused by name where they are not set up, and so is a severity that does not exist', async () => {
      const channel = await stack().run('test-alert', '--channel', 'telegram');
      expect(channel).toMatchObject({ code: 1, stderr: expect.stringMatching(/is not set up in the running stack; .*slack.* are/) });
      const severity = await stack().run('test-alert', '--severity', 'loud');
      expect(severity).toMatchObject({ code: 2, stderr: expect.stringContaining('info, warning, critical, emergency') });
    });

    it('are turned off', async () => {
      expect(await stack().run('configure', '--off', 'slack', '--apply')).toMatchObject({ code: 0 });
      expect(stack().read('.effective/alertmanager/alertmanager.yml')).not.toContain('slack');
      expect((await stack().run('test-alert', '--dry-run')).stdout).toMatch(/critical-team +webhook\[0\]/);
    });

    it('leave it to doctor to say when the dead-man’s switch was called last', async () => {
      await eventually('the switch is called', 120, async () => received.some(({ path }) => path === '/deadman'));
      // Three scrapes show that the counter grew, which it does every minute.
      await eventually('doctor knows of it', 240, async () => {
        const { deadman } = JSON.parse((await stack().run('doctor', '--json')).stdout) as Diagnosis;
        return deadman.configured && deadman.lastPingSeconds !== undefined && deadman.lastPingSeconds < 90;
      });
      expect((await stack().run('doctor')).stdout).toMatch(/Dead-man's switch: last ping \d+ s ago/);
    });

    /** All that a setting can change. */
    async function seen() {
      const secret = ['exec', `${stack().project}-alertmanager-1`, 'cat', '/run/secrets/slack_webhook_url'];
      return {
        env: stack().read('.env'),
        secrets: readdirSync(stack().path('secrets')),
        slack: stack().read('secrets/slack_webhook_url'),
        slackInContainer: (await sh(['docker', ...secret])).stdout,
        runs: (await stack().json<{ config: { original: string } }>('ALERTMANAGER_PORT', '/api/v2/status')).config.original,
        containers: await stack().fingerprint(),
      };
    }
  });
}
