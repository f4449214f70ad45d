import { are, between, weekEvent } from './shared/event.ts';
import { cpu } from './shared/happenings.ts';
import { counts, grows } from './shared/shapes.ts';
import { all, TARGETS } from './shared/targets.ts';

const { node } = TARGETS;

/** A job that reads and writes as fast as the disk can: the CPUs wait for it two thirds of the time, and everything else queues behind it. */
export default weekEvent({
  title: 'a batch job of 20 minutes at 100 % I/O',
  lasts: '40m',
  every: '30s',
  real: async ({ start, docker, after }) => {
    await start({ name: 'report', command: 'while :; do dd if=/dev/zero of=/tmp/report bs=1M count=256 oflag=direct; done 2>/dev/null' });
    await after(540);
    await docker('rm -f', 'report');
  },
  happenings: [
    between(
      '2m',
      '22m',
      cpu({ idle: counts(0.08), iowait: counts(0.66), system: counts(0.1), user: counts(0.15) }),
      are({
        [`node_memory_MemAvailable_bytes${all(node)}`]: 5e9,
        [`probe_duration_seconds${all(TARGETS.page)}`]: 0.7,
        'http_request_duration_seconds_bucket{route="/products/:id", le="0.3"}': counts(9.5),
        [`redis_slowlog_last_id${all(TARGETS.redis)}`]: counts(1 / 120),
        'node_filesystem_avail_bytes{instance="web-1", mountpoint="/var/lib/docker"}': grows(80e9, -4e6),
      }),
    ),
    between('2m', '6m', are({ [`node_load5${all(node)}`]: grows(1.1, 0.02) })),
    between('6m', '22m', are({ [`node_load5${all(node)}`]: 6.5 })),
    between('22m', '40m', are({ [`node_load5${all(node)}`]: grows(6, -0.004) })),
  ],
});
