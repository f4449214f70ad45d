import type { Arena, Drill } from './drill.ts';
import { redis } from './victims.ts';

const cli = async ({ exec }: Arena, name: string, ...args: readonly string[]) => exec(name, 'redis-cli', ...args);

/** Faults of Redis. */
export const redisDrills: readonly Drill[] = [
  {
    alert: 'RedisDown',
    severity: 'critical',
    fault: 'Redis stopped',
    of: 'redis-down',
    down: true,
    victims: [redis('redis-down')],
    inject: async ({ docker }) => docker('stop', 'redis-down'),
    remove: async ({ docker }) => docker('start', 'redis-down'),
  },
  {
    alert: 'RedisDown',
    severity: 'critical',
    fault: 'another Redis stopped half a minute later',
    of: 'redis-next',
    down: true,
    victims: [redis('redis-next')],
    // The group of the first one has had its message by then, or is about to.
    inject: async ({ docker }) => {
      await new Promise((resolve) => setTimeout(resolve, 30_000));
      const fault = new Date();
      await docker('stop', 'redis-next');
      return fault;
    },
    remove: async ({ docker }) => docker('start', 'redis-next'),
  },
  {
    alert: 'RedisReplicaLinkDown',
    severity: 'critical',
    fault: 'primary of a replica stopped',
    of: 'redis-replica',
    down: true,
    victims: [redis('redis-primary'), redis('redis-replica', '--replicaof redis-primary 6379')],
    inject: async ({ docker }) => docker('kill', 'redis-primary'),
    remove: async ({ docker }) => docker('start', 'redis-primary'),
  },
  {
    alert: 'RedisCriticalMemory',
    severity: 'critical',
    fault: 'memory filled to over 95 % of maxmemory',
    of: 'redis-full',
    victims: [redis('redis-full', '--maxmemory 24mb --maxmemory-policy noeviction')],
    inject: async ({ exec }) => {
      await exec('redis-full', 'bash', '-c', FILL);
      return new Date();
    },
    remove: async (arena) => cli(arena, 'redis-full', 'flushall'),
  },
  {
    alert: 'RedisRejectedConnections',
    severity: 'critical',
    fault: 'more clients than maxclients',
    of: 'redis-crowd',
    victims: [redis('redis-crowd', '--maxclients 10')],
    // They leave again, so that the exporter gets a connection too.
    inject: async ({ exec }) =>
      exec('redis-crowd', 'bash', '-c', 'for i in $(seq 40); do (exec 3<>/dev/tcp/127.0.0.1/6379; sleep 3) & done; wait'),
    remove: async () => undefined,
    back: 420,
    slow: true,
  },
  {
    alert: 'RedisRdbSaveFailed',
    severity: 'critical',
    fault: 'snapshot cannot be written',
    of: 'redis-save',
    victims: [redis('redis-save', '--dir /save')].map((victim) => ({ ...victim, options: ['--tmpfs', '/save:size=1m'] })),
    inject: async (arena) => {
      await cli(arena, 'redis-save', 'eval', RANDOM, '0');
      await arena.attempt('redis-save', 'dd', 'if=/dev/zero', 'of=/save/full', 'bs=64k', 'count=32');
      await cli(arena, 'redis-save', 'bgsave');
      return new Date();
    },
    remove: async (arena) => {
      await arena.exec('redis-save', 'rm', '/save/full');
      await cli(arena, 'redis-save', 'flushall');
      await cli(arena, 'redis-save', 'bgsave');
    },
    back: 180,
  },
  {
    alert: 'RedisAofWriteFailed',
    severity: 'critical',
    fault: 'disk of the append-only file full',
    of: 'redis-aof',
    victims: [redis('redis-aof', '--appendonly yes --dir /aof')].map((victim) => ({ ...victim, options: ['--tmpfs', '/aof:size=2m'] })),
    inject: async (arena) => {
      await arena.attempt('redis-aof', 'dd', 'if=/dev/zero', 'of=/aof/full', 'bs=64k', 'count=64');
      await cli(arena, 'redis-aof', 'eval', RANDOM, '0');
      return new Date();
    },
    remove: async ({ exec }) => exec('redis-aof', 'rm', '/aof/full'),
    back: 180,
  },
  {
    alert: 'RedisEvictions',
    severity: 'warning',
    fault: 'keys evicted all the time',
    of: 'redis-evict',
    victims: [redis('redis-evict', '--maxmemory 8mb --maxmemory-policy allkeys-lru')],
    inject: async ({ spawn }) =>
      spawn('redis-evict', 'bash', '-c', `while [ ! -e /tmp/enough ]; do redis-cli eval "${CHURN}" 0; sleep 2; done`),
    remove: async ({ exec }) => exec('redis-evict', 'touch', '/tmp/enough'),
    back: 420,
  },
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
