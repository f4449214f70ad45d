import { are, between, since, weekEvent } from './shared/event.ts';
import { cpu, everythingStarted, unwatched } from './shared/happenings.ts';
import { counts } from './shared/shapes.ts';
import { all, TARGETS } from './shared/targets.ts';

/** `apt upgrade` with a new docker-ce: all containers stop and start again, Prometheus too. What needs recovery answers later than the rest. */
export default weekEvent({
  title: 'a package upgrade that restarts the engine',
  lasts: '12m',
  happenings: [
    between('0s', '2m', are({ security_updates_pending_security: 3 })),
    between('30s', '1m', cpu({ idle: counts(0.3), iowait: counts(0.2), user: counts(0.4) })),
    ...everythingStarted('1m45s', { web: '2m10s', worker: '2m10s', postgres: '2m', grafana: '2m15s', loki: '2m' }),
    between('1m45s', '2m', are({ [`pg_stat_database_blks_read${all(TARGETS.postgres)}`]: counts(500) })),
    since('1m45s', are({ container_start_time_seconds: 90 })),
    between('1m45s', '2m10s', are({ [`probe_success${all(TARGETS.page)}`]: 0, [`probe_http_status_code${all(TARGETS.page)}`]: 502 })),
    between('1m45s', '4m', cpu({ idle: counts(0.2), iowait: counts(0.2), user: counts(0.5) })),
    unwatched('1m', '1m45s'),
  ],
});
