import {
  ignoredPorts,
  portOf,
  portSpeaks,
  repositoryName,
  shellWord,
  type ContainerFacts,
  type Detection,
  type Proposal,
} from '../facts.ts';
import { passwordFile } from '../../base/instances.ts';

/** Images of PostgreSQL: the server itself, and distributions with extensions or operators. */
const IMAGES = /^(postgres|postgresql(-\d.*|-repmgr)?|pgvector|pgvecto-rs|timescaledb(-ha)?|postgis|citus|paradedb|spilo(-\d+)?)$/;
const PORT = 5432;
const USER = 'pharos_monitor';

/** `SSLRequest` of PostgreSQL's protocol: length 8, code 80877103. The server answers one byte, and writes nothing to its log. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);

/** How a PostgreSQL server is recognised: by its image, else by its port. */
export const detection: Detection = {
  env: ['POSTGRES_USER', 'POSTGRES_DB', 'POSTGRESQL_DATABASE', 'PGPORT'],
  // One byte: S (TLS) or N (none). Other servers send an error, which is longer.
  ports: [{ port: PORT, greeting: SSL_REQUEST, read: (answer) => (/^[SN]$/.test(answer) ? 'postgres' : undefined) }],
  propose,
  ignored: (container) => ignoredPorts(container, ['PGPORT'], PORT),
};

function propose(container: ContainerFacts): Proposal | undefined {
  const byImage = IMAGES.test(repositoryName(container.image));
  if (!byImage && !portSpeaks(container, PORT, 'postgres')) return undefined;
  const { env, title, address } = container;
  const port = byImage ? (portOf(String(container.commandPort)) ?? portOf(env['PGPORT']) ?? PORT) : PORT;
  const database = env['POSTGRES_DB'] ?? env['POSTGRESQL_DATABASE'] ?? 'postgres';
  return {
    module: 'postgres',
    because: byImage ? `PostgreSQL, by its image ${container.image}` : `PostgreSQL, on port ${PORT}`,
    instance: { name: title, url: `postgresql://${USER}@${address}:${port}/${encoded(database)}?sslmode=disable` },
    manual: {
      what: `create the read-only user ${USER} in ${container.name}, or set its new password`,
      command: userCommand(container, title, database, port),
    },
  };
}

/** For an address; the single quote too, which `.env` cannot hold. */
function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll("'", '%27');
}

function userCommand({ name, env }: ContainerFacts, instance: string, database: string, port: number): string {
  return [
    `docker exec -i ${shellWord(name)} psql -U ${shellWord(env['POSTGRES_USER'] ?? 'postgres')} -d ${shellWord(database)}`,
    ...(port === PORT ? [] : [`-p ${port}`]),
    `-v ON_ERROR_STOP=1 -v password="$(cat secrets/${passwordFile('postgres', instance)})" -f - < exporters/postgres/monitor-user.sql`,
  ].join(' ');
}
