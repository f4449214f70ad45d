import type { Arena, Drill } from './drill.ts';
import { postgres, redis } from './victims.ts';

const cli = async ({ exec }: Arena, name: string, ...args: readonly string[]) => exec(name, 'redis-cli', ...args);
const sql = async ({ exec }: Arena, name: string, text: string) => exec(name, 'su', 'postgres', '-c', `psql -Atc "${text}"`);
/** Runs SQL in the background, as a client that stays connected. */
const session = async ({ spawn }: Arena, name: string, text: string) => spawn(name, 'su', 'postgres', '-c', `psql -c "${text}"`);

/** Faults of Redis and PostgreSQL. */
export const databaseDrills: readonly Drill[] = [
  {
    alert: 'RedisDown',
    severity: 'critical',
    fault: 'Redis stopped',
    of: 'redis-down',
    victims: [redis('redis-down')],
    inject: async ({ docker }) => docker('stop', 'redis-down'),
    remove: async ({ docker }) => docker('start', 'redis-down'),
    within: 60,
  },
  {
    alert: 'RedisReplicaLinkDown',
    severity: 'critical',
    fault: 'primary of a replica stopped',
    of: 'redis-replica',
    victims: [redis('redis-primary'), redis('redis-replica', '--replicaof redis-primary 6379')],
    inject: async ({ docker }) => docker('pause', 'redis-primary').then(async () => docker('kill', 'redis-primary')),
    remove: async ({ docker }) => docker('start', 'redis-primary'),
    within: 60,
  },
  {
    alert: 'RedisCriticalMemory',
    severity: 'critical',
    fault: 'memory filled to over 95 % of maxmemory',
    of: 'redis-full',
    victims: [redis('redis-full', '--maxmemory 24mb --maxmemory-policy noeviction')],
    inject: async (arena) => cli(arena, 'redis-full', 'eval', FILL, '0'),
    remove: async (arena) => cli(arena, 'redis-full', 'flushall'),
    within: 150,
  },
  {
    alert: 'RedisRejectedConnections',
    severity: 'critical',
    fault: 'more clients than maxclients',
    of: 'redis-crowd',
    victims: [redis('redis-crowd', '--maxclients 10')],
    inject: async ({ exec }) =>
      exec('redis-crowd', 'bash', '-c', 'for i in $(seq 40); do (exec 3<>/dev/tcp/127.0.0.1/6379; sleep 20) & done; sleep 3; wait'),
    remove: async () => undefined,
    within: 60,
    back: 420,
    slow: true,
  },
  {
    alert: 'RedisRdbSaveFailed',
    severity: 'critical',
    fault: 'snapshot cannot be written',
    of: 'redis-save',
    victims: [redis('redis-save', '--dir /tmp')],
    inject: async (arena) => {
      // Redis cannot put its new snapshot in the place of a folder.
      await arena.exec('redis-save', 'mkdir', '-p', '/tmp/dump.rdb/full');
      await cli(arena, 'redis-save', 'bgsave');
    },
    remove: async (arena) => {
      await arena.exec('redis-save', 'rm', '-r', '/tmp/dump.rdb');
      await cli(arena, 'redis-save', 'bgsave');
    },
    within: 60,
    back: 180,
  },
  {
    alert: 'RedisEvictions',
    severity: 'warning',
    fault: 'keys evicted all the time',
    of: 'redis-evict',
    victims: [redis('redis-evict', '--maxmemory 8mb --maxmemory-policy allkeys-lru')],
    inject: async ({ spawn }) =>
      spawn('redis-evict', 'bash', '-c', `while [ ! -e /tmp/enough ]; do redis-cli eval "${CHURN}" 0; sleep 0.5; done`),
    remove: async ({ exec }) => exec('redis-evict', 'touch', '/tmp/enough'),
    within: 660,
    back: 600,
    slow: true,
  },
  {
    alert: 'PostgreSQLDown',
    severity: 'critical',
    fault: 'PostgreSQL stopped',
    of: 'pg-down',
    victims: [postgres('pg-down')],
    inject: async ({ docker }) => docker('stop', 'pg-down'),
    remove: async ({ docker }) => docker('start', 'pg-down'),
    within: 60,
  },
  {
    alert: 'PostgreSQLCriticalConnections',
    severity: 'critical',
    fault: 'connections used up',
    of: 'pg-full',
    victims: [postgres('pg-full', '-c max_connections=20')],
    inject: async (arena) => {
      for (let client = 0; client < 14; client += 1) await session(arena, 'pg-full', 'SELECT pg_sleep(600)');
    },
    remove: async (arena) => sql(arena, 'pg-full', SLEEPERS),
    within: 120,
  },
  {
    alert: 'PostgreSQLDeadlocks',
    severity: 'warning',
    fault: 'sessions deadlocked',
    of: 'pg-locks',
    victims: [postgres('pg-locks', '-c deadlock_timeout=50ms')],
    inject: async (arena) => {
      await sql(arena, 'pg-locks', 'CREATE TABLE IF NOT EXISTS t (id int); TRUNCATE t; INSERT INTO t VALUES (1), (2)');
      const pair = (first: number, second: number): string =>
        `psql -c "BEGIN; UPDATE t SET id = id WHERE id = ${first}; SELECT pg_sleep(0.3); UPDATE t SET id = id WHERE id = ${second}; COMMIT" &`;
      await arena.exec('pg-locks', 'su', 'postgres', '-c', `for i in $(seq 12); do ${pair(1, 2)} ${pair(2, 1)} wait; done; true`);
    },
    remove: async () => undefined,
    within: 300,
    back: 180,
  },
  {
    alert: 'PostgreSQLArchiveFailing',
    severity: 'critical',
    fault: 'WAL archive command fails',
    of: 'pg-archive',
    victims: [postgres('pg-archive', "-c archive_mode=on -c archive_command='test ! -e /tmp/full'")],
    inject: async (arena) => {
      await arena.exec('pg-archive', 'touch', '/tmp/full');
      await sql(arena, 'pg-archive', 'CREATE TABLE w AS SELECT 1; SELECT pg_switch_wal()');
    },
    remove: async ({ exec }) => exec('pg-archive', 'rm', '/tmp/full'),
    within: 150,
    back: 180,
  },
  {
    alert: 'PostgreSQLReplicationBroken',
    severity: 'critical',
    fault: 'replication of a standby stopped',
    of: 'standby',
    victims: [],
    inject: async ({ exec }) =>
      exec(
        'shop-db',
        'su',
        'postgres',
        '-c',
        'psql -c "ALTER ROLE replicator NOLOGIN; SELECT pg_terminate_backend(pid) FROM pg_stat_replication"',
      ),
    remove: async ({ exec }) => exec('shop-db', 'su', 'postgres', '-c', 'psql -c "ALTER ROLE replicator LOGIN"'),
    within: 60,
  },
  {
    alert: 'PostgreSQLLongRunningTransaction',
    severity: 'warning',
    fault: 'transaction held open',
    of: 'pg-held',
    victims: [postgres('pg-held')],
    inject: async (arena) => session(arena, 'pg-held', 'SELECT pg_sleep(1200)'),
    remove: async (arena) => sql(arena, 'pg-held', SLEEPERS),
    within: 660,
    back: 240,
    slow: true,
  },
  {
    alert: 'PostgreSQLReplicationSlotInactive',
    severity: 'warning',
    fault: 'slot without a reader keeps WAL',
    of: 'pg-slot',
    victims: [postgres('pg-slot')],
    inject: async (arena) => sql(arena, 'pg-slot', "SELECT pg_create_physical_replication_slot('forgotten', true)"),
    remove: async (arena) => sql(arena, 'pg-slot', "SELECT pg_drop_replication_slot('forgotten')"),
    within: 660,
    back: 420,
    slow: true,
  },
];

const FILL = "local i = 0; while redis.pcall('set', 'k' .. i, string.rep('x', 10000)).ok do i = i + 1 end; return i";
const CHURN = "for i = 1, 2000 do redis.call('set', 'k' .. math.random(1e9), string.rep('x', 1000)) end";
const SLEEPERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()";
