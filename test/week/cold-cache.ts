import { are, between, weekEvent } from './shared/event.ts';
import { refusing, restarted } from './shared/happenings.ts';
import { counts } from './shared/shapes.ts';
import { all, TARGETS } from './shared/targets.ts';

const { postgres, mysql, redis } = TARGETS;
const reads = (blocks: number) => are({ [`pg_stat_database_blks_read${all(postgres)}`]: counts(blocks) });

/** PostgreSQL after a restart: what it reads comes from the disk for a quarter of an hour; queries and pages are slower meanwhile. */
export default weekEvent({
  title: 'cold caches after a restart',
  lasts: '40m',
  every: '30s',
  happenings: [
    ...restarted('db', '1m', '1m15s'),
    ...refusing('postgres', 'pg_up', '1m', '1m15s'),
    between('1m15s', '5m', reads(2500), are({ 'health_check_up{dependency="postgres"}': 1 })),
    between('5m', '10m', reads(1200)),
    between('10m', '16m', reads(600)),
    between('1m15s', '10m', are({ [`mysql_global_status_innodb_buffer_pool_reads${all(mysql)}`]: counts(150) })),
    between('1m15s', '6m', are({ [`redis_keyspace_misses_total${all(redis)}`]: counts(25) })),
  ],
});
