import type { Drill, Victim } from './drill.ts';
import { tls, web } from './victims.ts';

const write = (name: string, file: string, value: number): Pick<Drill, 'inject' | 'remove'> => ({
  inject: async ({ exec }) => exec(name, 'bash', '-c', `echo ${value} > /tmp/${file}`),
  remove: async ({ exec }) => exec(name, 'rm', `/tmp/${file}`),
});
const stopped = (service: string): Pick<Drill, 'inject' | 'remove'> => ({
  inject: async (arena) => arena.service('stop', service),
  remove: async (arena) => arena.service('start', service),
});
const certificate = (name: string, days: number): { readonly victims: readonly Victim[] } & Pick<Drill, 'inject' | 'remove'> => ({
  victims: [tls(name, days)],
  inject: async ({ exec }) => exec(name, 'cp', '/tls/bad.pem', '/tls/cert.pem'),
  remove: async ({ exec }) => exec(name, 'cp', '/tls/good.pem', '/tls/cert.pem'),
});

/** Faults of endpoints, applications, containers and of the stack itself. */
export const serviceDrills: readonly Drill[] = [
  {
    alert: 'EndpointDown',
    severity: 'critical',
    fault: 'endpoint does not answer',
    of: 'web-down',
    victims: [web('web-down')],
    inject: async ({ docker }) => docker('stop', 'web-down'),
    remove: async ({ docker }) => docker('start', 'web-down'),
    within: 60,
  },
  {
    alert: 'EndpointDown',
    severity: 'critical',
    fault: 'endpoint answers 500',
    of: 'web-500',
    victims: [web('web-500')],
    ...write('web-500', 'status', 500),
    within: 60,
  },
  {
    alert: 'HTTPStatusCodeUnexpected',
    severity: 'warning',
    fault: 'endpoint answers 404',
    of: 'web-404',
    victims: [web('web-404')],
    ...write('web-404', 'status', 404),
    within: 420,
  },
  {
    alert: 'EndpointHighLatency',
    severity: 'warning',
    fault: 'endpoint needs 6 s',
    of: 'web-slow',
    victims: [web('web-slow')],
    ...write('web-slow', 'delay', 6000),
    within: 660,
    back: 240,
    slow: true,
  },
  {
    alert: 'CertificateExpired',
    severity: 'critical',
    fault: 'certificate expired',
    of: 'tls-expired',
    ...certificate('tls-expired', -1),
    within: 90,
  },
  {
    alert: 'CertificateExpiresIn7Days',
    severity: 'critical',
    fault: 'certificate has 3 days left',
    of: 'tls-week',
    ...certificate('tls-week', 3),
    within: 420,
    back: 420,
    slow: true,
  },
  {
    alert: 'TCPProbeFailed',
    severity: 'critical',
    fault: 'port closed',
    of: 'tcp-down:8080',
    victims: [{ ...web('tcp-down'), watch: { as: 'blackbox', url: 'tcp-down:8080', module: 'tcp_connect' } }],
    inject: async ({ docker }) => docker('stop', 'tcp-down'),
    remove: async ({ docker }) => docker('start', 'tcp-down'),
    within: 60,
  },
  {
    alert: 'ServiceDown',
    severity: 'critical',
    fault: 'application stopped',
    of: 'app-down',
    victims: [{ ...web('app-down'), command: METRICS(), watch: { as: 'apps', port: 8080 } }],
    inject: async ({ docker }) => docker('stop', 'app-down'),
    remove: async ({ docker }) => docker('start', 'app-down'),
    within: 60,
  },
  {
    alert: 'ContainerOOMKilled',
    severity: 'critical',
    fault: 'container killed for memory',
    of: 'oom',
    victims: [{ name: 'oom', command: 'exec sleep infinity', options: ['--memory', '48m', '--memory-swap', '48m'] }],
    inject: async ({ exec }) => exec('oom', 'node', '-e', 'const all = []; for (;;) all.push(Buffer.alloc(1e7, 1))'),
    remove: async () => undefined,
    within: 90,
    back: 420,
    slow: true,
  },
  {
    alert: 'RedisExporterDown',
    severity: 'critical',
    fault: 'exporter stopped',
    victims: [],
    ...stopped('redis-exporter'),
    within: 60,
    slow: true,
  },
  {
    alert: 'GrafanaDown',
    severity: 'critical',
    fault: 'Grafana stopped',
    needs: 'grafana',
    victims: [],
    ...stopped('grafana'),
    within: 60,
  },
  { alert: 'LokiDown', severity: 'critical', fault: 'Loki stopped', needs: 'loki', victims: [], ...stopped('loki'), within: 60, back: 180 },
  {
    alert: 'NotificationsFailing',
    severity: 'critical',
    fault: 'receiver answers 500',
    victims: [],
    inject: async (arena) => {
      arena.receiver.broken = true;
    },
    remove: async (arena) => {
      arena.receiver.broken = false;
    },
    within: 180,
    back: 480,
    slow: true,
  },
];

function METRICS(): string {
  const page = '# TYPE up_since gauge\\nup_since 1\\n';
  return `exec node -e 'require("http").createServer((q, r) => { r.setHeader("content-type", "text/plain; version=0.0.4"); r.end("${page}"); }).listen(8080)'`;
}
