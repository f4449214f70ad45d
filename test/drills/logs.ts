import { MAIN_BATCH, type Drill } from './shared/drill.ts';
import { stoppedService } from './shared/stopped-service.ts';
import { scrapeJob, type Target } from './shared/targets.ts';

/** A second Loki on a disk of 16 MB, and what fills that. */
const filler: Target = {
  name: 'loki-filler',
  command: 'exec sleep infinity',
  options: ['--mount', 'type=volume,dst=/loki,volume-opt=type=tmpfs,volume-opt=device=tmpfs,"volume-opt=o=size=16m,mode=1777"'],
};
const loki: Target = {
  name: 'loki-full',
  like: 'loki',
  args: ['-config.file=/etc/loki/loki.yml'],
  options: ({ prefix, stack }) => [
    ...['--volumes-from', `${prefix}-loki-filler`, '--tmpfs', '/tmp:mode=1777'],
    ...['-v', `${stack.path('.effective/loki')}:/etc/loki:ro`],
  ],
  watch: scrapeJob('loki', 'loki-full', 3100),
};
const PUSH = `
setInterval(() => fetch("http://loki-full:3100/loki/api/v1/push", {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ streams: [{ stream: { job: "drill" }, values: [[Date.now() + "000000", "x".repeat(100000)]] }] }),
}).catch(() => 0), 500)`;

/** Faults of the logs. */
export const drills: readonly Drill[] = [
  stoppedService('LogShipperDown', 'alloy', 'log shipper stopped', { severity: 'warning', down: false }),
  // No other drill needs it.
  stoppedService('LokiDown', 'loki', 'Loki stopped', { severity: 'warning', down: false, batch: MAIN_BATCH }),
  {
    alert: 'LokiDiskFull',
    severity: 'warning',
    fault: 'disk of Loki full while lines arrive',
    of: 'loki-full',
    needs: 'loki',
    targets: [filler, loki],
    inject: async ({ attempt, spawn }) => {
      await spawn('loki-filler', 'node', '-e', PUSH);
      await attempt('loki-filler', 'dd', 'if=/dev/zero', 'of=/loki/full', 'bs=64k');
    },
    remove: async ({ exec }) => exec('loki-filler', 'rm', '/loki/full'),
    back: 480,
  },
];
