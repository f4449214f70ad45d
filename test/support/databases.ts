import { makeNetwork, startContainer } from './cleanup.ts';
import { debianImage } from './debian-image.ts';
import { eventually, sh } from './e2e-stack.ts';

/** Real PostgreSQL, Redis, Node.js and Python for a user's project, from Debian packages. */
const DATABASES = {
  name: 'pharos-test/databases:4',
  packages: [
    'postgresql',
    'postgresql-18-pgvector',
    'redis-server',
    'nodejs',
    'busybox',
    'openssl',
    'python3-flask',
    'python3-prometheus-client',
  ],
};

/** The name of the image, which is built once. */
export const databasesImage = async (): Promise<string> => debianImage(DATABASES);

/** A DNS server that answers every question with "no error" and nothing more. */
export const DNS_SERVER =
  'require("dgram").createSocket("udp4").on("message", function (m, from) { m[2] |= 128; m[3] = 0; this.send(m, from.port, from.address); }).bind(53)';

/** A user's project: PostgreSQL, Redis and an application with /metrics, on a network of their own, with traffic. */
export async function startShop(prefix: string): Promise<void> {
  const image = await databasesImage();
  const network = `${prefix}-shop`;
  await makeNetwork(prefix, network);
  const run = async (name: string, extra: readonly string[], command: string): Promise<void> =>
    startContainer(
      prefix,
      `${prefix}-${name}`,
      ...['--network', network, '--network-alias', name, ...extra],
      ...[image, 'bash', '-c', command],
    );
  await run(
    'shop-db',
    ['-e', 'POSTGRES_USER=postgres', '--stop-signal', 'SIGINT', '--label', 'com.docker.compose.service=shop-db'],
    POSTGRES,
  );
  await run(
    'shop-cache',
    ['--label', 'com.docker.compose.service=shop-cache'],
    'exec redis-server --bind 0.0.0.0 --protected-mode no --maxmemory 64mb',
  );
  await run(
    'shop-app',
    ['--label', 'com.docker.compose.service=shop-app', '--label', 'prometheus.scrape=true', '--label', 'prometheus.port=3000'],
    `exec node -e '${APP}'`,
  );
  await eventually('PostgreSQL answers', 60, async () => (await psql(prefix, 'SELECT 1')).code === 0);
}

/** Like the usual image: it keeps its cluster over a restart, and the server itself gets the signal to stop. */
const POSTGRES = [
  'set -e',
  'mkdir -p /data /run/postgresql && chown postgres /data /run/postgresql',
  'if [ ! -e /data/PG_VERSION ]; then',
  '  echo superuser > /tmp/pw',
  '  su postgres -c "/usr/lib/postgresql/18/bin/initdb -D /data -A scram-sha-256 --auth-local=trust --pwfile=/tmp/pw" >/dev/null',
  '  printf "host all all all scram-sha-256\\nhost replication all all scram-sha-256\\n" >> /data/pg_hba.conf',
  'fi',
  'as_postgres="setpriv --reuid postgres --regid postgres --init-groups"',
  'exec $as_postgres /usr/lib/postgresql/18/bin/postgres -D /data -c listen_addresses=* -c max_connections=50',
].join('\n');

/** An application that counts its requests, in Prometheus' text format. */
const APP = `
let n = 0;
require("http").createServer((q, r) => {
  n += 1;
  r.setHeader("content-type", "text/plain; version=0.0.4");
  r.end(q.url === "/metrics" ? "# TYPE http_requests_total counter\\nhttp_requests_total{method=\\"GET\\",route=\\"/\\",status_code=\\"200\\"} " + n + "\\n" : "ok");
}).listen(3000);
setInterval(() => fetch("http://127.0.0.1:3000/").catch(() => 0), 200);
`;

/** Runs SQL as the superuser of the shop's PostgreSQL. */
export async function psql(prefix: string, sql: string, database = 'postgres') {
  return sh(['docker', 'exec', '-u', 'postgres', `${prefix}-shop-db`, 'psql', '-v', 'ON_ERROR_STOP=1', '-Atc', sql, database]);
}
