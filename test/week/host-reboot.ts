import { are, between, since, weekEvent } from './shared/event.ts';
import { away, cpu, everythingStarted, unwatched } from './shared/happenings.ts';
import { counts, grows } from './shared/shapes.ts';
import { all, TARGETS } from './shared/targets.ts';

const { instance } = TARGETS.node;

/** `reboot`: two and a half minutes in which nothing is watched. Then everything starts at once on a busy server with cold caches. */
export default weekEvent({
  title: 'a reboot of the host',
  lasts: '10m',
  happenings: [
    ...everythingStarted('3m30s', {
      web: '4m10s',
      worker: '4m10s',
      postgres: '3m50s',
      mysql: '3m55s',
      grafana: '4m10s',
      loki: '3m50s',
      page: '3m35s',
    }),
    ...away('node', '3m30s', '3m40s'),
    since('3m30s', are({ [`node_boot_time_seconds{instance="${instance}"}`]: 150, container_start_time_seconds: 195 })),
    between('3m30s', '4m10s', are({ [`probe_success${all(TARGETS.page)}`]: 0, [`probe_http_status_code${all(TARGETS.page)}`]: 502 })),
    between('3m30s', '5m', cpu({ idle: counts(0.05), iowait: counts(0.25), system: counts(0.1), user: counts(0.6) })),
    between(
      '3m30s',
      '6m',
      are({ [`node_load5{instance="${instance}"}`]: grows(1, 0.04), [`pg_stat_database_blks_read${all(TARGETS.postgres)}`]: counts(1500) }),
    ),
    // The clock is set some seconds after the start.
    between(
      '3m30s',
      '4m30s',
      are({ [`node_timex_sync_status{instance="${instance}"}`]: 0, [`node_timex_offset_seconds{instance="${instance}"}`]: 0.1 }),
    ),
    unwatched('1m', '3m30s'),
  ],
});
