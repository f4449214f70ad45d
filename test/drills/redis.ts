import type { DrillContext, Drill } from './shared/drill.ts';
import { stoppedService } from './shared/stopped-service.ts';
import type { Target } from './shared/targets.ts';
import { untilEnough } from './shared/until-enough.ts';

/** A Redis of its own; `flags` are those of redis-server. */
export const redis = (name: string, ...flags: readonly string[]): Target => ({
  ...cache(name, ...flags),
  watch: { settings: { REDIS_INSTANCES: `${name}=redis://${name}:6379` } },
});

/** One that belongs to an application; the stack does not watch it. */
export const cache = (name: string, ...flags: readonly string[]): Target => ({
  name,
  command: `exec redis-server --bind 0.0.0.0 --protected-mode no --save '' ${flags.join(' ')}`,
});

const cli = async ({ exec }: DrillContext, name: string, ...args: readonly string[]) => exec(name, 'redis-cli', ...args);

export const broken = (prefix: string, name: string) => ({
  REDIS_CONTAINER: `${prefix}-${name}`,
  REPLICA_CONTAINER: `${prefix}-${name}`,
  REDIS_PASSWORD_FILE: `redis_${name}_password`,
});

/** Faults of Redis. */
export const drills: readonly Drill[] = [
  {
    alert: 'RedisDown',
    severity: 'critical',
    fault: 'Redis stopped',
    of: 'redis-down',
    down: true,
    targets: [redis('redis-down')],
    inject: async ({ docker }) => docker('kill', 'redis-down'),
    remove: async ({ docker }) => docker('start', 'redis-down'),
    everyTest: true,
  },
  {
    alert: 'RedisDown',
    severity: 'critical',
    fault: 'another Redis stopped half a minute later',
    of: 'redis-next',
    down: true,
    targets: [redis('redis-next')],
    // The group of the first one has had its message by then, or is about to.
    inject: async ({ docker }) => {
      await new Promise((resolve) => setTimeout(resolve, 30_000));
      const fault = new Date();
      await docker('kill', 'redis-next');
      return fault;
    },
    remove: async ({ docker }) => docker('start', 'redis-next'),
  },
  {
    alert: 'RedisDown',
    severity: 'critical',
    fault: 'Redis hangs',
    of: 'redis-hung',
    down: true,
    targets: [redis('redis-hung')],
    inject: async ({ docker }) => docker('pause', 'redis-hung'),
    remove: async ({ docker }) => docker('unpause', 'redis-hung'),
  },
  {
    alert: 'RedisReplicaLinkDown',
    severity: 'critical',
    fault: 'primary of a replica stopped',
    of: 'redis-replica',
    targets: [redis('redis-primary'), redis('redis-replica', '--replicaof redis-primary 6379')],
    inject: async ({ docker }) => docker('kill', 'redis-primary'),
    remove: async ({ docker }) => docker('start', 'redis-primary'),
  },
  {
    alert: 'RedisCriticalMemory',
    severity: 'critical',
    fault: 'memory filled to over 95 % of maxmemory',
    of: 'redis-full',
    targets: [redis('redis-full', '--maxmemory 24mb --maxmemory-policy noeviction')],
    inject: async ({ exec }) => {
      await exec('redis-full', 'bash', '-c', FILL);
      return new Date();
    },
    remove: async (context) => cli(context, 'redis-full', 'flushall'),
  },
  {
    alert: 'RedisRejectedConnections',
    severity: 'critical',
    fault: 'more clients than maxclients',
    of: 'redis-crowd',
    targets: [redis('redis-crowd', '--maxclients 10')],
    // They leave again, so that the exporter gets a connection too, and come back for longer than a deployment takes.
    inject: async ({ spawn }) =>
      spawn('redis-crowd', 'bash', '-c', untilEnough('for i in $(seq 40); do (exec 3<>/dev/tcp/127.0.0.1/6379; sleep 3) & done; wait')),
    remove: async ({ exec }) => exec('redis-crowd', 'touch', '/tmp/enough'),
    back: 300,
  },
  {
    alert: 'RedisRdbSaveFailed',
    severity: 'critical',
    fault: 'snapshot cannot be written',
    of: 'redis-save',
    targets: [{ ...redis('redis-save', '--dir /save'), options: ['--tmpfs', '/save:size=1m'] }],
    inject: async (context) => {
      await cli(context, 'redis-save', 'eval', RANDOM, '0');
      await context.attempt('redis-save', 'dd', 'if=/dev/zero', 'of=/save/full', 'bs=64k', 'count=32');
      await cli(context, 'redis-save', 'bgsave');
      return new Date();
    },
    remove: async (context) => {
      await context.exec('redis-save', 'rm', '/save/full');
      await cli(context, 'redis-save', 'flushall');
      await cli(context, 'redis-save', 'bgsave');
    },
    back: 180,
  },
  {
    alert: 'RedisAofWriteFailed',
    severity: 'emergency',
    fault: 'disk of the append-only file full',
    of: 'redis-aof',
    targets: [{ ...redis('redis-aof', '--appendonly yes --dir /aof'), options: ['--tmpfs', '/aof:size=2m'] }],
    inject: async (context) => {
      await context.attempt('redis-aof', 'dd', 'if=/dev/zero', 'of=/aof/full', 'bs=64k', 'count=64');
      await cli(context, 'redis-aof', 'eval', RANDOM, '0');
      return new Date();
    },
    remove: async ({ exec }) => exec('redis-aof', 'rm', '/aof/full'),
    back: 180,
  },
  {
    alert: 'RedisQueueEvictions',
    severity: 'warning',
    fault: 'keys evicted where a worker waits for jobs',
    of: 'redis-evict',
    targets: [redis('redis-evict', '--maxmemory 8mb --maxmemory-policy allkeys-lru')],
    inject: async ({ spawn }) =>
      spawn(
        'redis-evict',
        'bash',
        '-c',
        `redis-cli blpop jobs 0 & while [ ! -e /tmp/enough ]; do redis-cli eval "${CHURN}" 0; sleep 2; done; kill $!`,
      ),
    remove: async ({ exec }) => exec('redis-evict', 'touch', '/tmp/enough'),
    back: 420,
  },
  stoppedService('RedisExporterDown', 'redis-exporter', 'redis exporter stopped', { down: false }),
];

/** In small bites: a script that has begun to write may go on beyond maxmemory. */
const FILL = `for i in $(seq 400); do
  [ $(redis-cli info memory | sed -n 's/^used_memory:\\([0-9]*\\).*/\\1/p') -gt 24400000 ] && break
  redis-cli eval "for n = 1, 20 do redis.call('set', 'k$i.' .. n, string.rep('x', 10000)) end" 0
done`;
/** 400 KB that do not compress. */
const RANDOM =
  "for i = 1, 400 do local t = {}; for j = 1, 250 do t[j] = string.format('%x', math.random(2 ^ 30)) end; redis.call('set', 'r' .. i, table.concat(t)) end";
const CHURN = "for i = 1, 4000 do redis.call('set', 'k' .. math.random(1e9), string.rep('x', 1000)) end";
