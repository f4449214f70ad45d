import { fileURLToPath } from 'node:url';
import Docker from 'dockerode';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkStarting } from '../../scripts/engine/health-check.ts';
import { stackState } from '../../scripts/engine/stack-state.ts';
import { removeEverything } from '../support/cleanup.ts';
import { describeWithEngine } from '../support/engine.ts';
import { serviceImage } from '../support/images.ts';
import { sh } from '../support/sh.ts';

const PROJECT = 'pharos-test-health';
const docker = new Docker();

beforeAll(async () => removeEverything(PROJECT));
afterAll(async () => removeEverything(PROJECT));

describeWithEngine('services that are starting', () => {
  it('are healthy when their check passes, long before the engine runs it', async () => {
    const image = await serviceImage(docker, 'history');
    const start = async (service: string, ...check: readonly string[]): Promise<void> => {
      const labels = [`project=${PROJECT}`, `service=${service}`, 'oneoff=False'].flatMap((text) => [
        '--label',
        `com.docker.compose.${text}`,
      ]);
      const { code, stderr } = await sh(['docker', 'run', '-d', ...labels, ...check, '--entrypoint', 'sleep', image, '600']);
      expect(code, stderr).toBe(0);
    };
    const slowly = (command: string): readonly string[] => ['--health-interval', '1h', '--health-cmd', command];
    await start('good', ...slowly('test -d /proc'));
    await start('bad', ...slowly('test -d /nowhere'));
    await start('odd', ...slowly('/no/such/program'));
    await start('hangs', ...slowly('sleep 300'));
    await start('unchecked');
    const states = await stackState(docker, PROJECT);
    expect(states.map(({ service, health }) => [service, health])).toEqual([
      ['bad', 'starting'],
      ['good', 'starting'],
      ['hangs', 'starting'],
      ['odd', 'starting'],
      ['unchecked', undefined],
    ]);
    const checked = await checkStarting(docker, states);
    expect(checked.map(({ service, health }) => [service, health])).toEqual([
      ['bad', 'starting'],
      ['good', 'healthy'],
      ['hangs', 'starting'],
      ['odd', 'starting'],
      ['unchecked', undefined],
    ]);
    // A check that hangs does not keep the command from ending: `sleep 300` would.
    const script = `
      import Docker from 'dockerode';
      import { checkStarting } from './health-check.ts';
      import { stackState } from './stack-state.ts';
      const docker = new Docker();
      await checkStarting(docker, (await stackState(docker, '${PROJECT}')).filter(({ service }) => service === 'hangs'));
    `;
    const cwd = fileURLToPath(new URL('../../scripts/engine/', import.meta.url));
    const command = [process.execPath, '--import', 'tsx', '--input-type=module', '-e', script];
    expect((await sh(command, { cwd, timeout: 120_000 })).code).toBe(0);
  });
});
