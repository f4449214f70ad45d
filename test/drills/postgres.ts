import { eventually } from '../support/e2e-stack.ts';
import type { Drill } from './shared/drill.ts';
import { answers, psql, SLEEPERS } from './shared/sql.ts';
import { stoppedService } from './shared/stopped-service.ts';
import type { Target } from './shared/targets.ts';

/** What every PostgreSQL here is started with: nothing on it is worth a sync. */
const FLAGS = '-c listen_addresses=* -c fsync=off -c shared_buffers=16MB';

/** A PostgreSQL of its own, with the stack's read-only user; `flags` are those of the server. */
export const postgres = (name: string, ...flags: readonly string[]): Target => ({
  name,
  command: serve("CREATE ROLE pharos_monitor LOGIN PASSWORD 'right-password' IN ROLE pg_monitor", flags),
  watch: {
    settings: { POSTGRES_INSTANCES: `${name}=postgresql://pharos_monitor@${name}:5432/postgres?sslmode=disable` },
    files: { [`secrets/postgres_${name}_password`]: 'right-password' },
  },
});

/** One that belongs to an application; the stack does not watch it. */
export const appDatabase = (name: string): Target => ({ name, command: serve("CREATE ROLE app LOGIN SUPERUSER PASSWORD 'app'") });

/** Makes a cluster with a role and serves it. A script in /tmp/before runs once before the next start. */
function serve(role: string, flags: readonly string[] = []): string {
  return [
    'mkdir -p /data /run/postgresql && chown postgres /data /run/postgresql; rm -f /data/postmaster.pid',
    'export B=/usr/lib/postgresql/18/bin',
    '[ -f /data/PG_VERSION ] || { su postgres -c "$B/initdb -N -D /data -A scram-sha-256 --auth-local=trust" >/dev/null; echo "host all all all scram-sha-256" >> /data/pg_hba.conf; }',
    '[ -e /tmp/before ] && { bash /tmp/before; rm /tmp/before; }',
    `[ -e /tmp/user ] || (until su postgres -c "psql -qc \\"${role}\\"" 2>/dev/null; do sleep 0.5; done; touch /tmp/user) &`,
    `exec su postgres -c "exec $B/postgres -D /data ${FLAGS} ${flags.join(' ')}"`,
  ].join('\n');
}

/** One server for all faults that do not get in each other's way. */
const work = postgres('pg-work', "-c deadlock_timeout=50ms -c archive_mode=on -c archive_command='test ! -e /tmp/full'");
/** Autovacuum runs only once an hour, because it would fix the fault. */
const old = postgres('pg-old', '-c autovacuum_naptime=1h');

export const broken = (prefix: string, name: string) => ({
  POSTGRES_CONTAINER: `${prefix}-${name}`,
  STANDBY_CONTAINER: `${prefix}-${name}`,
});

/** Faults of PostgreSQL. */
export const drills: readonly Drill[] = [
  {
    alert: 'PostgreSQLDown',
    severity: 'critical',
    fault: 'PostgreSQL stopped',
    of: 'pg-down',
    down: true,
    targets: [postgres('pg-down')],
    inject: async ({ docker }) => docker('kill', 'pg-down'),
    remove: async ({ docker }) => docker('start', 'pg-down'),
  },
  {
    alert: 'PostgreSQLDown',
    severity: 'critical',
    fault: 'PostgreSQL hangs',
    of: 'pg-hung',
    down: true,
    targets: [postgres('pg-hung')],
    inject: async ({ docker }) => docker('pause', 'pg-hung'),
    remove: async ({ docker }) => docker('unpause', 'pg-hung'),
    everyTest: true,
  },
  {
    alert: 'PostgreSQLCriticalConnections',
    severity: 'critical',
    fault: 'connections used up',
    of: 'pg-full',
    targets: [postgres('pg-full', '-c max_connections=20')],
    // Three of the 20 are the superuser's, and the exporter comes and goes.
    inject: async ({ exec }) => {
      const clients = 'for i in $(seq 15); do psql -c "SELECT pg_sleep(1200)" >/dev/null 2>&1 & done; sleep 1';
      await exec('pg-full', 'su', 'postgres', '-c', clients);
      return new Date();
    },
    remove: async (context) => psql(context, 'pg-full', SLEEPERS),
  },
  {
    alert: 'PostgreSQLDeadlocks',
    severity: 'warning',
    fault: 'sessions deadlocked',
    of: 'pg-work',
    targets: [work],
    inject: async (context) => {
      await psql(context, 'pg-work', ['CREATE TABLE t (id int)', 'INSERT INTO t VALUES (1), (2)']);
      const pair = (first: number, second: number): string =>
        `psql -c "BEGIN; UPDATE t SET id = id WHERE id = ${first}; SELECT pg_sleep(0.3); UPDATE t SET id = id WHERE id = ${second}; COMMIT" &`;
      await context.exec('pg-work', 'su', 'postgres', '-c', `for i in $(seq 12); do ${pair(1, 2)} ${pair(2, 1)} wait; done; true`);
    },
    remove: async () => undefined,
    back: 180,
  },
  {
    alert: 'PostgreSQLArchiveFailing',
    severity: 'critical',
    fault: 'WAL archive command fails',
    of: 'pg-work',
    targets: [work],
    prepare: async (context) => {
      await answers(context, 'pg-work');
      await psql(context, 'pg-work', ['CREATE TABLE before()', 'SELECT pg_switch_wal()']);
    },
    inject: async (context) => {
      await context.exec('pg-work', 'touch', '/tmp/full');
      await psql(context, 'pg-work', ['CREATE TABLE after()', 'SELECT pg_switch_wal()']);
    },
    remove: async (context) => {
      await context.exec('pg-work', 'rm', '/tmp/full');
      await psql(context, 'pg-work', ['CREATE TABLE again()', 'SELECT pg_switch_wal()']);
    },
    back: 240,
  },
  {
    alert: 'PostgreSQLReplicationBroken',
    severity: 'critical',
    fault: 'replication of a standby stopped',
    of: 'standby',
    targets: [],
    inject: async (context) =>
      psql(context, 'shop-db', ['ALTER ROLE replicator NOLOGIN', 'SELECT pg_terminate_backend(pid) FROM pg_stat_replication']),
    remove: async (context) => psql(context, 'shop-db', 'ALTER ROLE replicator LOGIN'),
  },
  {
    alert: 'PostgreSQLCriticalReplicationLag',
    severity: 'critical',
    fault: 'standby more than five minutes behind',
    of: 'standby',
    targets: [],
    // A standby is behind by the age of what it replayed last, once there is something to replay: five minutes after the last change. That is
    // made now, and is there once the other fault of this standby is over.
    inject: async (context) => {
      await psql(context, 'shop-db', 'INSERT INTO orders VALUES (1001)');
      await eventually('the standby has nothing to replay for five minutes', 900, async () => {
        const change = 'EXISTS (SELECT FROM orders WHERE id = 1001) AND EXISTS (SELECT FROM pg_stat_wal_receiver)';
        const behind = "now() - pg_last_xact_replay_timestamp() > interval '5 min 10 s'";
        return (await psql(context, 'shop-standby', `SELECT ${change} AND ${behind}`)) === 't';
      });
      await psql(context, 'shop-standby', 'SELECT pg_wal_replay_pause()');
      const fault = new Date();
      await psql(context, 'shop-db', 'INSERT INTO orders SELECT generate_series(1002, 2000)');
      return fault;
    },
    remove: async (context) => psql(context, 'shop-standby', 'SELECT pg_wal_replay_resume()'),
  },
  {
    alert: 'PostgreSQLCriticalTransactionIdAge',
    severity: 'critical',
    fault: 'nothing frozen for 1.7 billion transactions',
    of: 'pg-old',
    targets: [old],
    inject: async (context) => {
      // The next transaction is the first of a segment of pg_xact, which a server that got there by itself would have.
      const jump = [
        'su postgres -c "$B/pg_resetwal -D /data -x 1700790272"',
        'dd if=/dev/zero of=/data/pg_xact/0656 bs=256k count=1; chown postgres /data/pg_xact/0656',
      ];
      await context.exec('pg-old', 'bash', '-c', `echo '${jump.join('; ')}' > /tmp/before`);
      // Which ends this program with the container.
      await context.attempt('pg-old', 'su', 'postgres', '-c', '/usr/lib/postgresql/18/bin/pg_ctl stop -m fast -D /data');
      // What still runs is not started again.
      await context.docker('wait', 'pg-old');
      await context.docker('start', 'pg-old');
      await answers(context, 'pg-old');
      return new Date();
    },
    remove: async ({ exec }) => exec('pg-old', 'su', 'postgres', '-c', 'vacuumdb -aFq'),
    back: 300,
  },
  {
    alert: 'PostgreSQLLongRunningTransaction',
    severity: 'warning',
    fault: 'transaction forgotten by its session',
    of: 'pg-work',
    targets: [work],
    inject: async ({ spawn }) => spawn('pg-work', 'su', 'postgres', '-c', "(echo 'BEGIN; SELECT 1;'; sleep 1500) | psql"),
    remove: async (context) => {
      const forgotten = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'";
      return psql(context, 'pg-work', forgotten);
    },
    back: 240,
  },
  {
    alert: 'PostgreSQLReplicationSlotInactive',
    severity: 'warning',
    fault: 'slot without a reader keeps WAL',
    of: 'forgotten',
    targets: [work],
    inject: async (context) => psql(context, 'pg-work', "SELECT pg_create_physical_replication_slot('forgotten', true)"),
    remove: async (context) => psql(context, 'pg-work', "SELECT pg_drop_replication_slot('forgotten')"),
    back: 420,
  },
  stoppedService('PostgreSQLExporterDown', 'postgres-exporter', 'postgres exporter stopped', { down: false }),
];
