import type { Instance } from '../../base/instances.ts';
import { error, type Problem } from '../../base/problem.ts';

/** Text in an exporter's log if PostgreSQL answers and refuses. */
export const REFUSED = /password authentication failed|role .* does not exist|no pg_hba\.conf entry|SSL is not enabled/;

/** Why a server rejects its exporter, by the exporter's log. */
export function refusal({ name, user }: Pick<Instance, 'name' | 'user'>, log: string): Problem {
  const place = `postgres ${name}`;
  if (/password authentication failed|role .* does not exist/.test(log))
    return error(
      place,
      `refuses ${user}${reason(log)}`,
      `Run as a superuser of that server, with the password from secrets/postgres_${name}_password:\n` +
        `CREATE ROLE ${user} LOGIN CONNECTION LIMIT 5;  -- if it does not exist yet\n` +
        `ALTER ROLE ${user} PASSWORD '<the password>';\nGRANT pg_monitor TO ${user};`,
    );
  if (/no pg_hba.conf entry/.test(log))
    return error(
      place,
      `refuses the connection${reason(log)}`,
      `Add to its pg_hba.conf, then SELECT pg_reload_conf():\nhost all ${user} samenet scram-sha-256`,
    );
  if (/SSL is not enabled/.test(log))
    return error(place, 'does not speak TLS', 'Add ?sslmode=disable to its address in POSTGRES_INSTANCES.');
  return error(
    place,
    `does not answer the exporter${reason(log)}`,
    'Check the address in POSTGRES_INSTANCES, and that its network is in APP_NETWORKS.',
  );
}

function reason(log: string): string {
  const found = /(pq: [^"\\]+|FATAL:[^"\\]+|dial tcp[^"\\]+|no such host)/.exec(log)?.[1];
  return found === undefined ? '' : ` (${found.trim()})`;
}
