import { are, between, weekEvent } from './shared/event.ts';
import { cpu } from './shared/happenings.ts';
import { counts, grows } from './shared/shapes.ts';
import { TARGETS } from './shared/targets.ts';

const { instance } = TARGETS.node;

/** `docker build` of something that compiles: every core is busy for ten minutes, and the applications get their share more slowly. */
export default weekEvent({
  title: 'a CPU-bound build of 10 minutes',
  lasts: '20m',
  every: '15s',
  allowed: { HighCPUUsage: 'a server without a free core for ten minutes is worth a mail, and nobody gets up for it' },
  real: async ({ start, docker, after }) => {
    // As little of the CPU as anything else leaves: what is proven meanwhile has to be in time.
    const options = ['--cpu-shares', '2', '--label', 'com.docker.compose.service=build'];
    await start({ name: 'build', command: 'for core in $(seq $(nproc)); do (while :; do :; done) & done; wait', options });
    await after(540);
    await docker('rm -f', 'build');
  },
  happenings: [
    between(
      '1m',
      '11m',
      cpu({ idle: counts(0.01), iowait: counts(0), system: counts(0.09), user: counts(0.9) }),
      are({
        [`node_context_switches_total{instance="${instance}"}`]: counts(22_000),
        [`node_memory_MemAvailable_bytes{instance="${instance}"}`]: 4.5e9,
        nodejs_eventloop_lag_p99_seconds: 0.06,
      }),
    ),
    // The load follows within minutes.
    between('1m', '5m', are({ [`node_load5{instance="${instance}"}`]: grows(1.1, 0.02) })),
    between('5m', '11m', are({ [`node_load5{instance="${instance}"}`]: 6 })),
    between('11m', '20m', are({ [`node_load5{instance="${instance}"}`]: grows(6, -0.008) })),
  ],
});
