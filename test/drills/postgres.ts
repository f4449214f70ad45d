import { eventually } from '../support/e2e-stack.ts';
import type { Drill } from './drill.ts';
import { answers, psql, session } from './sql.ts';
import { postgres } from './victims.ts';

/** One server for all faults that do not get in each other's way. */
const work = postgres('pg-work', "-c deadlock_timeout=50ms -c archive_mode=on -c archive_command='test ! -e /tmp/full'");
/** Autovacuum, which would come at once and mend it, looks once an hour. */
const old = postgres('pg-old', '-c autovacuum_naptime=1h');

/** Faults of PostgreSQL. */
export const postgresDrills: readonly Drill[] = [
  {
    alert: 'PostgreSQLDown',
    severity: 'critical',
    fault: 'PostgreSQL stopped',
    of: 'pg-down',
    down: true,
    victims: [postgres('pg-down')],
    inject: async ({ docker }) => docker('stop', 'pg-down'),
    remove: async ({ docker }) => docker('start', 'pg-down'),
  },
  {
    alert: 'PostgreSQLCriticalConnections',
    severity: 'critical',
    fault: 'connections used up',
    of: 'pg-full',
    victims: [postgres('pg-full', '-c max_connections=20')],
    // Three of the 20 are the superuser's, and the exporter comes and goes.
    inject: async ({ exec }) => {
      const clients = 'for i in $(seq 15); do psql -c "SELECT pg_sleep(600)" >/dev/null 2>&1 & done; sleep 1';
      await exec('pg-full', 'su', 'postgres', '-c', clients);
      return new Date();
    },
    remove: async (arena) => psql(arena, 'pg-full', SLEEPERS),
  },
  {
    alert: 'PostgreSQLDeadlocks',
    severity: 'warning',
    fault: 'sessions deadlocked',
    of: 'pg-work',
    victims: [work],
    inject: async (arena) => {
      await psql(arena, 'pg-work', ['CREATE TABLE t (id int)', 'INSERT INTO t VALUES (1), (2)']);
      const pair = (first: number, second: number): string =>
        `psql -c "BEGIN; UPDATE t SET id = id WHERE id = ${first}; SELECT pg_sleep(0.3); UPDATE t SET id = id WHERE id = ${second}; COMMIT" &`;
      await arena.exec('pg-work', 'su', 'postgres', '-c', `for i in $(seq 12); do ${pair(1, 2)} ${pair(2, 1)} wait; done; true`);
    },
    remove: async () => undefined,
    back: 180,
  },
  {
    alert: 'PostgreSQLArchiveFailing',
    severity: 'critical',
    fault: 'WAL archive command fails',
    of: 'pg-work',
    victims: [work],
    prepare: async (arena) => {
      await answers(arena, 'pg-work');
      await psql(arena, 'pg-work', ['CREATE TABLE before()', 'SELECT pg_switch_wal()']);
    },
    inject: async (arena) => {
      await arena.exec('pg-work', 'touch', '/tmp/full');
      await psql(arena, 'pg-work', ['CREATE TABLE after()', 'SELECT pg_switch_wal()']);
    },
    remove: async (arena) => {
      await arena.exec('pg-work', 'rm', '/tmp/full');
      await psql(arena, 'pg-work', ['CREATE TABLE again()', 'SELECT pg_switch_wal()']);
    },
    back: 240,
  },
  {
    alert: 'PostgreSQLReplicationBroken',
    severity: 'critical',
    fault: 'replication of a standby stopped',
    of: 'standby',
    down: true,
    victims: [],
    inject: async (arena) =>
      psql(arena, 'shop-db', ['ALTER ROLE replicator NOLOGIN', 'SELECT pg_terminate_backend(pid) FROM pg_stat_replication']),
    remove: async (arena) => psql(arena, 'shop-db', 'ALTER ROLE replicator LOGIN'),
  },
  {
    alert: 'PostgreSQLCriticalReplicationLag',
    severity: 'critical',
    fault: 'standby more than five minutes behind',
    of: 'standby',
    victims: [],
    // A standby is behind by the age of what it replayed last, once there is something to replay: five minutes after the last change. That is
    // made now, so that the other fault of this standby is over by then.
    inject: async (arena) => {
      await psql(arena, 'shop-db', 'INSERT INTO orders VALUES (1001)');
      await eventually('the standby replayed nothing for five minutes', 540, async () => {
        const behind = "SELECT now() - pg_last_xact_replay_timestamp() > interval '5 min 10 s'";
        return (await psql(arena, 'shop-standby', behind)) === 't';
      });
      await psql(arena, 'shop-standby', 'SELECT pg_wal_replay_pause()');
      const fault = new Date();
      await psql(arena, 'shop-db', 'INSERT INTO orders SELECT generate_series(1002, 2000)');
      return fault;
    },
    remove: async (arena) => psql(arena, 'shop-standby', 'SELECT pg_wal_replay_resume()'),
    slow: true,
  },
  {
    alert: 'PostgreSQLCriticalTransactionIdAge',
    severity: 'critical',
    fault: 'nothing frozen for 1.7 billion transactions',
    of: 'pg-old',
    victims: [old],
    inject: async (arena) => {
      // The next transaction is the first of a segment of pg_xact, which a server that got there by itself would have.
      const jump = [
        'su postgres -c "$B/pg_resetwal -D /data -x 1700790272"',
        'dd if=/dev/zero of=/data/pg_xact/0656 bs=256k count=1; chown postgres /data/pg_xact/0656',
      ];
      await arena.exec('pg-old', 'bash', '-c', `echo '${jump.join('; ')}' > /tmp/before`);
      // Which ends this program with the container.
      await arena.attempt('pg-old', 'su', 'postgres', '-c', '/usr/lib/postgresql/18/bin/pg_ctl stop -m fast -D /data');
      // What still runs is not started again.
      await arena.docker('wait', 'pg-old');
      await arena.docker('start', 'pg-old');
      await answers(arena, 'pg-old');
      return new Date();
    },
    remove: async ({ exec }) => exec('pg-old', 'su', 'postgres', '-c', 'vacuumdb -aFq'),
    back: 300,
    slow: true,
  },
  {
    alert: 'PostgreSQLLongRunningTransaction',
    severity: 'warning',
    fault: 'transaction held open',
    of: 'pg-work',
    victims: [work],
    inject: async (arena) => session(arena, 'pg-work', 'SELECT pg_sleep(1200)'),
    remove: async (arena) => psql(arena, 'pg-work', SLEEPERS),
    back: 240,
  },
  {
    alert: 'PostgreSQLReplicationSlotInactive',
    severity: 'warning',
    fault: 'slot without a reader keeps WAL',
    of: 'forgotten',
    victims: [work],
    inject: async (arena) => psql(arena, 'pg-work', "SELECT pg_create_physical_replication_slot('forgotten', true)"),
    remove: async (arena) => psql(arena, 'pg-work', "SELECT pg_drop_replication_slot('forgotten')"),
    back: 420,
  },
];

const SLEEPERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()";
