import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventually, type E2eStack } from '../support/e2e-stack.ts';

/** What `up` gives a service to become healthy; a wait that does not end by itself takes all of it. */
const HEALTHY_WITHIN_MS = 180_000;

/** Starts that fail or are broken off, in a stack with the module pushgateway. */
export function interruptChecks(stack: () => E2eStack): void {
  describe('a start that fails', () => {
    it('ends at once where a container dies, with its last log lines', async () => {
      stack().write('docker-compose.override.yml', 'services:\n  pushgateway:\n    command: [--no-such-flag]\n');
      const began = Date.now();
      const { code, stderr } = await stack().run('up', '--yes');
      const took = Date.now() - began;
      rmSync(stack().path('docker-compose.override.yml'));
      expect(code, stderr).toBe(1);
      expect(stderr).toContain('service pushgateway');
      expect(stderr).toContain('no-such-flag');
      expect(took).toBeLessThan(HEALTHY_WITHIN_MS);
    });
  });

  describe('a start that is interrupted', () => {
    // Every run has something to change: half of the services are started anew.
    it.each([
      ['as soon as it runs', /^/, /Interrupted\. Nothing has been changed/],
      ['before the configuration is published', /✓ images/, /Interrupted\. Nothing has been changed/],
      ['while containers are started', /✓ configuration published/, /Interrupted\. The configuration is published/],
    ])('%s says what is done', async (when, line, says) => {
      stack().set({ PUBLIC_HOST: `host-${when.replaceAll(' ', '-')}` });
      const child = spawn(process.execPath, [join(stack().folder, 'scripts/start.mjs'), 'up', '--yes'], {
        cwd: stack().folder,
        env: { ...process.env, NO_COLOR: '1' },
      });
      let stderr = '';
      const isDue = new Promise<void>((resolve) =>
        child.stderr.on('data', (text: Buffer) => {
          stderr += text.toString();
          if (line.test(stderr)) resolve();
        }),
      );
      const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
      const children = `/proc/${child.pid}/task/${child.pid}/children`;
      await eventually('the command runs', 60, async () => readFileSync(children, 'utf8') !== '');
      if (when !== 'as soon as it runs') await isDue;
      child.kill('SIGINT');
      expect(await ended, stderr).toBe(130);
      expect(stderr).toMatch(says);
    });

    it('is healed by the next one', async () => {
      stack().set({ PUBLIC_HOST: '127.0.0.1' });
      expect(await stack().run('up', '--yes')).toMatchObject({ code: 0 });
    });
  });
}
