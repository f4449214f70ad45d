import type { Arena } from './drill.ts';

/** A container that a drill breaks. It is started for that, and nothing else uses it. */
export interface Victim {
  readonly name: string;
  /** What it runs, in bash in the image of the test databases. */
  readonly command?: string;
  /** A service of the stack whose image it runs instead, with these arguments. It is started when the stack is up. */
  readonly like?: string;
  readonly args?: readonly string[];
  /** Further options of `docker run`. */
  readonly options?: readonly string[] | ((arena: Arena) => readonly string[]);
  /** How the stack is told of it: an instance of the module, a target file, or a scrape job of the user's own under a job's name. */
  readonly watch?:
    | { readonly as: 'postgres' | 'redis' }
    | { readonly as: 'blackbox'; readonly url: string; readonly module?: string }
    | { readonly as: 'apps' | 'node'; readonly port: number }
    | { readonly as: 'job'; readonly job: string; readonly port: number };
  /** Databases of a PostgreSQL in which vector search is watched. */
  readonly vectors?: readonly string[];
}

/** A Redis of its own. */
export const redis = (name: string, ...flags: readonly string[]): Victim => ({
  name,
  command: `exec redis-server --bind 0.0.0.0 --protected-mode no --save '' ${flags.join(' ')}`,
  watch: { as: 'redis' },
});

/** What every PostgreSQL here is started with: nothing on it is worth a sync. */
const FLAGS = '-c listen_addresses=* -c fsync=off -c shared_buffers=16MB';

/** A PostgreSQL of its own, with the stack's read-only user. */
export const postgres = (name: string, ...flags: readonly string[]): Victim => ({
  name,
  command: serve("CREATE ROLE pharos_monitor LOGIN PASSWORD 'right-password' IN ROLE pg_monitor", flags),
  watch: { as: 'postgres' },
});

/** One that belongs to an application; the stack is not told of it. */
export const appDatabase = (name: string): Victim => ({ name, command: serve("CREATE ROLE app LOGIN SUPERUSER PASSWORD 'app'") });

/** Makes a cluster with a role and serves it. What stands in /tmp/before runs once before the next start. */
function serve(role: string, flags: readonly string[] = []): string {
  return [
    'mkdir -p /data /run/postgresql && chown postgres /data /run/postgresql; rm -f /data/postmaster.pid',
    'export B=/usr/lib/postgresql/18/bin',
    '[ -f /data/PG_VERSION ] || { su postgres -c "$B/initdb -N -D /data -A scram-sha-256 --auth-local=trust" >/dev/null; echo "host all all all scram-sha-256" >> /data/pg_hba.conf; }',
    '[ -e /tmp/before ] && { bash /tmp/before; rm /tmp/before; }',
    `[ -e /tmp/user ] || (until su postgres -c "psql -qc \\"${role}\\"" 2>/dev/null; do sleep 0.5; done; touch /tmp/user) &`,
    `exec su postgres -c "exec $B/postgres -D /data ${FLAGS} ${flags.join(' ')}"`,
  ].join('\n');
}

/** An HTTP server whose answers a file decides: the status in /tmp/status, the delay in milliseconds in /tmp/delay, /tmp/half for half a page. */
export const web = (name: string, module?: string): Victim => ({
  name,
  command: `exec node -e '${WEB}'`,
  watch: { as: 'blackbox', url: `http://${name}:8080/`, ...(module === undefined ? {} : { module }) },
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
export const tls = (name: string, days: number): Victim => ({
  name,
  command: [
    'mkdir -p /tls && cd /tls',
    `openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out bad.pem -subj /CN=${name} -not_before ${stamp(days - 90)} -not_after ${stamp(days)} 2>/dev/null`,
    `openssl req -x509 -key key.pem -days 90 -out good.pem -subj /CN=${name} 2>/dev/null; cp good.pem cert.pem`,
    `exec node -e '${TLS}'`,
  ].join('\n'),
  watch: { as: 'blackbox', url: `${name}:8443`, module: 'tls_connect' },
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
