import { are, between, since, weekEvent } from './shared/event.ts';
import { counts, grows } from './shared/shapes.ts';
import { all, TARGETS } from './shared/targets.ts';

const { redis } = TARGETS;

/** FLUSHALL of a cache: every read misses until the keys have been written again, which takes a quarter of an hour. */
export default weekEvent({
  title: 'a Redis that is flushed',
  lasts: '40m',
  every: '30s',
  real: async ({ exec, after }) => {
    await after(120);
    await exec('shop-cache', 'redis-cli', 'FLUSHALL');
  },
  happenings: [
    since('1m', are({ [`redis_db_keys${all(redis)}`]: grows(0, 250), [`redis_memory_used_bytes${all(redis)}`]: grows(3e6, 180_000) })),
    // The allocator gives pages back within seconds, but not all of them.
    since('1m', are({ [`redis_memory_used_rss_bytes${all(redis)}`]: grows(30e6, 180_000) })),
    between('1m', '4m', are({ [`redis_mem_fragmentation_ratio${all(redis)}`]: 4 })),
    between(
      '1m',
      '4m',
      are({ [`redis_keyspace_misses_total${all(redis)}`]: counts(250), [`redis_keyspace_hits_total${all(redis)}`]: counts(56) }),
    ),
    between(
      '4m',
      '9m',
      are({ [`redis_keyspace_misses_total${all(redis)}`]: counts(120), [`redis_keyspace_hits_total${all(redis)}`]: counts(186) }),
    ),
    between(
      '9m',
      '16m',
      are({ [`redis_keyspace_misses_total${all(redis)}`]: counts(45), [`redis_keyspace_hits_total${all(redis)}`]: counts(261) }),
    ),
    between(
      '1m',
      '9m',
      are({
        [`pg_stat_database_blks_hit${all(TARGETS.postgres)}`]: counts(12_000),
        [`pg_stat_database_blks_read${all(TARGETS.postgres)}`]: counts(300),
      }),
    ),
  ],
});
