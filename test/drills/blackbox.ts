import { DNS_SERVER } from '../support/databases.ts';
import type { Drill, DrillContext } from './shared/drill.ts';
import { stoppedService } from './shared/stopped-service.ts';
import { targetFile, type Target } from './shared/targets.ts';

/** An HTTP server whose answers are in files: the status in /tmp/status, the delay in milliseconds in /tmp/delay, /tmp/half for half a page. */
const web = (name: string): Target => ({
  name,
  command: `exec node -e '${WEB}'`,
  watch: targetFile('blackbox', name, `http://${name}:8080/`),
});

const WEB = `
const fs = require("fs");
const read = (name, fallback) => { try { return Number(fs.readFileSync("/tmp/" + name, "utf8")); } catch { return fallback; } };
require("http").createServer((request, response) => setTimeout(() => {
  response.statusCode = read("status", 200);
  if (read("half", 0)) response.write("o");
  else response.end("ok");
}, read("delay", 0))).listen(8080);
`;

/** A TLS server with a certificate that is valid for a number of days; a negative one has expired. */
const tls = (name: string, days: number): Target => ({
  name,
  command: [
    'mkdir -p /tls && cd /tls',
    `openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out bad.pem -subj /CN=${name} -not_before ${stamp(days - 90)} -not_after ${stamp(days)} 2>/dev/null`,
    `openssl req -x509 -key key.pem -days 90 -out good.pem -subj /CN=${name} 2>/dev/null; cp good.pem cert.pem`,
    `exec node -e '${TLS}'`,
  ].join('\n'),
  watch: targetFile('blackbox', name, `${name}:8443`, { module: 'tls_connect' }),
});

/** OpenSSL's form of a day: YYYYMMDDHHMMSSZ, so many days from now. */
function stamp(days: number): string {
  return `${new Date(Date.now() + days * 86_400_000).toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;
}

const TLS = `
const fs = require("fs"), options = () => ({ key: fs.readFileSync("/tls/key.pem"), cert: fs.readFileSync("/tls/cert.pem") });
const server = require("https").createServer(options(), (request, response) => response.end("ok")).listen(8443);
setInterval(() => server.setSecureContext(options()), 500);
`;

const write = (name: string, file: string, value: number): Pick<Drill, 'inject' | 'remove'> => ({
  inject: async ({ exec }) => exec(name, 'bash', '-c', `echo ${value} > /tmp/${file}`),
  remove: async ({ exec }) => exec(name, 'rm', `/tmp/${file}`),
});
const stopped = (name: string): Pick<Drill, 'down' | 'inject' | 'remove'> => ({
  down: true,
  inject: async ({ docker }: DrillContext) => docker('kill', name),
  remove: async ({ docker }: DrillContext) => docker('start', name),
});
/** In one step: the server reads the file at any moment, and dies of half a certificate. */
const present = (which: string): string => `cp /tls/${which}.pem /tls/next.pem && mv /tls/next.pem /tls/cert.pem`;
const certificate = (name: string, days: number): { readonly targets: readonly Target[] } & Pick<Drill, 'inject' | 'remove'> => ({
  targets: [tls(name, days)],
  inject: async ({ exec }) => exec(name, 'bash', '-c', present('bad')),
  remove: async ({ exec }) => exec(name, 'bash', '-c', present('good')),
});
/** A target that is probed by another module of the exporter than HTTP. */
const probed = (target: Target, address: string, module: string): Target => ({
  ...target,
  watch: targetFile('blackbox', target.name, address, { module }),
});

/** Faults of endpoints. */
export const drills: readonly Drill[] = [
  {
    alert: 'EndpointDown',
    severity: 'critical',
    fault: 'endpoint does not answer',
    of: 'web-down',
    targets: [web('web-down')],
    ...stopped('web-down'),
    everyTest: true,
  },
  {
    alert: 'EndpointDown',
    severity: 'critical',
    fault: 'endpoint answers 500',
    of: 'web-500',
    down: true,
    targets: [web('web-500')],
    ...write('web-500', 'status', 500),
  },
  {
    alert: 'EndpointDown',
    severity: 'critical',
    fault: 'endpoint begins an answer and does not end it',
    of: 'web-half',
    down: true,
    targets: [web('web-half')],
    ...write('web-half', 'half', 1),
  },
  {
    alert: 'EndpointDown',
    severity: 'critical',
    fault: 'endpoint answers 404',
    of: 'web-404',
    down: true,
    targets: [web('web-404')],
    ...write('web-404', 'status', 404),
  },
  {
    alert: 'HTTPStatusCodeUnexpected',
    severity: 'warning',
    fault: 'endpoint answers 403',
    of: 'web-403',
    targets: [web('web-403')],
    ...write('web-403', 'status', 403),
  },
  {
    alert: 'EndpointHighLatency',
    severity: 'warning',
    fault: 'endpoint needs 6 s',
    of: 'web-slow',
    targets: [web('web-slow')],
    ...write('web-slow', 'delay', 6000),
    back: 240,
  },
  {
    alert: 'CertificateExpired',
    severity: 'critical',
    fault: 'certificate expired',
    of: 'tls-expired',
    ...certificate('tls-expired', -1),
  },
  {
    alert: 'CertificateExpiresIn7Days',
    severity: 'warning',
    fault: 'certificate has 3 days left',
    of: 'tls-week',
    ...certificate('tls-week', 3),
  },
  {
    alert: 'TCPProbeFailed',
    severity: 'critical',
    fault: 'port closed',
    of: 'tcp-down:8080',
    targets: [probed(web('tcp-down'), 'tcp-down:8080', 'tcp_connect')],
    ...stopped('tcp-down'),
  },
  {
    alert: 'DNSProbeFailed',
    severity: 'critical',
    fault: 'DNS server stopped',
    of: 'dns-down',
    targets: [probed({ name: 'dns-down', command: `exec node -e '${DNS_SERVER}'` }, 'dns-down:53', 'dns_udp')],
    ...stopped('dns-down'),
  },
  // Its hold is that of an upgrade.
  stoppedService('BlackboxExporterDown', 'blackbox-exporter', 'blackbox exporter stopped', { down: false }),
];
