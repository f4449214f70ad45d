import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../scripts/base/files.ts';
import { sh } from '../support/e2e-stack.ts';

/** All but `logs`, which hands its arguments to `docker compose logs`, and `configure`, whose options are the channels. */
const commands = readdirSync(join(ROOT, 'scripts')).filter((name) => name.endsWith('.ts') && !['logs.ts', 'configure.ts'].includes(name));

describe('--help', () => {
  it.for(['up', 'down', 'drill', 'configure'])('says how npm run %s is called, and does nothing', async (name) => {
    const command = [join(ROOT, 'scripts/start.mjs'), name, '--help'];
    const { code, stdout, stderr } = await sh([process.execPath, ...command], { cwd: ROOT, env: { DOCKER_HOST: 'tcp://127.0.0.1:1' } });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`^(Usage: )?npm run ${name}`));
  });

  it.for(commands)('is known to %s, before anything else happens', (name) => {
    const body = readFileSync(join(ROOT, 'scripts', name), 'utf8').split(/await main\(/)[1] ?? '';
    const parsed = body.search(/parseArguments\(/);
    expect(parsed).toBeGreaterThan(0);
    expect(body.slice(0, parsed)).not.toContain('openWorkspace(');
  });
});
