import { MODULE_NAMES } from '../../scripts/modules/index.ts';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { release } from 'node:os';
import { startContainer } from './cleanup.ts';
import { databasesImage, DNS_SERVER, psql, startShop } from './databases.ts';
import { eventually, sh, type E2eStack } from './e2e-stack.ts';

/** Everything that the rules speak of, for real: a PostgreSQL primary with a standby and a slot, a Redis primary with a replica, HTTP and TLS endpoints. */
export async function startFleet(prefix: string): Promise<void> {
  await startShop(prefix);
  const image = await databasesImage();
  await psql(prefix, "CREATE ROLE pharos_monitor LOGIN PASSWORD 'right-password'; GRANT pg_monitor TO pharos_monitor");
  await psql(prefix, "CREATE ROLE replicator LOGIN REPLICATION PASSWORD 'replicate'");
  await psql(prefix, "SELECT pg_create_physical_replication_slot('standby', true)");
  await start({ prefix, image }, 'shop-standby', STANDBY);
  await start({ prefix, image }, 'shop-replica', 'exec redis-server --bind 0.0.0.0 --protected-mode no --replicaof shop-cache 6379');
  await start({ prefix, image }, 'shop-tls', TLS);
  await start({ prefix, image }, 'shop-dns', `exec node -e '${DNS_SERVER}'`);
  // A CPU quota, without which the engine counts no throttling.
  await start({ prefix, image }, 'shop-worker', 'exec sleep infinity', ['--cpus', '0.5']);
  await psql(prefix, VECTORS);
  await psql(prefix, 'CREATE TABLE orders (id int PRIMARY KEY); INSERT INTO orders SELECT generate_series(1, 1000)');
  await eventually(
    'the standby streams',
    60,
    async () => (await psql(prefix, 'SELECT count(*) FROM pg_stat_replication')).stdout.trim() === '1',
  );
}

/** The settings with which a stack watches the fleet. */
export function watchFleet(stack: E2eStack, prefix: string): void {
  const postgres = (name: string): string => `${name}=postgresql://pharos_monitor@shop-${name}:5432/postgres?sslmode=disable`;
  stack.set({
    MODULES: MODULE_NAMES.join(','),
    APP_NETWORKS: `${prefix}-shop`,
    POSTGRES_INSTANCES: `${postgres('db')},${postgres('standby')}`,
    VECTOR_INSTANCES: 'db',
    SECURITY_CERTIFICATES: stack.path('certificates'),
    REDIS_INSTANCES: 'cache=redis://shop-cache:6379,replica=redis://shop-replica:6379',
  });
  stack.write(
    'exporters/vector/canaries.yml',
    [
      'canaries:',
      '  - { name: nearest, instance: db, query: "SELECT id FROM products ORDER BY embedding <=> (SELECT embedding FROM products LIMIT 1) LIMIT 5", every: 5s }',
      'recall:',
      '  - { name: products, instance: db, index: public.products_hnsw, every: 1m }',
      '',
    ].join('\n'),
  );
  // A checkout as git makes it: what is in it shows its own modes.
  chmodSync(stack.folder, 0o755);
  mkdirSync(stack.path('certificates'), { mode: 0o755 });
  const options = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '90', '-subj', '/CN=shop'];
  execFileSync('openssl', ['req', ...options, '-keyout', stack.path('key.pem'), '-out', stack.path('certificates/shop.crt')], {
    stdio: 'pipe',
  });
  packagedKernel(stack);
  for (const name of ['db', 'standby']) stack.write(`secrets/postgres_${name}_password`, 'right-password');
  stack.write(
    'prometheus/targets/blackbox/fleet.yml',
    [
      '- targets: [http://shop-app:3000/]',
      '- targets: [shop-tls:8443]\n  labels: { module: tls_connect }',
      '- targets: [shop-cache:6379]\n  labels: { module: tcp_connect }',
      '- targets: [shop-dns:53]\n  labels: { module: dns_udp }',
      '',
    ].join('\n'),
  );
  // A scrape job of the user's own, which no module's rules speak of.
  stack.write(
    'prometheus/scrape/mine.yml',
    'scrape_configs:\n  - job_name: mine\n    static_configs:\n      - targets: [shop-app:3000]\n        labels: { instance: mine }\n',
  );
  stack.write('prometheus/targets/apps/fleet.yml', '- targets: [shop-app:3000]\n  labels: { service: shop-app }\n');
}

/** Lets the collector take the running kernel for one of the packages, which it is on a server; a virtual machine may have it from elsewhere. */
function packagedKernel(stack: E2eStack): void {
  const compose = 'exporters/security/compose.yml';
  stack.write(compose, stack.read(compose).replace('source: /var/lib/dpkg,', 'source: ./dpkg,'));
  const status = '/var/lib/dpkg/status';
  const kernel = `Package: linux-image-${release()}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n\n`;
  stack.write('dpkg/status', kernel + (existsSync(status) ? readFileSync(status, 'utf8') : ''));
}

/**
 * What only exists once something went wrong: a line that Loki refuses, a pushed metric, a container that ended, a session that waits for another
 * one's lock, an index build that waits for it too, and the example application, which has to run, answering some requests with an error.
 */
export async function troubleFleet(stack: E2eStack, prefix: string): Promise<void> {
  const push = async (port: string, path: string, contentType: string, body: string): Promise<Response> =>
    fetch(stack.url(port, path), { method: 'POST', headers: { 'content-type': contentType }, body });
  const example = (await sh(['docker', 'port', `${prefix}-demo-demo-backend-1`, '3000'])).stdout.trim();
  const errors = await fetch(`http://${example}/misbehave/errors`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"value":0.2}',
  });
  if (!errors.ok) throw new Error(`the example did not take to misbehaving: ${errors.status}`);
  await push('PUSHGATEWAY_PORT', '/metrics/job/backup/instance/shop', 'text/plain', 'backup_last_success_timestamp_seconds 1\n');
  const lastYear = `${Date.now() - 365 * 86_400_000}000000`;
  const line = { streams: [{ stream: { container: 'old' }, values: [[lastYear, 'too old']] }] };
  // If its image is unavailable, its rules are skipped too.
  if ((await stack.services()).includes('loki')) await push('LOKI_PORT', '/loki/api/v1/push', 'application/json', JSON.stringify(line));
  await start({ prefix, image: await databasesImage() }, 'shop-import', 'exit 3', ['--label', 'com.docker.compose.service=shop-import']);
  const update = (seconds: number): string => `BEGIN; UPDATE orders SET id = id WHERE id = 1; SELECT pg_sleep(${seconds}); COMMIT`;
  const build = 'CREATE INDEX CONCURRENTLY products_l2 ON products USING hnsw (embedding vector_l2_ops)';
  const hold = `BEGIN; UPDATE products SET id = id WHERE id = 1; ${update(600)}`;
  const sessions = { one: hold, other: update(0), build, pg_dump: 'SELECT pg_sleep(600)' };
  for (const [name, sql] of Object.entries(sessions)) {
    await sh(['docker', 'exec', '-d', '-u', 'postgres', '-e', `PGAPPNAME=${name}`, `${prefix}-shop-db`, 'psql', '-c', sql]);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

interface In {
  readonly prefix: string;
  readonly image: string;
}

async function start({ prefix, image }: In, name: string, command: string, extra: readonly string[] = []): Promise<void> {
  const options = [...extra, '--network', `${prefix}-shop`, '--network-alias', name];
  await startContainer(prefix, `${prefix}-${name}`, ...options, image, 'bash', '-c', command);
}

/** A table that pgvector searches, and that the monitoring user may read. */
const VECTORS = [
  'CREATE EXTENSION vector',
  'CREATE TABLE products (id serial PRIMARY KEY, embedding vector(32))',
  'INSERT INTO products (embedding) SELECT (SELECT array_agg(random())::vector FROM generate_series(1, 32) WHERE g > 0) FROM generate_series(1, 2000) g',
  'CREATE INDEX products_hnsw ON products USING hnsw (embedding vector_cosine_ops)',
  'GRANT SELECT ON products TO pharos_monitor',
].join('; ');

const STANDBY = [
  'mkdir -p /data /run/postgresql && chown postgres /data /run/postgresql && chmod 700 /data',
  'export PGPASSWORD=replicate',
  'until su postgres -c "/usr/lib/postgresql/18/bin/pg_basebackup -h shop-db -U replicator -D /data -R -S standby -c fast"; do sleep 1; rm -rf /data/*; done',
  'exec su postgres -c "exec /usr/lib/postgresql/18/bin/postgres -D /data -c listen_addresses=* -c max_connections=50"',
].join(' && ');

const TLS = [
  'openssl req -x509 -newkey rsa:2048 -nodes -days 90 -keyout /tmp/key.pem -out /tmp/cert.pem -subj /CN=shop-tls -addext subjectAltName=DNS:shop-tls',
  `exec node -e 'const fs=require("fs");require("https").createServer({key:fs.readFileSync("/tmp/key.pem"),cert:fs.readFileSync("/tmp/cert.pem")},(q,r)=>r.end("ok")).listen(8443)'`,
].join(' && ');
