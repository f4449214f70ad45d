import { are, since, weekEvent } from './shared/event.ts';
import { grows, counts } from './shared/shapes.ts';
import { all, TARGETS } from './shared/targets.ts';

const HOUR = 3600;

/** The clocks are put back: visitors come an hour later than yesterday, and the nightly job ends 25 hours after the last one. UTC goes on as ever. */
export default weekEvent({
  title: 'the change from summer time',
  lasts: '3h',
  every: '5m',
  happenings: [
    since('0s', are({ 'push_time_seconds{job="backup"}': -23.5 * HOUR })),
    since('1h30m', are({ 'push_time_seconds{job="backup"}': 1.5 * HOUR })),
    since('1h', are({ nginx_http_requests_total: counts(45), [`node_load5${all(TARGETS.node)}`]: grows(1.1, 0.0001) })),
  ],
});
