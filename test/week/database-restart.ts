import { requests } from './background/apps.ts';
import { are, between, gone, weekEvent } from './shared/event.ts';
import { burst, refusing, restarted } from './shared/happenings.ts';
import { counts, grows } from './shared/shapes.ts';
import { all, TARGETS } from './shared/targets.ts';

/** `docker compose restart db cache`: PostgreSQL is away for 20 s (shutdown checkpoint, start, recovery), Redis for 8 s. Requests fail meanwhile. */
export default weekEvent({
  title: 'docker compose restart of PostgreSQL and Redis',
  lasts: '12m',
  real: async ({ docker, after }) => {
    await docker('restart', 'shop-db');
    await after(20);
    await docker('restart', 'shop-cache');
  },
  happenings: [
    ...restarted('db', '1m', '1m20s'),
    ...refusing('postgres', 'pg_up', '1m', '1m20s'),
    between(
      '1m',
      '1m20s',
      are({
        [`probe_success${all(TARGETS.port)}`]: 0,
        'health_check_up{dependency="postgres"}': 0,
        'db_connection_errors_total{pool="main", reason="refused"}': counts(3),
        [`http_request_duration_seconds_count${all(TARGETS.web, { route: '/products/:id', status_code: '200' })}`]: counts(0),
        'pg_replication_lag_seconds{instance="shop-standby"}': grows(0, 1),
      }),
    ),
    ...burst('web', requests('/products/:id', 500, 12), '1m', '1m20s'),
    // The standby connects again after its wal_retrieve_retry_interval.
    between('1m', '1m30s', gone(`pg_stat_wal_receiver_receive_start_tli${all(TARGETS.standby)}`)),
    ...restarted('cache', '3m', '3m8s'),
    ...refusing('redis', 'redis_up', '3m', '3m10s'),
    between('3m', '3m10s', are({ 'health_check_up{dependency="redis"}': 0 })),
    // Its keys come back from the file; the buffers of PostgreSQL are cold.
    between('1m20s', '4m', are({ [`pg_stat_database_blks_read${all(TARGETS.postgres)}`]: counts(900) })),
  ],
});
