import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import Docker from 'dockerode';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { leftOf, makeNetwork, mark, removeEverything, startContainer } from '../support/cleanup.ts';
import { describeWithEngine } from '../support/engine.ts';
import { serviceImage } from '../support/images.ts';
import { sh } from '../support/sh.ts';

const PROJECT = 'pharos-test-cleanup';
/** Foreign resources with a name like the project's. */
const MINE = `${PROJECT}-mine`;
let image = '';
const idle = (): readonly string[] => ['--entrypoint', 'sleep', image, '600'];
const there = async (name: string): Promise<boolean> => (await sh(['docker', 'inspect', name])).code === 0;

async function removeMine(): Promise<void> {
  await sh(['docker', 'rm', '-f', MINE]);
  await sh(['docker', 'network', 'rm', `${MINE}-net`]);
}

beforeAll(async () => {
  image = await serviceImage(new Docker(), 'history');
  await removeEverything(PROJECT);
  await removeMine();
});
afterAll(async () => {
  await removeEverything(PROJECT);
  await removeMine();
});

describeWithEngine('cleaning up after a project', () => {
  it('removes what was started for it, and leaves what only has a name like it', async () => {
    await makeNetwork(PROJECT, `${PROJECT}-net`);
    await startContainer(PROJECT, `${PROJECT}-one`, '--network', `${PROJECT}-net`, '-v', '/anonymous', ...idle());
    await sh(['docker', 'run', '-d', '--name', `${PROJECT}-two`, '--label', `com.docker.compose.project=${PROJECT}`, ...idle()]);
    await startContainer(PROJECT, `${PROJECT}-again`, '--restart', 'always', '--entrypoint', 'false', image);
    await sh(['docker', 'volume', 'create', ...mark(PROJECT), `${PROJECT}-volume`]);
    await sh(['docker', 'run', '-d', '--name', MINE, ...idle()]);
    await sh(['docker', 'network', 'create', `${MINE}-net`]);
    const volume = (await sh(['docker', 'inspect', '-f', '{{(index .Mounts 0).Name}}', `${PROJECT}-one`])).stdout.trim();
    const own = ['container again', 'container one', 'container two', 'network net', 'volume volume'];
    expect([...(await leftOf(PROJECT))].sort()).toEqual(own.map((thing) => thing.replace(' ', ` ${PROJECT}-`)));

    await removeEverything(PROJECT);

    expect(await leftOf(PROJECT)).toEqual([]);
    for (const name of [`${PROJECT}-one`, `${PROJECT}-two`, `${PROJECT}-again`, `${PROJECT}-net`, `${PROJECT}-volume`, volume])
      expect(await there(name), name).toBe(false);
    expect((await sh(['docker', 'inspect', '-f', '{{.State.Running}}', MINE])).stdout).toBe('true\n');
    expect(await there(`${MINE}-net`)).toBe(true);
  });

  it('removes projects together whose containers are in each other’s networks', async () => {
    const [one, two] = [`${PROJECT}-a`, `${PROJECT}-b`] as const;
    for (const project of [one, two]) await makeNetwork(project, `${project}-net`);
    await startContainer(one, `${one}-1`, '--network', `${two}-net`, ...idle());
    await startContainer(two, `${two}-1`, '--network', `${one}-net`, ...idle());
    await removeEverything(one, two);
    expect(await leftOf(one, two)).toEqual([]);
  });

  it('takes a network again that could not be removed, unless a container uses it', async () => {
    await makeNetwork(PROJECT, `${PROJECT}-net`);
    await makeNetwork(PROJECT, `${PROJECT}-net`);
    await startContainer(PROJECT, `${PROJECT}-one`, '--network', `${PROJECT}-net`, ...idle());
    await expect(makeNetwork(PROJECT, `${PROJECT}-net`)).rejects.toThrow(`the network ${PROJECT}-net of an earlier run cannot be removed`);
    await removeEverything(PROJECT);
  });

  it('names a foreign resource under a needed name', async () => {
    await sh(['docker', 'run', '-d', '--name', MINE, ...idle()]);
    await sh(['docker', 'network', 'create', `${MINE}-net`]);
    await expect(startContainer(PROJECT, MINE, ...idle())).rejects.toThrow(`there is a container ${MINE} that was not started here`);
    await expect(makeNetwork(PROJECT, `${MINE}-net`)).rejects.toThrow(`there is a network ${MINE}-net that was not started here`);
    await removeEverything(PROJECT);
    expect(await there(MINE)).toBe(true);
  });
});

describeWithEngine('commands that are interrupted', () => {
  it('end at once, no other is run, and what cleans up still runs', () => {
    // In a process of its own: once interrupted, it stays so.
    const script = `
      import { cleanly, interruptCommands, sh } from './sh.ts';
      const began = Date.now();
      const slow = sh(['sleep', '600']).catch(({ name }) => name);
      setTimeout(interruptCommands, 200);
      const first = await slow;
      const second = await sh(['true']).catch(({ name }) => name);
      const { stdout } = await cleanly(async () => sh(['echo', 'cleaned']));
      console.log(JSON.stringify([first, second, stdout.trim(), Date.now() - began < 300_000]));
    `;
    const cwd = fileURLToPath(new URL('../support/', import.meta.url));
    const { stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      cwd,
      encoding: 'utf8',
    });
    expect(stdout, stderr).toBe('["Interrupted","Interrupted","cleaned",true]\n');
  });
});
