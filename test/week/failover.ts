import { requests } from './background/apps.ts';
import { added, are, between, gone, since, weekEvent } from './shared/event.ts';
import { burst, refusing, restarted } from './shared/happenings.ts';
import { counts } from './shared/shapes.ts';
import { all, TARGETS } from './shared/targets.ts';

const { postgres, standby } = TARGETS;
const slot = 'slot_name="standby1", slot_type="physical"';

/** The primary is stopped, the standby is promoted, and the old primary comes back as its standby. The applications look for the new one. */
export default weekEvent({
  title: 'a failover on purpose',
  lasts: '12m',
  happenings: [
    ...restarted('db', '1m', '1m40s'),
    ...refusing('postgres', 'pg_up', '1m', '1m40s'),
    between('1m', '1m40s', are({ [`probe_success${all(TARGETS.port)}`]: 0 })),
    since('1m', gone(`pg_stat_wal_receiver_receive_start_tli${all(standby)}`)),
    since('1m15s', are({ [`pg_replication_is_replica${all(standby)}`]: 0, [`pg_replication_lag_seconds${all(standby)}`]: 0 })),
    between(
      '1m',
      '1m20s',
      are({ 'health_check_up{dependency="postgres"}': 0, 'db_connection_errors_total{pool="main", reason="refused"}': counts(3) }),
    ),
    ...burst('web', requests('/products/:id', 500, 12), '1m', '1m20s'),
    since(
      '1m40s',
      are({ [`pg_replication_is_replica${all(postgres)}`]: 1 }),
      gone(`pg_replication_slots_active${all(postgres)}`, `pg_replication_slot_slot_is_active${all(postgres)}`),
    ),
    since('1m15s', added(standby, { [`pg_replication_slot_slot_is_active{${slot}}`]: 0 })),
    since('1m50s', are({ [`pg_replication_slot_slot_is_active${all(standby)}`]: 1 })),
    since(
      '1m50s',
      added(postgres, {
        'pg_scrape_collector_success{collector="stat_wal_receiver"}': 1,
        'pg_stat_wal_receiver_receive_start_tli{slot_name="standby1", status="streaming", upstream_host="db-2"}': 2,
      }),
    ),
    between('1m15s', '3m', are({ [`pg_stat_database_blks_read${all(standby)}`]: counts(900) })),
  ],
});
