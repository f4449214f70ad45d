import { eventually } from '../support/e2e-stack.ts';
import type { Arena, Drill } from './drill.ts';
import type { Victim } from './victims.ts';

/** Another server, as far as the stack can tell: a node exporter at an address of its own. */
const server = (name: string): Victim => ({
  name,
  like: 'node-exporter',
  args: ['--no-collector.systemd', '--log.level=warn'],
  watch: { as: 'node', port: 9100 },
});

const limited: Victim = {
  name: 'oom',
  command: 'exec sleep infinity',
  options: ['--memory', '48m', '--memory-swap', '48m'],
};

/** Where the drill mounts a file system of its own on the host: 64 MB that nothing else uses. */
const PLACE = '/var/tmp';
const volume = ({ prefix }: Arena): string => `${PLACE}/${prefix}-volume`;
/** What it mounts there, the host sees too. */
const mounter: Victim = {
  name: 'mounter',
  command: 'exec sleep infinity',
  options: [
    ...['--cap-add', 'SYS_ADMIN', '--security-opt', 'apparmor=unconfined', '-v', `${PLACE}:${PLACE}:rshared`, '-v', '/dev:/dev'],
    // Loop devices, and what hands them out.
    ...['--device-cgroup-rule', 'b 7:* rmw', '--device-cgroup-rule', 'c 10:237 rmw'],
  ],
};
/** Gives everything back, whatever of it was done: also a loop device that a killed run left without its mount or without its file. */
const unmount = async (arena: Arena) => {
  const at = volume(arena);
  const used = `for file in /sys/block/loop*/loop/backing_file; do case "$(cat $file 2>/dev/null)" in */${arena.prefix}-volume.img*)`;
  const detach = `${used} busybox losetup -d /dev/$(echo $file | cut -d/ -f4);; esac; done`;
  const away = `busybox umount ${at} 2>/dev/null || busybox umount -l ${at} 2>/dev/null`;
  return arena.attempt('mounter', 'bash', '-c', `${away}; ${detach}; rm -rf ${at} ${at}.img`);
};

/** Faults of hosts and containers. */
export const hostDrills: readonly Drill[] = [
  {
    alert: 'ServerDown',
    severity: 'critical',
    fault: 'server does not answer',
    of: 'server-2',
    down: true,
    victims: [server('server-2')],
    inject: async ({ docker }) => docker('stop', 'server-2'),
    remove: async ({ docker }) => docker('start', 'server-2'),
  },
  {
    alert: 'ServerUnreachable',
    severity: 'critical',
    fault: 'server still does not answer after five minutes',
    of: 'server-3',
    victims: [server('server-3')],
    // ServerDown has told by then; this one speaks of what is still down.
    inject: async ({ docker }) => {
      await docker('stop', 'server-3');
      return new Date(Date.now() + 300_000);
    },
    remove: async ({ docker }) => docker('start', 'server-3'),
    slow: true,
  },
  {
    alert: 'CriticalCPUUsage',
    severity: 'critical',
    fault: 'CPU burnt',
    // Two shares of the CPU, where every other container has 1024: it takes only what nobody else wants.
    victims: [{ name: 'burner', command: 'exec sleep infinity', options: ['--cpu-shares', '2'] }],
    inject: async ({ spawn }) =>
      spawn(
        'burner',
        'bash',
        '-c',
        'for i in $(seq $(nproc)); do (while [ ! -e /tmp/enough ]; do for j in {1..9999}; do :; done; done) & done; wait',
      ),
    remove: async ({ exec }) => exec('burner', 'touch', '/tmp/enough'),
  },
  {
    alert: 'CriticalDiskUsage',
    severity: 'critical',
    fault: 'small volume filled',
    of: '-volume',
    victims: [mounter],
    prepare: async (arena) => {
      await unmount(arena);
      const at = volume(arena);
      const device = `truncate -s 64M ${at}.img; mkdir ${at}; D=$(busybox losetup -f); busybox losetup $D ${at}.img`;
      // The device is given back with the last use of it, which is the mount.
      await arena.exec(
        'mounter',
        'bash',
        '-ec',
        `${device}; busybox mke2fs $D >/dev/null; busybox mount -t ext2 $D ${at}; busybox losetup -d $D`,
      );
    },
    inject: async (arena) => arena.exec('mounter', 'dd', 'if=/dev/zero', `of=${volume(arena)}/full`, 'bs=1M', 'count=55'),
    remove: async (arena) => arena.exec('mounter', 'rm', `${volume(arena)}/full`),
    clean: unmount,
  },
  {
    alert: 'ContainerOOMKilled',
    severity: 'critical',
    fault: 'container killed for memory',
    of: 'oom',
    victims: [limited],
    inject: async ({ attempt }) => attempt('oom', 'node', '-e', 'const all = []; for (;;) all.push(Buffer.alloc(1e7, 1))'),
    remove: async () => undefined,
    back: 420,
  },
  {
    alert: 'OutOfMemoryKill',
    severity: 'critical',
    fault: 'process killed for memory',
    victims: [{ ...limited, name: 'hungry' }],
    inject: async ({ attempt }) => attempt('hungry', 'node', '-e', 'const all = []; for (;;) all.push(Buffer.alloc(1e7, 1))'),
    remove: async () => undefined,
    back: 420,
    slow: true,
  },
  {
    alert: 'ContainerRestartLoop',
    severity: 'critical',
    fault: 'container restarts in a loop',
    of: 'loop',
    victims: [{ name: 'loop', command: 'while [ ! -e /tmp/broken ]; do sleep 0.5; done; exit 1', options: ['--restart', 'always'] }],
    inject: async ({ exec }) => exec('loop', 'touch', '/tmp/broken'),
    remove: async ({ docker }) => docker('rm -f', 'loop'),
    back: 720,
  },
  {
    alert: 'CriticalContainerMemory',
    severity: 'critical',
    fault: 'memory of a container filled to 97 % of its limit',
    of: 'fat',
    victims: [{ name: 'fat', command: 'exec sleep infinity', options: ['--memory', '200m', '--memory-swap', '200m'] }],
    inject: async ({ attempt, spawn }) => {
      await spawn('fat', 'node', '-e', HOG);
      await eventually('the memory is full', 60, async () => (await attempt('fat', 'test', '-e', '/tmp/full')).code === 0);
      return new Date();
    },
    remove: async ({ exec }) => exec('fat', 'touch', '/tmp/enough'),
  },
  {
    alert: 'CriticalMemoryUsage',
    severity: 'critical',
    fault: 'memory of the host filled to 96 %',
    // Without a limit of its own.
    victims: [
      {
        name: 'hog',
        command: 'exec sleep infinity',
        options: ['--memory', '0', '--memory-swap', '0'],
      },
    ],
    inject: async ({ attempt, spawn }) => {
      await spawn('hog', 'node', '-e', HOST_HOG);
      await eventually('the memory is full', 120, async () => (await attempt('hog', 'test', '-e', '/tmp/full')).code === 0);
      return new Date();
    },
    remove: async ({ docker }) => docker('rm -f', 'hog'),
    slow: true,
    onlyByName: 'it fills the memory of the whole host for a minute',
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

/**
 * Takes memory until the host has 4 % left, and holds it there whatever else comes and goes. It is what the kernel would kill first. Gives
 * everything back where less than 2 % is left, and after five minutes even if nobody asks.
 */
const HOST_HOG = `
const fs = require("fs"), all = [], CHUNK = 2 ** 24;
const read = (name) => Number(new RegExp(name + ":\\\\s+(\\\\d+)").exec(fs.readFileSync("/proc/meminfo", "utf8"))[1]) * 1024;
const total = read("MemTotal"), left = () => read("MemAvailable");
fs.writeFileSync("/proc/self/oom_score_adj", "1000");
setTimeout(() => process.exit(), 300000);
setInterval(() => {
  for (let taken = 0; taken < 64 && left() - CHUNK > 0.04 * total; taken += 1) all.push(Buffer.alloc(CHUNK, 1));
  if (left() < 0.02 * total) process.exit(1);
  if (left() < 0.045 * total) fs.writeFileSync("/tmp/full", "");
}, 100);
`;
