/** How a service's image is made from Debian packages: what upstream's image looks like from outside, with Debian's program in it. */
export interface DebianImage {
  readonly package: string;
  /** Upstream's path of each program → Debian's. */
  readonly links: Readonly<Record<string, string>>;
  /** Folders that upstream's image has, each with the uid that owns it; a fresh named volume takes the owner over. */
  readonly folders: Readonly<Record<string, number>>;
  /** Instructions for `docker commit --change`. */
  readonly changes: readonly string[];
}

const NOBODY = 65_534;

/** Makes the cluster at the first start, as upstream's image does, from the same variables; then runs the program and arguments that it is given. */
const POSTGRES_ENTRY = [
  'set -e',
  'bin=/usr/lib/postgresql/18/bin',
  'export PGDATA="${PGDATA:-/var/lib/postgresql/18/docker}"',
  'if [ ! -s "$PGDATA/PG_VERSION" ]',
  'then "$bin/initdb" --username="${POSTGRES_USER:-postgres}" --pwfile="$POSTGRES_PASSWORD_FILE" --auth=scram-sha-256 >/dev/null',
  'echo "host all all all scram-sha-256" >>"$PGDATA/pg_hba.conf"',
  'echo "listen_addresses = \'*\'" >>"$PGDATA/postgresql.conf"',
  'fi',
  'exec "$bin/$@"',
].join('; ');

/** The services that Debian packages, by Compose service. The others (Grafana, Loki, the shippers, cAdvisor) it does not have. */
export const DEBIAN_IMAGES: Readonly<Record<string, DebianImage>> = {
  prometheus: {
    package: 'prometheus',
    links: {},
    folders: { '/prometheus': NOBODY, '/etc/prometheus': 0 },
    changes: ['USER 65534:65534', 'WORKDIR /prometheus', 'ENTRYPOINT ["/bin/prometheus"]'],
  },
  alertmanager: {
    package: 'prometheus-alertmanager',
    links: { '/bin/alertmanager': '/usr/bin/prometheus-alertmanager' },
    folders: { '/alertmanager': NOBODY, '/etc/alertmanager': 0 },
    changes: ['USER 65534:65534', 'WORKDIR /alertmanager', 'ENTRYPOINT ["/bin/alertmanager"]'],
  },
  history: {
    package: 'nodejs',
    links: {},
    folders: { '/data': NOBODY, '/app': 0, '/runbooks': 0 },
    changes: ['USER 65534:65534', 'WORKDIR /app', 'ENTRYPOINT ["node"]'],
  },
  'container-exporter': {
    package: 'nodejs',
    links: {},
    folders: { '/app': 0 },
    changes: ['USER 65534:65534', 'WORKDIR /app', 'ENTRYPOINT ["node"]'],
  },
  'vector-exporter': {
    package: 'nodejs',
    links: {},
    folders: { '/app': 0 },
    changes: ['USER 65534:65534', 'WORKDIR /app', 'ENTRYPOINT ["node"]'],
  },
  'security-collector': {
    package: 'nodejs',
    links: {},
    folders: { '/app': 0, '/host': 0, '/stack': 0 },
    changes: ['USER 65532:65532', 'WORKDIR /app', 'ENTRYPOINT ["node"]'],
  },
  'node-exporter': {
    package: 'prometheus-node-exporter',
    links: { '/bin/node_exporter': '/usr/bin/prometheus-node-exporter' },
    folders: { '/host': 0, '/textfile': 0 },
    changes: ['USER 65534:65534', 'WORKDIR /', 'ENTRYPOINT ["/bin/node_exporter"]'],
  },
  'postgres-exporter': {
    package: 'prometheus-postgres-exporter',
    links: { '/bin/postgres_exporter': '/usr/bin/prometheus-postgres-exporter' },
    folders: {},
    changes: ['USER 65534:65534', 'WORKDIR /', 'ENTRYPOINT ["/bin/postgres_exporter"]'],
  },
  'redis-exporter': {
    package: 'prometheus-redis-exporter',
    links: { '/redis_exporter': '/usr/bin/prometheus-redis-exporter' },
    folders: {},
    changes: ['USER 59000:59000', 'WORKDIR /', 'ENTRYPOINT ["/redis_exporter"]'],
  },
  'blackbox-exporter': {
    package: 'prometheus-blackbox-exporter',
    links: { '/bin/blackbox_exporter': '/usr/bin/prometheus-blackbox-exporter' },
    folders: { '/etc/blackbox_exporter': 0 },
    changes: ['USER 65534:65534', 'WORKDIR /', 'ENTRYPOINT ["/bin/blackbox_exporter"]'],
  },
  pushgateway: {
    package: 'prometheus-pushgateway',
    links: { '/bin/pushgateway': '/usr/bin/prometheus-pushgateway' },
    folders: { '/pushgateway': NOBODY },
    changes: ['USER 65534:65534', 'WORKDIR /pushgateway', 'ENTRYPOINT ["/bin/pushgateway"]'],
  },
  'docker-socket-proxy': {
    package: 'haproxy',
    links: {},
    folders: { '/etc/pharos': 0 },
    changes: ['USER 0:0', 'WORKDIR /', 'ENTRYPOINT ["/usr/sbin/haproxy", "-W", "-db", "-f", "/etc/pharos/haproxy.cfg"]'],
  },
  'demo-postgres': {
    // Brings PostgreSQL 18 with it.
    package: 'postgresql-18-pgvector',
    links: {},
    folders: {},
    changes: [
      'USER postgres',
      'WORKDIR /',
      `ENTRYPOINT ${JSON.stringify(['/bin/bash', '-c', POSTGRES_ENTRY, 'postgres'])}`,
      'CMD ["postgres"]',
    ],
  },
  'demo-redis': {
    package: 'redis-server',
    links: {},
    folders: {},
    changes: ['USER 65534:65534', 'WORKDIR /tmp', 'CMD ["redis-server"]'],
  },
};

/** Debian's suite that packages exactly the pinned versions of nearly all of them. */
export const DEBIAN_SUITE = 'forky';

/** Upstream's version in a Debian version: without epoch, repackaging mark and revision (`1:3.5.3+ds1-6` → `3.5.3`). */
export function upstreamVersion(debianVersion: string): string {
  return debianVersion.replace(/^\d+:/, '').replace(/[+~-].*$/, '');
}

/** The tag of a locally built image. Never upstream's name: nobody shall take it for upstream's image. */
export function debianTag(service: string, version: string): string {
  return `pharos/${service}:${version}-debian`;
}

/** Arguments of the one mmdebstrap pass that makes the base of all of them; `$1` in a hook is the new root. */
export function mmdebstrapArgs(
  services: readonly string[],
  mirror: string,
  haproxyConfig: string,
  ignoreExpiry: boolean,
): readonly string[] {
  const images = services.flatMap((service) => DEBIAN_IMAGES[service] ?? []);
  const packages = ['busybox', 'ca-certificates', ...new Set(images.map((image) => image.package))];
  const links = { '/bin/wget': '/bin/busybox', ...Object.assign({}, ...images.map((image) => image.links)) } as Record<string, string>;
  const folders = Object.assign({}, ...images.map((image) => image.folders)) as Record<string, number>;
  const hooks = [
    ...Object.entries(folders).map(([path, uid]) => `mkdir -p "$1${path}" && chown ${uid}:${uid} "$1${path}"`),
    ...Object.entries(links).map(([path, target]) => `ln -sf ${target} "$1${path}"`),
  ];
  return [
    '--variant=essential',
    ...(ignoreExpiry ? ['--aptopt=Acquire::Check-Valid-Until "false"'] : []),
    `--include=${packages.join(',')}`,
    ...hooks.map((hook) => `--customize-hook=${hook}`),
    ...(services.includes('docker-socket-proxy') ? [`--customize-hook=copy-in ${haproxyConfig} /etc/pharos`] : []),
    DEBIAN_SUITE,
    '-',
    mirror,
  ];
}

/** Why a pull failed. */
export type PullFailure = 'unreachable' | 'refused';

/** Tells a registry that cannot be reached from one that says no. Texts are those of Docker Engine 20.10 to 29. */
export function classifyPull(output: string): PullFailure {
  const unreachable =
    /dial tcp|no such host|i\/o timeout|network is unreachable|TLS handshake timeout|connection (refused|reset)|proxyconnect|server misbehaving|Client\.Timeout|context deadline exceeded|Temporary failure|\bEOF\b|failed to (do request|resolve reference)|no route to host/i;
  return unreachable.test(output) && !/manifest unknown|not found: manifest|denied|unauthorized|toomanyrequests/i.test(output)
    ? 'unreachable'
    : 'refused';
}

/** True where apt refuses a mirror because its release file is older than it allows, and for no other reason. */
export function isExpiredMirror(output: string): boolean {
  return /Release file for .* is expired|is expired \(invalid since/i.test(output);
}
