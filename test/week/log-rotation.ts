import { are, between, since, weekEvent } from './shared/event.ts';
import { cpu } from './shared/happenings.ts';
import { counts } from './shared/shapes.ts';
import { TARGETS } from './shared/targets.ts';

const { instance } = TARGETS.node;

/** logrotate at midnight: files get another name and are compressed, nginx opens new ones, the shippers follow. */
export default weekEvent({
  title: 'log rotation',
  lasts: '12m',
  every: '15s',
  real: async ({ exec, after }) => {
    await after(180);
    await exec('guarded-host', 'bash', '-c', 'cd /host/var/log && mv auth.log auth.log.1 && install -m 640 -g 4 /dev/null auth.log');
  },
  happenings: [
    between(
      '1m',
      '1m45s',
      cpu({ idle: counts(0.4), iowait: counts(0.2), user: counts(0.35) }),
      are({ [`node_load5{instance="${instance}"}`]: 1.6 }),
    ),
    since('1m45s', are({ [`node_filesystem_avail_bytes{instance="${instance}", mountpoint="/"}`]: 38e9 })),
    // Lines that were still in the old file are late.
    between('1m', '1m20s', are({ 'loki_discarded_samples_total{reason="greater_than_max_sample_age"}': counts(0.5) })),
  ],
});
