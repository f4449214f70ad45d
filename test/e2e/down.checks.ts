import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sh, type E2eStack } from '../support/e2e-stack.ts';

/** The end of a stack. */
export function downChecks(stack: () => E2eStack): void {
  const volumes = async (): Promise<string> =>
    (await sh(['docker', 'volume', 'ls', '-q', '--filter', `label=com.docker.compose.project=${stack().project}`])).stdout;

  describe('down', () => {
    it('keeps the data', async () => {
      expect((await stack().run('down')).code).toBe(0);
      expect(await stack().fingerprint()).toBe('');
      expect(await volumes()).toContain('prometheus-data');
    });

    it('asks before it deletes data, and does so only with a yes', async () => {
      expect(await stack().run('down', '--volumes')).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') });
      expect(await volumes()).toContain('prometheus-data');
      expect((await stack().run('down', '--volumes', '--yes')).code).toBe(0);
      expect(await volumes()).toBe('');
      expect(existsSync(stack().path('.env'))).toBe(true);
    });
  });
}
