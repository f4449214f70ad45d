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

/** MySQL, MariaDB and Percona Server as they are packed. */
const IMAGES =
  /^(mysql|mysql-server|mysql-\d.*|mariadb|mariadb-server|mariadb-galera|mariadb-\d.*|percona|percona-server|percona-xtradb-cluster)$/;
const PORT = 3306;
const USER = 'pharos_monitor';

const PORT_VARIABLES = ['MYSQL_TCP_PORT', 'MYSQL_PORT_NUMBER', 'MARIADB_PORT_NUMBER'];

/**
 * How a MySQL server is recognised: by its image, else because its port is exposed. The port is not asked: the server greets first, but
 * counts every connection that ends before a login. After max_connect_errors (100) of them without a login in between it blocks the
 * address, which is that of this host, and with it the programs that reach the server through a published port.
 */
export const detection: Detection = {
  env: PORT_VARIABLES,
  propose,
  ignored: (container) => ignoredPorts(container, PORT_VARIABLES, PORT),
};

function propose(container: ContainerFacts): Proposal | undefined {
  const byImage = IMAGES.test(repositoryName(container.image));
  if (!byImage && !portSpeaks(container, PORT)) return undefined;
  const { env, title, address } = container;
  const ports = [String(container.commandPort), ...PORT_VARIABLES.map((key) => env[key])];
  const port = byImage ? (ports.map((text) => portOf(text)).find((number) => number !== undefined) ?? PORT) : PORT;
  return {
    module: 'mysql',
    because: byImage ? `MySQL, by its image ${container.image}` : `MySQL, as it exposes port ${PORT}`,
    instance: { name: title, url: `mysql://${USER}@${address}:${port}` },
    manual: {
      what: `create the read-only user ${USER} in ${container.name}, or set its new password`,
      command: userCommand(container, title),
    },
  };
}

/** Images since MariaDB 11 have no `mysql`. The administrator's password is taken from the container's own variables, where it has them. */
const CLIENT = [
  'f="${MARIADB_ROOT_PASSWORD_FILE:-${MYSQL_ROOT_PASSWORD_FILE:-/dev/null}}"',
  'export MYSQL_PWD="${MARIADB_ROOT_PASSWORD:-${MYSQL_ROOT_PASSWORD:-$(cat "$f")}}"',
  'exec "$(command -v mariadb || command -v mysql)" -u root',
].join('; ');

/** The password goes through the client's input: arguments are visible to every user of the host. */
function userCommand({ name }: ContainerFacts, instance: string): string {
  const file = `secrets/${passwordFile('mysql', instance)}`;
  return [
    `(printf "SET @password = '%s';\\n" "$(cat ${file})"; cat exporters/mysql/monitor-user.sql)`,
    `docker exec -i ${shellWord(name)} sh -c ${shellWord(CLIENT)}`,
  ].join(' | ');
}
