import type { Instance } from '../../base/instances.ts';
import { error, type Problem } from '../../base/problem.ts';

/** Text in the exporter's log where a server answers and refuses, and will refuse again. */
export const REFUSED = /Access denied for user|is not allowed to connect|is blocked because of many connection errors/;

/** Why a server rejects its exporter, by the exporter's log. */
export function refusal({ name, user }: Pick<Instance, 'name' | 'user'>, log: string): Problem {
  const place = `mysql ${name}`;
  if (/Access denied for user|is not allowed to connect/.test(log))
    return error(
      place,
      `refuses ${user}${reason(log)}`,
      `Run as an administrator of that server, with the password from secrets/mysql_${name}_password:\n` +
        `CREATE USER IF NOT EXISTS '${user}'@'%' WITH MAX_USER_CONNECTIONS 5;\n` +
        `ALTER USER '${user}'@'%' IDENTIFIED BY '<the password>';\n` +
        `GRANT PROCESS, REPLICATION CLIENT ON *.* TO '${user}'@'%';\n` +
        `The other rights that it uses are in exporters/mysql/monitor-user.sql.`,
    );
  if (/is blocked because of many connection errors/.test(log))
    return error(
      place,
      `has blocked the exporter's address${reason(log)}`,
      'Run as an administrator of that server: FLUSH HOSTS (MySQL: TRUNCATE performance_schema.host_cache).',
    );
  if (/Too many connections|max_user_connections/.test(log))
    return error(place, `has no free connection for ${user}${reason(log)}`, 'End idle sessions, or raise max_connections.');
  return error(
    place,
    `does not answer the exporter${reason(log)}`,
    'Check the address in MYSQL_INSTANCES, and that its network is in APP_NETWORKS.',
  );
}

function reason(log: string): string {
  const found = /(Error \d+ \(\w+\): [^"\\]+|Error \d+: [^"\\]+|dial tcp[^"\\]+|no such host|i\/o timeout)/.exec(log)?.[1];
  return found === undefined ? '' : ` (${found.trim()})`;
}
