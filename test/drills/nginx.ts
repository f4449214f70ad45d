import type { Drill } from './shared/drill.ts';
import { stoppedService } from './shared/stopped-service.ts';
import type { Target } from './shared/targets.ts';
import { untilEnough } from './shared/until-enough.ts';

const IMAGE = { name: 'pharos-test/nginx:1', packages: ['nginx-light'] };

/** An nginx of its own with a stub_status page. */
export const nginx = (name: string, connections = 1024): Target => ({
  name,
  image: IMAGE,
  command: [
    `cat > /etc/nginx/nginx.conf <<'CONF'`,
    `error_log stderr; events { worker_connections ${connections}; }`,
    'http { server { listen 80; location = /stub_status { stub_status; } location / { return 200 "ok\\n"; } } }',
    'CONF',
    "exec nginx -g 'daemon off;'",
  ].join('\n'),
  watch: { settings: { NGINX_INSTANCES: `${name}=http://${name}/stub_status` } },
});

/** Opens connections at once and sends half a request on each; nginx may close idle ones, but not these. What it drops cannot be written to. */
const HALF = `trap '' PIPE; for i in $(seq 80); do exec {c}<>/dev/tcp/127.0.0.1/80; printf 'GET / HTTP/1.1\\r\\nHost: a\\r\\n' >&$c; done; sleep 3`;

/** Always there, so that every alert has series. */
export const fleet: readonly Target[] = [nginx('nginx-web')];

export const placeholders = (prefix: string) => ({ NGINX_CONTAINER: `${prefix}-nginx-web` });

export const broken = (prefix: string, name: string) => ({ NGINX_CONTAINER: `${prefix}-${name}` });

/** Faults of nginx. */
export const drills: readonly Drill[] = [
  {
    alert: 'NginxDown',
    severity: 'critical',
    fault: 'nginx stopped',
    of: 'nginx-down',
    down: true,
    targets: [nginx('nginx-down')],
    inject: async ({ docker }) => docker('kill', 'nginx-down'),
    remove: async ({ docker }) => docker('start', 'nginx-down'),
  },
  {
    alert: 'NginxDown',
    severity: 'critical',
    fault: 'nginx hangs',
    of: 'nginx-exporter',
    down: true,
    // The exporter waits for it, and says nothing of the others.
    batch: 3,
    targets: [nginx('nginx-hung')],
    inject: async ({ docker }) => docker('pause', 'nginx-hung'),
    remove: async ({ docker }) => docker('unpause', 'nginx-hung'),
  },
  stoppedService('NginxExporterDown', 'nginx-exporter', 'nginx exporter stopped', { down: false }),
  {
    alert: 'NginxDroppedConnections',
    severity: 'critical',
    fault: 'more connections than worker_connections',
    of: 'nginx-full',
    targets: [nginx('nginx-full', 40)],
    // Again and again for longer than a rush, with room for the exporter in between.
    inject: async ({ spawn }) => spawn('nginx-full', 'bash', '-c', untilEnough(`(${HALF})`)),
    remove: async ({ exec }) => exec('nginx-full', 'touch', '/tmp/enough'),
    back: 300,
  },
];
