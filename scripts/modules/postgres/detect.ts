import { portOf, portSpeaks, repositoryName, shellWord, type ContainerFacts, type Proposal } from '../facts.ts';
import { passwordFile } from '../../settings/instances.ts';

/** PostgreSQL as it is packed: the server itself, and servers that bring extensions or a way to run it. */
const IMAGES = /^(postgres|postgresql(-\d.*|-repmgr)?|pgvector|pgvecto-rs|timescaledb(-ha)?|postgis|citus|paradedb|spilo(-\d+)?)$/;
const PORT = 5432;
const USER = 'pharos_monitor';

/** A PostgreSQL server: by its image, else by its port. */
export function detectPostgres(container: ContainerFacts): Proposal | undefined {
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
      what: `make the read-only user ${USER} in ${container.name}, or give it the new password`,
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
