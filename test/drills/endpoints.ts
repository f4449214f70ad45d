import { DNS_SERVER } from '../support/databases.ts';
import type { Drill, Arena } from './drill.ts';
import { tls, web, type Victim } from './victims.ts';

const write = (name: string, file: string, value: number): Pick<Drill, 'inject' | 'remove'> => ({
  inject: async ({ exec }) => exec(name, 'bash', '-c', `echo ${value} > /tmp/${file}`),
  remove: async ({ exec }) => exec(name, 'rm', `/tmp/${file}`),
});
const stopped = (name: string): Pick<Drill, 'down' | 'inject' | 'remove'> => ({
  down: true,
  inject: async ({ docker }: Arena) => docker('stop', name),
  remove: async ({ docker }: Arena) => docker('start', name),
});
/** In one step: the server reads the file at any moment, and dies of half a certificate. */
const present = (which: string): string => `cp /tls/${which}.pem /tls/next.pem && mv /tls/next.pem /tls/cert.pem`;
const certificate = (name: string, days: number): { readonly victims: readonly Victim[] } & Pick<Drill, 'inject' | 'remove'> => ({
  victims: [tls(name, days)],
  inject: async ({ exec }) => exec(name, 'bash', '-c', present('bad')),
  remove: async ({ exec }) => exec(name, 'bash', '-c', present('good')),
});
/** A victim that another module of the exporter probes than HTTP. */
const probed = (victim: Victim, url: string, module: string): Victim => ({ ...victim, watch: { as: 'blackbox', url, module } });

/** Faults of endpoints. */
export const endpointDrills: readonly Drill[] = [
  {
    alert: 'EndpointDown',
    severity: 'critical',
    fault: 'endpoint does not answer',
    of: 'web-down',
    victims: [web('web-down')],
    ...stopped('web-down'),
  },
  {
    alert: 'EndpointDown',
    severity: 'critical',
    fault: 'endpoint answers 500',
    of: 'web-500',
    down: true,
    victims: [web('web-500')],
    ...write('web-500', 'status', 500),
  },
  {
    alert: 'EndpointDown',
    severity: 'critical',
    fault: 'endpoint begins an answer and does not end it',
    of: 'web-half',
    down: true,
    victims: [web('web-half')],
    ...write('web-half', 'half', 1),
  },
  {
    alert: 'HTTPStatusCodeUnexpected',
    severity: 'warning',
    fault: 'endpoint answers 404',
    of: 'web-404',
    victims: [web('web-404')],
    ...write('web-404', 'status', 404),
    slow: true,
  },
  {
    alert: 'EndpointHighLatency',
    severity: 'warning',
    fault: 'endpoint needs 6 s',
    of: 'web-slow',
    victims: [web('web-slow')],
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
    severity: 'critical',
    fault: 'certificate has 3 days left',
    of: 'tls-week',
    ...certificate('tls-week', 3),
  },
  {
    alert: 'TCPProbeFailed',
    severity: 'critical',
    fault: 'port closed',
    of: 'tcp-down:8080',
    victims: [probed(web('tcp-down'), 'tcp-down:8080', 'tcp_connect')],
    ...stopped('tcp-down'),
  },
  {
    alert: 'DNSProbeFailed',
    severity: 'critical',
    fault: 'DNS server stopped',
    of: 'dns-down',
    victims: [probed({ name: 'dns-down', command: `exec node -e '${DNS_SERVER}'` }, 'dns-down:53', 'dns_udp')],
    ...stopped('dns-down'),
  },
];
