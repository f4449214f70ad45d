import { setTimeout as sleep } from 'node:timers/promises';
import Docker from 'dockerode';
import { planNetwork } from '../../scripts/engine/networks.ts';
import { startContainer } from '../support/cleanup.ts';
import { databasesImage } from '../support/databases.ts';
import { E2eStack, sh, type Ended } from '../support/e2e-stack.ts';
import { startFleet, watchFleet } from '../support/fleet.ts';
import { cleanly } from '../support/sh.ts';
import type { Arena, Drill } from './drill.ts';
import { startReceiver } from './receiver.ts';
import type { Victim } from './victims.ts';
import { watchLater, watchVictims } from './watch.ts';

/** Two scrapes of everything, so that each fault finds its series there. */
export const SETTLE_MS = 40_000;

/**
 * Starts a stack and the victims of the drills. What runs on this host besides is not touched.
 *
 * @param signal ends the wait until everything is there; the one who aborts it calls `interruptCommands` too
 */
export async function openArena(
  project: string,
  drills: readonly Drill[],
  signal?: AbortSignal,
): Promise<{ readonly arena: Arena; readonly close: () => Promise<void> }> {
  const image = await databasesImage();
  const stack = await E2eStack.create(project);
  const receiver = await startReceiver();
  const arena = arenaOf(stack, project, receiver, image);
  // Before its victims are all there, what has the name of one may be somebody else's.
  const prepared: Drill[] = [];
  const close = async (): Promise<void> =>
    cleanly(async () => {
      for (const { clean } of prepared) await clean?.(arena);
      await stack.destroy();
      receiver.close();
    });
  try {
    await startFleet(project);
    const victims = [...new Set(drills.flatMap((drill) => drill.victims))];
    const [early, late] = [victims.filter(({ like }) => like === undefined), victims.filter(({ like }) => like !== undefined)];
    await Promise.all(early.map(arena.start));
    prepared.push(...drills);
    await Promise.all(drills.map(async ({ prepare }) => prepare?.(arena)));
    watchFleet(stack, project);
    watchVictims(stack, early);
    // The receiver listens in this process; containers reach it by the gateway of their network, which is therefore settled here.
    const { subnet, gateway } = await planNetwork(new Docker(), { COMPOSE_PROJECT_NAME: project, STACK_SUBNET: undefined });
    stack.set({ STACK_SUBNET: subnet });
    for (const [secret, path] of [
      ['webhook_url', 'critical'],
      ['sms_webhook_url', 'sms'],
      ['deadman_url', 'deadman'],
    ] as const)
      stack.write(`secrets/${secret}`, `http://${gateway}:${receiver.port}/${path}`);
    must('the stack for the drills does not come up', await stack.run('up', '--yes'));
    must('the example does not come up', await stack.run('demo', '--yes'));
    // Some are the example once more, some take the volumes of the one before.
    for (const victim of late) await arena.start(victim);
    await watchLater(stack, late);
    await sleep(SETTLE_MS, undefined, signal === undefined ? {} : { signal });
  } catch (failure) {
    await close();
    throw failure;
  }
  return { arena, close };
}

function arenaOf(stack: E2eStack, project: string, receiver: Arena['receiver'], image: string): Arena {
  const attempt = async (...command: readonly string[]) => sh(['docker', ...command]);
  const run = async (...command: readonly string[]) => {
    const ended = await attempt(...command);
    must(`docker ${command.join(' ')} fails`, ended);
    return ended;
  };
  const arena: Arena = {
    stack,
    prefix: project,
    receiver,
    exec: async (name, ...command) => run('exec', `${project}-${name}`, ...command),
    attempt: async (name, ...command) => attempt('exec', `${project}-${name}`, ...command),
    spawn: async (name, ...command) => run('exec', '-d', `${project}-${name}`, ...command),
    docker: async (verb, name) => run(...verb.split(' '), `${project}-${name}`),
    has: async (service) => (await attempt('inspect', `${project}-${service}-1`)).code === 0,
    service: async (verb, service) => run(verb, `${project}-${service}-1`),
    start: async (victim) => start(victim, arena, image),
  };
  return arena;
}

async function start(victim: Victim, arena: Arena, image: string): Promise<void> {
  const { name, command = '', like, args = [], options = [] } = victim;
  const place = ['--network', `${arena.prefix}-shop`, '--network-alias', name];
  // A fault that gets out of hand ends in its own container.
  const limit = ['--memory', '512m', '--memory-swap', '512m'];
  const own = typeof options === 'function' ? options(arena) : options;
  const what = like === undefined ? [image, 'bash', '-c', command] : [await imageOf(like, arena), ...args];
  await startContainer(arena.prefix, `${arena.prefix}-${name}`, ...place, ...limit, ...own, ...what);
}

/** The image that a service of this stack runs. */
async function imageOf(service: string, { stack }: Arena): Promise<string> {
  const { stdout } = await sh(['docker', 'inspect', '--format', '{{.Config.Image}}', `${stack.project}-${service}-1`]);
  return stdout.trim();
}

function must(complaint: string, { code, stdout, stderr }: Ended): void {
  if (code !== 0) throw new Error(`${complaint}:\n${stdout}${stderr}`);
}
