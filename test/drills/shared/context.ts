import { setTimeout as sleep } from 'node:timers/promises';
import Docker from 'dockerode';
import { planNetwork } from '../../../scripts/engine/networks.ts';
import { startContainer } from '../../support/cleanup.ts';
import { databasesImage } from '../../support/databases.ts';
import { E2eStack, sh, type Ended } from '../../support/e2e-stack.ts';
import { startFleet, watchFleet } from '../../support/fleet.ts';
import { cleanly } from '../../support/sh.ts';
import { debianImage } from '../../support/debian-image.ts';
import { isRunnable, type Drill, type DrillContext } from './drill.ts';
import { startReceiver } from './receiver.ts';
import { fleetTargets } from './registry.ts';
import type { Target } from './targets.ts';
import { watchLateTargets, watchTargets } from './watch.ts';

/** Two scrapes of everything, so that each fault finds its series there. */
const SETTLE_MS = 40_000;

export interface ContextOptions {
  /** Ends the wait until everything is there; the one who aborts it calls `interruptCommands` too. */
  readonly signal?: AbortSignal;
  /** Changes settings or files of the stack before it starts. */
  readonly change?: (stack: E2eStack) => Promise<void>;
}

/** Starts a stack that watches the fleet of every module and the targets of the drills. Nothing else on this host is touched. */
export async function openContext(
  project: string,
  drills: readonly Drill[],
  { signal, change }: ContextOptions = {},
): Promise<{ readonly context: DrillContext; readonly close: () => Promise<void> }> {
  const image = await databasesImage();
  const stack = await E2eStack.create(project);
  const receiver = await startReceiver();
  // Called where one of the targets is there; before, a container with such a name may belong to something else.
  let clean = async (): Promise<void> => undefined;
  const close = async (): Promise<void> =>
    cleanly(async () => {
      await clean();
      await stack.destroy();
      receiver.close();
    });
  const context = contextOf({ stack, prefix: project, receiver }, image);
  try {
    await startFleet(project);
    const early = targetsOf(drills).filter(({ like }) => like === undefined);
    await Promise.all(early.map(context.start));
    clean = async () => {
      for (const drill of drills) await drill.clean?.(context);
    };
    await Promise.all(drills.map(async ({ prepare }) => prepare?.(context)));
    watchFleet(stack, project);
    watchTargets(stack, early);
    await change?.(stack);
    // The receiver listens in this process; containers reach it by the gateway of the stack's network, which is therefore chosen here.
    const { subnet, gateway } = await planNetwork(new Docker(), { COMPOSE_PROJECT_NAME: project, STACK_SUBNET: undefined });
    stack.set({ STACK_SUBNET: subnet });
    receiver.url = `http://${gateway}:${receiver.port}`;
    for (const [secret, path] of [
      ['webhook_url', 'critical'],
      ['sms_webhook_url', 'sms'],
      ['deadman_url', 'deadman'],
    ] as const)
      stack.write(`secrets/${secret}`, `${receiver.url}/${path}`);
    assertDone('the stack for the drills does not start', await stack.run('up', '--yes'));
    assertDone('the example does not start', await stack.run('demo', '--yes'));
    const runnable = await Promise.all(drills.map(async (drill) => ((await isRunnable(drill, context)) ? [drill] : [])));
    const late = targetsOf(runnable.flat()).filter(({ like }) => like !== undefined);
    // Some are the example once more, some take the volumes of the one before.
    for (const target of late) await context.start(target);
    await watchLateTargets(stack, late);
    await sleep(SETTLE_MS, undefined, signal === undefined ? {} : { signal });
    return { context, close };
  } catch (failure) {
    await close();
    throw failure;
  }
}

const targetsOf = (drills: readonly Drill[]): readonly Target[] => [
  ...new Set([...fleetTargets, ...drills.flatMap(({ targets }) => targets)]),
];

function contextOf(given: Pick<DrillContext, 'stack' | 'prefix' | 'receiver'>, image: string): DrillContext {
  const { prefix } = given;
  const attempt = async (...command: readonly string[]) => sh(['docker', ...command]);
  const run = async (...command: readonly string[]) => {
    const ended = await attempt(...command);
    assertDone(`docker ${command.join(' ')} fails`, ended);
    return ended;
  };
  const context: DrillContext = {
    ...given,
    exec: async (name, ...command) => run('exec', `${prefix}-${name}`, ...command),
    attempt: async (name, ...command) => attempt('exec', `${prefix}-${name}`, ...command),
    spawn: async (name, ...command) => run('exec', '-d', `${prefix}-${name}`, ...command),
    docker: async (verb, name) => run(...verb.split(' '), `${prefix}-${name}`),
    has: async (service) => (await attempt('inspect', `${prefix}-${service}-1`)).code === 0,
    service: async (verb, service) => run(verb, `${prefix}-${service}-1`),
    start: async (target) => start(target, context, image),
  };
  return context;
}

async function start(target: Target, context: DrillContext, databases: string): Promise<void> {
  const { name, command = '', image, like, args = [], options = [] } = target;
  const network = ['--network', `${context.prefix}-shop`, '--network-alias', name];
  // A fault that gets out of hand ends in its own container.
  const limit = ['--memory', '512m', '--memory-swap', '512m'];
  const own = typeof options === 'function' ? options(context) : options;
  const program =
    like === undefined
      ? [image === undefined ? databases : await debianImage(image), 'bash', '-c', command]
      : [await imageOf(like, context), ...args];
  await startContainer(context.prefix, `${context.prefix}-${name}`, ...network, ...limit, ...own, ...program);
  await target.prepare?.(context);
}

/** The image that a service of this stack runs. */
async function imageOf(service: string, { stack }: DrillContext): Promise<string> {
  const ended = await sh(['docker', 'inspect', '--format', '{{.Config.Image}}', `${stack.project}-${service}-1`]);
  assertDone(`the stack runs no ${service}`, ended);
  return ended.stdout.trim();
}

function assertDone(complaint: string, { code, stdout, stderr }: Ended): void {
  if (code !== 0) throw new Error(`${complaint}:\n${stdout}${stderr}`);
}
