import { are, between, since, weekEvent } from './shared/event.ts';
import { unwatched } from './shared/happenings.ts';
import { clock, counts } from './shared/shapes.ts';
import { all, TARGETS } from './shared/targets.ts';

const { prometheus, node } = TARGETS;

/** Three hours and a half with the lid closed. All processes go on where they stood; what measures the wall clock sees a jump. */
export default weekEvent({
  title: 'a laptop that sleeps',
  lasts: '5h',
  every: '2m',
  happenings: [
    // The collector looks once a minute, Loki's compactor every ten.
    between('4h', '4h1m', are({ security_collector_last_success_timestamp_seconds: 1800 })),
    between('4h', '4h10m', are({ loki_compactor_apply_retention_last_successful_run_timestamp_seconds: 1500 })),
    since('4h10m', are({ loki_compactor_apply_retention_last_successful_run_timestamp_seconds: clock(60) })),
    // Prometheus counts the evaluations of the night as missed when it wakes up.
    between('4h', '4h30s', are({ [`prometheus_rule_group_iterations_missed_total${all(prometheus)}`]: counts(90) })),
    between('4h', '4h1m', are({ [`node_timex_sync_status${all(node)}`]: 0, [`node_timex_offset_seconds${all(node)}`]: 0.3 })),
    since('4h', are({ 'container_last_seen{id="/docker/web-1"}': clock(5) })),
    unwatched('30m', '4h'),
  ],
});
