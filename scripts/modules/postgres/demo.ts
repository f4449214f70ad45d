import type { DebianImage, Demo } from '../parts.ts';

export const DEMO_POSTGRES = 'demo-postgres';
const EXPORTER = 'demo-postgres-exporter';

/** Creates the cluster at the first start from the same variables as upstream's image, then runs the given program. */
const ENTRY = [
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

const image: DebianImage = {
  // Brings PostgreSQL 18 with it.
  package: 'postgresql-18-pgvector',
  links: {},
  folders: {},
  changes: ['USER postgres', 'WORKDIR /', `ENTRYPOINT ${JSON.stringify(['/bin/bash', '-c', ENTRY, 'postgres'])}`, 'CMD ["postgres"]'],
};

const demo: Demo = {
  compose: 'exporters/apps/example/compose.yml',
  services: [DEMO_POSTGRES],
  exporters: [EXPORTER],
  targets: [{ module: 'apps', of: EXPORTER, targets: [`${EXPORTER}:9187`], labels: { job: 'postgres', instance: DEMO_POSTGRES } }],
  images: {
    DEMO_POSTGRES_IMAGE: { service: DEMO_POSTGRES, of: DEMO_POSTGRES },
    DEMO_POSTGRES_EXPORTER_IMAGE: { service: 'postgres-exporter', of: EXPORTER },
  },
  files: (password) => ({ postgres_password: password }),
  dashboards: [],
  optional: false,
};

/** The example's PostgreSQL. */
export const postgresDemo = { image, demo };
