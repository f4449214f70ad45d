import { eventually } from '../support/e2e-stack.ts';
import type { Drill, DrillContext } from './shared/drill.ts';
import { stoppedService } from './shared/stopped-service.ts';
import type { Target } from './shared/targets.ts';

/** A container at whose memory limit the kernel kills what grows. */
const limited = (name: string): Target => ({
  name,
  command: 'exec sleep infinity',
  options: ['--memory', '48m', '--memory-swap', '48m'],
});
/** A program of Node.js that takes memory until it is killed. */
const OVERFILL = 'const all = []; for (;;) all.push(Buffer.alloc(1e7, 1))';

/** A container of a Compose service, and one whose service fails. */
const ofService = (name: string, command: string): Target => ({
  name,
  command,
  options: ['--label', 'com.docker.compose.project=drill', '--label', `com.docker.compose.service=${name}`, '--restart', 'unless-stopped'],
});
const deployed = ofService('deployed', 'exec sleep infinity');

/** Containers that are stopped on purpose and that fail, so that there are series of both. */
export const fleet: readonly Target[] = [ofService('replaced', 'exec sleep infinity'), ofService('failing', 'exec sleep infinity')];
export const trouble = async ({ docker }: DrillContext): Promise<void> => {
  await docker('restart -t 1', 'replaced');
  await docker('kill', 'failing');
  await docker('start', 'failing');
};

export const broken = (prefix: string, name: string) => ({ NAME: `${prefix}-${name}` });

/** Faults of containers, and of what watches them. */
export const drills: readonly Drill[] = [
  {
    alert: 'ContainerOOMKilled',
    severity: 'critical',
    fault: 'container killed for memory',
    of: 'oom',
    targets: [limited('oom')],
    inject: async ({ attempt }) => attempt('oom', 'node', '-e', OVERFILL),
    remove: async () => undefined,
    back: 420,
    everyTest: true,
  },
  {
    alert: 'ContainerRestartLoop',
    severity: 'critical',
    fault: 'container restarts in a loop',
    of: 'loop',
    targets: [{ name: 'loop', command: 'while [ ! -e /tmp/broken ]; do sleep 0.5; done; exit 1', options: ['--restart', 'always'] }],
    inject: async ({ exec }) => exec('loop', 'touch', '/tmp/broken'),
    remove: async ({ docker }) => docker('rm -f', 'loop'),
    back: 720,
  },
  {
    alert: 'CriticalContainerMemory',
    severity: 'critical',
    fault: 'memory of a container filled to 97 % of its limit',
    of: 'fat',
    targets: [{ name: 'fat', command: 'exec sleep infinity', options: ['--memory', '200m', '--memory-swap', '200m'] }],
    inject: async ({ attempt, spawn }) => {
      await spawn('fat', 'node', '-e', HOG);
      await eventually('the memory is full', 60, async () => (await attempt('fat', 'test', '-e', '/tmp/full')).code === 0);
      return new Date();
    },
    remove: async ({ exec }) => exec('fat', 'touch', '/tmp/enough'),
  },
  // What asks the engine and what lets it: the second is only seen through the first.
  stoppedService('DockerEngineDown', 'docker-socket-proxy', 'way to the Docker engine stopped', { down: false }),
  {
    alert: 'DeploymentInProgress',
    severity: 'info',
    fault: 'container of a service replaced',
    of: 'deployed',
    targets: [deployed],
    inject: async ({ docker }) => docker('restart -t 1', 'deployed'),
    remove: async () => undefined,
    // Three minutes from the stop.
    back: 240,
  },
];

/** Takes memory until the container has 97 % of its limit in use, and holds it. Control groups of version 2, then of version 1. */
const HOG = `
const fs = require("fs"), all = [];
const read = (...names) => Number(fs.readFileSync(names.map((name) => "/sys/fs/cgroup/" + name).find((path) => fs.existsSync(path)), "utf8"));
const used = () => read("memory.current", "memory/memory.usage_in_bytes");
const limit = read("memory.max", "memory/memory.limit_in_bytes");
setInterval(() => {
  if (fs.existsSync("/tmp/enough")) process.exit();
  while (used() < 0.97 * limit) all.push(Buffer.alloc(1e6, 1));
  fs.writeFileSync("/tmp/full", "");
}, 200);
`;
