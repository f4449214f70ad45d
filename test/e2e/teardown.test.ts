import Docker from 'dockerode';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freeNetwork } from '../../scripts/demo/io.ts';
import { removeStack } from '../../scripts/engine/teardown.ts';
import { leftOf, mark, removeEverything } from '../support/cleanup.ts';
import { describeWithEngine } from '../support/engine.ts';
import { serviceImage } from '../support/images.ts';
import { sh } from '../support/sh.ts';

const PROJECT = 'pharos-test-teardown';
const GUEST = `${PROJECT}-guest`;
const NETWORK = `${PROJECT}_monitoring`;
const VOLUME = `${PROJECT}_data`;
const docker = new Docker();
const label = ['--label', `com.docker.compose.project=${PROJECT}`];
let image = '';

async function run(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await sh(['docker', ...args]);
  expect(code, stderr).toBe(0);
  return stdout.trim();
}
const start = async (name: string, ...args: readonly string[]): Promise<string> =>
  run('run', '-d', '--name', name, '--stop-signal', 'KILL', ...args, '--entrypoint', 'sleep', image, '600');
const remove = async () => removeStack(docker, PROJECT, true, new AbortController().signal);

async function clean(): Promise<void> {
  await sh(['docker', 'rm', '-f', GUEST]);
  await removeEverything(PROJECT);
}

beforeAll(async () => {
  image = await serviceImage(docker, 'history');
  await clean();
});
afterAll(clean);

describeWithEngine('removing a stack', () => {
  it('names a container of others that uses its network or its volume, and removes both when it is gone', async () => {
    await run('network', 'create', ...label, NETWORK);
    await run('volume', 'create', ...label, VOLUME);
    await start(`${PROJECT}-own`, ...label, '--network', NETWORK, '-v', `${VOLUME}:/data`);
    await start(GUEST, ...mark(PROJECT), '--network', NETWORK, '-v', `${VOLUME}:/data`);
    const first = await remove();
    expect(first.containers).toBe(1);
    expect(first.problems.map(({ place, message, fix }) => `${place} ${message} → ${fix}`)).toEqual([
      `network ${NETWORK} is still used by ${GUEST} → docker network disconnect ${NETWORK} ${GUEST}, then run this command again.`,
      expect.stringMatching(new RegExp(`^volume ${VOLUME} .*volume is in use.* → A container still uses it`)),
    ]);
    await run('rm', '-f', GUEST);
    expect((await remove()).problems).toEqual([]);
    expect(await leftOf(PROJECT)).toEqual([]);
  });

  it('disconnects guests of the demo, also stopped ones, and leaves its own containers', async () => {
    const id = await run('network', 'create', ...label, NETWORK);
    const own = await start(`${PROJECT}-own`, ...label, '--network', NETWORK);
    await start(GUEST, ...mark(PROJECT), '--network', NETWORK);
    await run('stop', '-t', '0', GUEST);
    await freeNetwork(docker, NETWORK, [own]);
    const users = await docker.listContainers({ all: true, filters: { network: [id] } });
    expect(users.map(({ Id }) => Id)).toEqual([own]);
    expect((await remove()).problems).toEqual([]);
  });
});
