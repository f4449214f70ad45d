import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../scripts/base/files.ts';
import { eventually } from '../support/e2e-stack.ts';
import type { Drill, DrillContext } from './shared/drill.ts';
import { stoppedService } from './shared/stopped-service.ts';
import type { Target } from './shared/targets.ts';
import { untilEnough } from './shared/until-enough.ts';

/** Debian packages no MySQL server. */
const IMAGE = { name: 'pharos-test/mariadb:1', packages: ['mariadb-server'] };

/** What every server here is started with: nothing on it is worth a sync. */
const FLAGS = '--bind-address=0.0.0.0 --innodb-buffer-pool-size=16M --innodb-flush-log-at-trx-commit=0 --log-bin=bin --binlog-format=ROW';

/** The checked-in SQL, as an administrator would run it. */
const USER = `SET @password = 'right-password';\n${readFileSync(join(ROOT, 'exporters/mysql/monitor-user.sql'), 'utf8')}`;
const OTHERS = `CREATE DATABASE shop; CREATE TABLE shop.t (id int PRIMARY KEY); CREATE USER app@'%' IDENTIFIED BY 'app';
GRANT ALL ON shop.* TO app@'%'; CREATE USER repl@'%' IDENTIFIED BY 'repl'; GRANT REPLICATION SLAVE ON *.* TO repl@'%';`;

/** A MariaDB of its own, with the stack's read-only user; `flags` are those of the server. */
export const mysql = (name: string, ...flags: readonly string[]): Target => server(name, `${USER}${OTHERS}`, ['--server-id=1', ...flags]);

/** A replica of another target. It tries to reach its primary every two seconds. */
export const replicaOf = (primary: string, name: string): Target =>
  server(
    name,
    // A replica's own changes are not for its binary log.
    `SET SESSION sql_log_bin = 0;\n${USER}
CHANGE MASTER TO MASTER_HOST = '${primary}', MASTER_USER = 'repl', MASTER_PASSWORD = 'repl', MASTER_CONNECT_RETRY = 2, MASTER_USE_GTID = slave_pos;
START SLAVE;`,
    ['--server-id=2', '--read-only=1'],
  );

/** Makes a database with what the SQL says, and serves it. */
function server(name: string, sql: string, flags: readonly string[]): Target {
  return {
    name,
    image: IMAGE,
    command: [
      'mkdir -p /data /run/mysqld && chown mysql /data /run/mysqld',
      '[ -d /data/mysql ] || mariadb-install-db --user=mysql --datadir=/data --skip-test-db >/dev/null',
      `cat > /tmp/first.sql <<'SQL'\n${sql}\nSQL`,
      '[ -e /tmp/done ] || (until mariadb -e "SELECT 1" >/dev/null 2>&1; do sleep 0.5; done; mariadb < /tmp/first.sql && touch /tmp/done) &',
      `exec mariadbd --user=mysql --datadir=/data ${FLAGS} ${flags.join(' ')}`,
    ].join('\n'),
    prepare: async (context) => ready(context, name),
    watch: {
      settings: { MYSQL_INSTANCES: `${name}=mysql://pharos_monitor@${name}:3306` },
      files: { [`secrets/mysql_${name}_password`]: 'right-password' },
    },
  };
}

/** Runs SQL as the administrator; what it prints is one value a line. */
async function sql({ exec }: DrillContext, name: string, ...statements: readonly string[]): Promise<string> {
  return (await exec(name, 'mariadb', '-N', '-e', statements.join('; '))).stdout.trim();
}

/** The server has its user. */
async function ready({ attempt }: DrillContext, name: string): Promise<void> {
  await eventually(`${name} answers`, 90, async () => (await attempt(name, 'test', '-e', '/tmp/done')).code === 0);
}

/** Ends the sessions that sleep for a drill. */
async function endSleepers(context: DrillContext, name: string): Promise<void> {
  const ids = await sql(
    context,
    name,
    "SELECT id FROM information_schema.processlist WHERE info LIKE '%SLEEP(600)%' AND id <> CONNECTION_ID()",
  );
  for (const id of ids.split('\n').filter((line) => line !== '')) await context.attempt(name, 'mariadb', '-e', `KILL ${id}`);
}

const sleepers = (count: number, seconds: number): string =>
  `for i in $(seq ${count}); do mariadb -h 127.0.0.1 -u app -papp -e 'DO SLEEP(${seconds})' & done`;

const work = mysql('my-work');
const primary = mysql('my-primary');
const replica = replicaOf('my-primary', 'my-replica');
const applied = async (context: DrillContext): Promise<void> => {
  await eventually('the replica has the table', 60, async () => {
    const tables = "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = 'shop'";
    return (await sql(context, 'my-replica', tables)) === '1';
  });
};

/** Always there, so that every alert has series. */
export const fleet: readonly Target[] = [primary, replica];

/** A query that takes longer than the minute from which the exporter counts it. */
export const trouble = async ({ spawn }: DrillContext) => spawn('my-primary', 'mariadb', '-e', 'SELECT SLEEP(900)');

/** Both have the same password. */
export const placeholders = (prefix: string) => ({
  MYSQL_CONTAINER: `${prefix}-my-primary`,
  REPLICA_CONTAINER: `${prefix}-my-replica`,
  MYSQL_PASSWORD_FILE: 'mysql_my-primary_password',
});

export const broken = (prefix: string, name: string) => ({
  MYSQL_CONTAINER: `${prefix}-${name}`,
  REPLICA_CONTAINER: `${prefix}-${name}`,
  MYSQL_PASSWORD_FILE: `mysql_${name}_password`,
});

/** Faults of MariaDB. */
export const drills: readonly Drill[] = [
  {
    alert: 'MySQLDown',
    severity: 'critical',
    fault: 'MariaDB stopped',
    of: 'my-down',
    down: true,
    targets: [mysql('my-down')],
    inject: async ({ docker }) => docker('kill', 'my-down'),
    remove: async ({ docker }) => docker('start', 'my-down'),
  },
  {
    alert: 'MySQLDown',
    severity: 'critical',
    fault: 'MariaDB hangs',
    of: 'my-hung',
    down: true,
    targets: [mysql('my-hung')],
    inject: async ({ docker }) => docker('pause', 'my-hung'),
    remove: async ({ docker }) => docker('unpause', 'my-hung'),
  },
  stoppedService('MySQLExporterDown', 'mysqld-exporter', 'MySQL exporter stopped', { down: false }),
  {
    alert: 'MySQLReplicationStopped',
    severity: 'critical',
    fault: 'change that the replica cannot apply',
    of: 'my-replica',
    down: true,
    targets: [primary, replica],
    prepare: applied,
    inject: async (context) => {
      await sql(context, 'my-replica', 'SET sql_log_bin = 0', 'RENAME TABLE shop.t TO shop.gone');
      await sql(context, 'my-primary', 'INSERT INTO shop.t VALUES (1)');
    },
    remove: async (context) => sql(context, 'my-replica', 'SET sql_log_bin = 0', 'RENAME TABLE shop.gone TO shop.t', 'START SLAVE'),
  },
  {
    alert: 'MySQLReplicaDisconnected',
    severity: 'critical',
    fault: 'primary of a replica stopped',
    of: 'my-second',
    targets: [mysql('my-first'), replicaOf('my-first', 'my-second')],
    inject: async ({ docker }) => docker('kill', 'my-first'),
    remove: async ({ docker }) => docker('start', 'my-first'),
  },
  {
    alert: 'MySQLReadOnly',
    severity: 'critical',
    fault: 'primary set to read-only',
    of: 'my-work',
    targets: [work],
    inject: async (context) => sql(context, 'my-work', 'SET GLOBAL read_only = 1'),
    remove: async (context) => sql(context, 'my-work', 'SET GLOBAL read_only = 0'),
  },
  {
    alert: 'MySQLCriticalConnections',
    severity: 'critical',
    fault: 'connections used up',
    of: 'my-full',
    targets: [mysql('my-full', '--max-connections=20')],
    // The exporter comes and goes with the 18th.
    inject: async ({ spawn }) => spawn('my-full', 'bash', '-c', `${sleepers(17, 600)}; wait`),
    remove: async (context) => endSleepers(context, 'my-full'),
  },
  {
    alert: 'MySQLRejectedConnections',
    severity: 'critical',
    fault: 'more connections than max_connections',
    of: 'my-crowd',
    targets: [mysql('my-crowd', '--max-connections=10')],
    // They leave again, so that the exporter gets a connection too, and come back for longer than a deployment takes. Some fail: the fault.
    inject: async ({ spawn }) => spawn('my-crowd', 'bash', '-c', untilEnough(`${sleepers(20, 3)}; wait`)),
    remove: async ({ exec }) => exec('my-crowd', 'touch', '/tmp/enough'),
    back: 300,
  },
  {
    alert: 'MySQLCriticalReplicationLag',
    severity: 'critical',
    fault: 'replica more than an hour behind',
    of: 'my-lag',
    targets: [mysql('my-lead'), replicaOf('my-lead', 'my-lag')],
    // A change that says it is two hours old (in rows: a statement's age would be that of its transaction), and waits for a lock.
    inject: async (context) => {
      await context.spawn('my-lag', 'mariadb', '-e', 'LOCK TABLES shop.t READ; DO SLEEP(600)');
      await eventually('the table is locked', 20, async () => {
        const locked = "SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE 'DO SLEEP(600)%'";
        return (await sql(context, 'my-lag', locked)) === '1';
      });
      const fault = new Date();
      await sql(context, 'my-lead', 'SET TIMESTAMP = UNIX_TIMESTAMP() - 7200', 'INSERT INTO shop.t VALUES (1)');
      return fault;
    },
    remove: async (context) => endSleepers(context, 'my-lag'),
  },
  {
    alert: 'MySQLDeadlocks',
    severity: 'warning',
    fault: 'transactions deadlocked',
    of: 'my-work',
    targets: [work],
    prepare: async (context) => sql(context, 'my-work', 'INSERT INTO shop.t VALUES (1), (2)'),
    inject: async ({ spawn }) => {
      const pair = (first: number, second: number): string =>
        `mariadb shop -e "BEGIN; SELECT * FROM t WHERE id = ${first} FOR UPDATE; DO SLEEP(0.3); SELECT * FROM t WHERE id = ${second} FOR UPDATE; COMMIT" >/dev/null 2>&1 &`;
      await spawn('my-work', 'bash', '-c', `while [ ! -e /tmp/enough ]; do ${pair(1, 2)} ${pair(2, 1)} wait; sleep 2; done`);
    },
    remove: async ({ exec }) => exec('my-work', 'touch', '/tmp/enough'),
    back: 180,
  },
];
