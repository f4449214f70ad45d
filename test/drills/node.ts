import { eventually } from '../support/e2e-stack.ts';
import type { Drill, DrillContext } from './shared/drill.ts';
import { targetFile, type Target } from './shared/targets.ts';

/** Another server from the stack's view: a node exporter at its own address. */
const server = (name: string): Target => ({
  name,
  like: 'node-exporter',
  args: ['--no-collector.systemd', '--log.level=warn'],
  watch: targetFile('node', name, `${name}:9100`, { instance: name }),
});

/** Where the drill mounts a file system of its own on the host: 64 MB that nothing else uses. */
const FOLDER = '/var/tmp';
const volume = ({ prefix }: DrillContext): string => `${FOLDER}/${prefix}-volume`;
/** What it mounts there, the host sees too. */
const mounter: Target = {
  name: 'mounter',
  command: 'exec sleep infinity',
  options: [
    ...['--cap-add', 'SYS_ADMIN', '--security-opt', 'apparmor=unconfined', '-v', `${FOLDER}:${FOLDER}:rshared`, '-v', '/dev:/dev'],
    // Loop devices, and what hands them out.
    ...['--device-cgroup-rule', 'b 7:* rmw', '--device-cgroup-rule', 'c 10:237 rmw'],
  ],
};
/** Gives everything back, whatever of it was done: also a loop device that a killed run left without its mount or without its file. */
const unmount = async (context: DrillContext) => {
  const at = volume(context);
  const used = `for file in /sys/block/loop*/loop/backing_file; do case "$(cat $file 2>/dev/null)" in */${context.prefix}-volume.img*)`;
  const detach = `${used} busybox losetup -d /dev/$(echo $file | cut -d/ -f4);; esac; done`;
  const away = `busybox umount ${at} 2>/dev/null || busybox umount -l ${at} 2>/dev/null`;
  return context.attempt('mounter', 'bash', '-c', `${away}; ${detach}; rm -rf ${at} ${at}.img`);
};

/** Faults of hosts. */
export const drills: readonly Drill[] = [
  {
    alert: 'ServerDown',
    severity: 'critical',
    fault: 'server does not answer',
    of: 'server-2',
    down: true,
    targets: [server('server-2')],
    inject: async ({ docker }) => docker('kill', 'server-2'),
    remove: async ({ docker }) => docker('start', 'server-2'),
  },
  {
    alert: 'ServerUnreachable',
    severity: 'critical',
    fault: 'server still does not answer after five minutes',
    of: 'server-3',
    targets: [server('server-3')],
    // ServerDown has fired by then; this one is about what is still down.
    inject: async ({ docker }) => {
      await docker('kill', 'server-3');
      return new Date(Date.now() + 300_000);
    },
    remove: async ({ docker }) => docker('start', 'server-3'),
  },
  {
    alert: 'CriticalCPUUsage',
    severity: 'critical',
    fault: 'CPU burnt by six tasks per core',
    // Two shares of the CPU, where every other container has 1024: it takes only what no one else wants.
    targets: [{ name: 'burner', command: 'exec sleep infinity', options: ['--cpu-shares', '2'] }],
    inject: async ({ spawn }) =>
      spawn(
        'burner',
        'bash',
        '-c',
        'for i in $(seq $((6 * $(nproc)))); do (while [ ! -e /tmp/enough ]; do for j in {1..9999}; do :; done; done) & done; wait',
      ),
    remove: async ({ exec }) => exec('burner', 'touch', '/tmp/enough'),
  },
  {
    alert: 'CriticalDiskUsage',
    severity: 'critical',
    fault: 'small volume filled',
    of: '-volume',
    targets: [mounter],
    prepare: async (context) => {
      await unmount(context);
      const at = volume(context);
      const device = `truncate -s 64M ${at}.img; mkdir ${at}; D=$(busybox losetup -f); busybox losetup $D ${at}.img`;
      // The device is given back with the last use of it, which is the mount.
      await context.exec(
        'mounter',
        'bash',
        '-ec',
        `${device}; busybox mke2fs $D >/dev/null; busybox mount -t ext2 $D ${at}; busybox losetup -d $D`,
      );
    },
    inject: async (context) => context.exec('mounter', 'dd', 'if=/dev/zero', `of=${volume(context)}/full`, 'bs=1M', 'count=55'),
    remove: async (context) => context.exec('mounter', 'rm', `${volume(context)}/full`),
    clean: unmount,
  },
  {
    alert: 'CriticalMemoryUsage',
    severity: 'critical',
    fault: 'memory of the host filled to 96 %',
    // Without a limit of its own.
    targets: [
      {
        name: 'hog',
        command: 'exec sleep infinity',
        options: ['--memory', '0', '--memory-swap', '0'],
      },
    ],
    inject: async ({ attempt, spawn }) => {
      await spawn('hog', 'node', '--expose-gc', '-e', HOST_HOG);
      await eventually('the memory is full', 120, async () => (await attempt('hog', 'test', '-e', '/tmp/full')).code === 0);
      return new Date();
    },
    remove: async ({ docker }) => docker('rm -f', 'hog'),
    onlyByName: 'it fills the memory of the whole host for minutes',
  },
];

/**
 * Takes memory until the host has 4 % left, and holds it there whatever else comes and goes. It is what the kernel would kill first. Gives
 * some back where less than 3 % is left, everything below 1 %, and after ten minutes in any case.
 */
const HOST_HOG = `
const fs = require("fs"), all = [], CHUNK = 2 ** 24;
const read = (name) => Number(new RegExp(name + ":\\\\s+(\\\\d+)").exec(fs.readFileSync("/proc/meminfo", "utf8"))[1]) * 1024;
const total = read("MemTotal"), left = () => read("MemAvailable");
fs.writeFileSync("/proc/self/oom_score_adj", "1000");
setTimeout(() => process.exit(), 600000);
setInterval(() => {
  for (let taken = 0; taken < 64 && left() - CHUNK > 0.04 * total; taken += 1) all.push(Buffer.alloc(CHUNK, 1));
  if (left() < 0.03 * total) { all.length -= Math.min(all.length, 32); gc(); }
  if (left() < 0.01 * total) process.exit(1);
  if (left() < 0.045 * total) fs.writeFileSync("/tmp/full", "");
}, 100);
`;
