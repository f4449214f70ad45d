import type { Drill } from './shared/drill.ts';
import { targetFile, type Target } from './shared/targets.ts';

/** What the collector watches as a host: a log of sshd, a certificate, and secrets of a stack, all of them made for the drills. */
const host: Target = {
  name: 'guarded-host',
  command: [
    'mkdir -p /host/var/log /host/certificates /stack/secrets',
    'touch /host/var/log/auth.log && chgrp 4 /host/var/log/auth.log && chmod 640 /host/var/log/auth.log',
    'chmod 700 /stack/secrets && echo secret > /stack/secrets/token && chmod 600 /stack/secrets/token',
    'cd /host/certificates && openssl req -x509 -newkey rsa:2048 -nodes -days 90 -subj /CN=guarded -keyout /tmp/key.pem -out site.crt 2>/dev/null',
    'exec sleep infinity',
  ].join('\n'),
  options: ['-v', '/host', '-v', '/stack'],
};
/** As in exporters/security/compose.yml, with the same time between two looks. */
const collector: Target = {
  name: 'guarded-collector',
  like: 'security-collector',
  args: ['/app/server.mjs'],
  options: ({ prefix, stack }) => [
    ...['--entrypoint', 'node', '--user', '65532:65532', '--group-add', '4'],
    ...['--volumes-from', `${prefix}-guarded-host`, '-v', '/var/tmp', '-v', `${stack.path('.effective/security-collector')}:/app:ro`],
    ...['-e', 'CERTIFICATES=/certificates/site.crt', '-e', 'INTERVAL_SECONDS=15'],
  ],
};
const exporter: Target = {
  name: 'guarded',
  like: 'node-exporter',
  args: ['--no-collector.systemd', '--log.level=warn', '--collector.textfile.directory=/var/tmp/metrics'],
  options: ({ prefix }) => ['--volumes-from', `${prefix}-guarded-collector`],
  watch: targetFile('node', 'guarded', 'guarded:9100', { instance: 'guarded' }),
};
const script =
  (text: string): Drill['inject'] =>
  async ({ exec }) =>
    exec('guarded-host', 'bash', '-c', text);

/** Always there: where there is no log of logins, no alert about them can fire. */
export const fleet: readonly Target[] = [host, collector, exporter];

const common = { severity: 'critical', of: 'guarded', targets: [host, collector, exporter] } as const;
const GUESS = 'web-1 sshd-session[10]: Failed password for alice from 192.0.2.7 port 51234 ssh2';
/** Just after the collector has written it, so that it is not written again before the collector is killed. */
const FORGET =
  'cd /var/tmp && was=$(stat -c %Y state.json); while [ "$(stat -c %Y state.json)" = "$was" ]; do sleep 0.2; done; rm state.json';
/** Writes the certificate on the disk anew, with so many days left. */
export const certificate = (days: number): string =>
  `cd /host/certificates && openssl req -x509 -key /tmp/key.pem -subj /CN=guarded -days 90 -not_before 20250101000000Z -not_after $(date -u -d '${days} days' +%Y%m%d%H%M%SZ) -out site.crt`;

/** Signs of an attack on a host, and neglect. */
export const drills: readonly Drill[] = [
  {
    ...common,
    alert: 'SSHPasswordGuessed',
    fault: 'sshd logs 30 failed logins and one by password from the same address',
    inject: script(
      `for word in $(yes Failed | head -30) Accepted; do echo "$(date -u +%FT%T.%6N+00:00) ${GUESS}" | sed "s/Failed/$word/"; done >> /host/var/log/auth.log`,
    ),
    // It is shown for a day, over restarts too.
    remove: async ({ exec, docker }) => {
      await exec('guarded-collector', 'sh', '-c', FORGET);
      await docker('kill', 'guarded-collector');
      await docker('start', 'guarded-collector');
    },
    back: 240,
  },
  {
    ...common,
    alert: 'SecretReadable',
    severity: 'warning',
    fault: 'secret made readable for everyone',
    inject: script('chmod 755 /stack/secrets; chmod 644 /stack/secrets/token'),
    remove: script('chmod 600 /stack/secrets/token; chmod 700 /stack/secrets'),
    back: 180,
  },
  {
    ...common,
    alert: 'CertificateFileExpired',
    fault: 'certificate on a disk expired',
    inject: script(certificate(-1)),
    remove: script(certificate(90)),
    back: 240,
  },
];
