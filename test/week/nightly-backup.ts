import { are, between, since, weekEvent } from './shared/event.ts';
import { cpu } from './shared/happenings.ts';
import { counts, grows } from './shared/shapes.ts';
import { all, TARGETS } from './shared/targets.ts';

const { instance } = TARGETS.node;
const [FROM, TO] = ['5m', '30m'];
const dockerDisk = `node_filesystem_avail_bytes{instance="${instance}", mountpoint="/var/lib/docker"}`;

/** pg_dump for 25 minutes: one transaction, every table read once, a compressed file of 15 GB, which then goes to another place. Last fortnight's is deleted. */
export default weekEvent({
  title: 'a nightly backup',
  lasts: '1h30m',
  every: '1m',
  real: async ({ exec, spawn, after }) => {
    // After the restart of the same server.
    await after(60);
    const postgres = ['runuser', '-u', 'postgres', '--'] as const;
    const copy = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; LOCK TABLE orders, products IN ACCESS SHARE MODE; SELECT pg_sleep(420)';
    await spawn('shop-db', ...postgres, 'env', 'PGAPPNAME=pg_dump', 'psql', '-c', copy);
    await exec('shop-db', ...postgres, 'pg_dump', '-f', '/tmp/backup.sql');
  },
  happenings: [
    between(
      FROM,
      TO,
      cpu({ idle: counts(0.3), iowait: counts(0.35), system: counts(0.08), user: counts(0.26) }),
      are({
        [`node_load5{instance="${instance}"}`]: 3.5,
        [`pg_long_running_transactions_oldest_timestamp_seconds${all(TARGETS.postgres)}`]: grows(0, 1),
        [`pg_stat_database_numbackends${all(TARGETS.postgres)}`]: 19,
        [`pg_stat_database_blks_read${all(TARGETS.postgres)}`]: counts(4500),
        [`pg_stat_user_tables_n_dead_tup${all(TARGETS.postgres)}`]: grows(40_000, 30),
        // The page cache of what it reads counts as used, up to the container's limit.
        'container_memory_usage_bytes{id="/docker/db-1"}': 512e6,
        'container_memory_working_set_bytes{id="/docker/db-1"}': 500e6,
        'container_memory_total_active_file_bytes{id="/docker/db-1"}': 320e6,
        [dockerDisk]: grows(80e9, -10e6),
        [`node_network_receive_drop_total{instance="${instance}", device="eth0"}`]: counts(1.5),
      }),
    ),
    between(TO, '50m', are({ [`node_network_transmit_drop_total{instance="${instance}", device="eth0"}`]: counts(2), [dockerDisk]: 65e9 })),
    since('50m', are({ [dockerDisk]: 80e9 })),
  ],
});
