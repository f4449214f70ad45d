import { MAIN_TURN, type Drill } from './drill.ts';
import type { Victim } from './victims.ts';

/** A service of the drills' own stack that is stopped. */
const stopped = (alert: string, service: string, fault: string, more: Partial<Drill> = {}): Drill => ({
  alert,
  severity: 'critical',
  fault,
  down: true,
  turn: 4,
  needs: service,
  victims: [],
  inject: async (arena) => arena.service('stop', service),
  remove: async (arena) => arena.service('start', service),
  back: 180,
  slow: true,
  ...more,
});

/** A second Loki on a disk of 16 MB, and what fills that. */
const filler: Victim = {
  name: 'loki-filler',
  command: 'exec sleep infinity',
  options: ['--mount', 'type=volume,dst=/loki,volume-opt=type=tmpfs,volume-opt=device=tmpfs,"volume-opt=o=size=16m,mode=1777"'],
};
const loki: Victim = {
  name: 'loki-full',
  like: 'loki',
  args: ['-config.file=/etc/loki/loki.yml'],
  options: ({ prefix, stack }) => [
    ...['--volumes-from', `${prefix}-loki-filler`, '--tmpfs', '/tmp:mode=1777'],
    ...['-v', `${stack.path('.effective/loki')}:/etc/loki:ro`],
  ],
  watch: { as: 'job', job: 'loki', port: 3100 },
};
const PUSH = `
setInterval(() => fetch("http://loki-full:3100/loki/api/v1/push", {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ streams: [{ stream: { job: "drill" }, values: [[Date.now() + "000000", "x".repeat(100000)]] }] }),
}).catch(() => 0), 500)`;

/** The parts of the stack, stopped one by one and all at once. Other drills need them, so they come after those. */
export const exporterDrills: readonly Drill[] = [
  stopped('RedisExporterDown', 'redis-exporter', 'redis exporter stopped', { slow: false }),
  stopped('PostgreSQLExporterDown', 'postgres-exporter', 'postgres exporter stopped'),
  stopped('BlackboxExporterDown', 'blackbox-exporter', 'blackbox exporter stopped'),
  stopped('VectorExporterDown', 'vector-exporter', 'vector exporter stopped'),
  stopped('PushgatewayDown', 'pushgateway', 'Pushgateway stopped'),
  stopped('LogShipperDown', 'alloy', 'log shipper stopped'),
  stopped('HistoryDown', 'history', 'alert history stopped'),
  // Nothing else needs these two.
  stopped('GrafanaDown', 'grafana', 'Grafana stopped', { turn: MAIN_TURN, slow: false }),
  stopped('LokiDown', 'loki', 'Loki stopped', { turn: MAIN_TURN, slow: false }),
  {
    alert: 'LokiDiskFull',
    severity: 'critical',
    fault: 'disk of Loki full while lines arrive',
    of: 'loki-full',
    needs: 'loki',
    victims: [filler, loki],
    inject: async ({ attempt, spawn }) => {
      await spawn('loki-filler', 'node', '-e', PUSH);
      await attempt('loki-filler', 'dd', 'if=/dev/zero', 'of=/loki/full', 'bs=64k');
    },
    remove: async ({ exec }) => exec('loki-filler', 'rm', '/loki/full'),
    back: 480,
    slow: true,
  },
  stopped('CadvisorDown', 'cadvisor', 'cAdvisor stopped'),
  // What asks the engine and what lets it: the second is only seen through the first.
  stopped('DockerEngineDown', 'docker-socket-proxy', 'way to the Docker engine stopped'),
  stopped('ContainerExporterDown', 'container-exporter', 'container-exporter stopped', { turn: 5 }),
];
