import { contractBesideDemo, contractOfJob } from '../builders.ts';
import { defineModule } from '../spec.ts';
import { exporterImage } from '../builders.ts';
import type { SecretFile } from '../parts.ts';
import { passwordsOf, serverCheck, serverRules, serverTargets, type Servers } from '../servers.ts';
import { detection } from './detect.ts';
import { DEMO_POSTGRES, postgresDemo } from './demo.ts';
import { REFUSED, refusal } from './refusal.ts';
import { postgresSettings } from './settings.ts';

const EXPORTER = 'postgres-exporter';
const AUTH_MODULES = 'postgres_exporter.yml';
const NOBODY_UID = 65_534;

const servers: Servers = {
  setting: 'POSTGRES_INSTANCES',
  exporter: EXPORTER,
  port: 5432,
  schemes: ['postgresql', 'postgres'],
  up: 'pg_up',
  refused: REFUSED,
  refusal,
  hasUser: true,
};

/** PostgreSQL servers: one exporter for every instance of `POSTGRES_INSTANCES`. */
export const postgres = defineModule({
  name: 'postgres',
  about: 'PostgreSQL servers named in POSTGRES_INSTANCES',
  settings: postgresSettings,
  rules: ({ POSTGRES_INSTANCES, MODULES }, at) =>
    serverRules({
      module: 'postgres',
      key: servers.setting,
      instances: POSTGRES_INSTANCES,
      enabled: MODULES,
      place: at(servers.setting),
      usedBy: ['vector'],
    }),
  thresholds: [],
  profiles: () => ['postgres'],
  services: () => [EXPORTER],
  essential: [EXPORTER],
  reaches: [EXPORTER],
  budgeted: [EXPORTER],
  stopsLast: [DEMO_POSTGRES],
  servers,
  secretFiles: [AUTH_MODULES],
  secrets: ({ POSTGRES_INSTANCES }, existing) => {
    const { passwords, missing } = passwordsOf('postgres', POSTGRES_INSTANCES, existing);
    // The exporter's auth modules, one per instance (JSON is YAML; the exporter's `--config.file`).
    const modules = POSTGRES_INSTANCES.map(
      ({ name, user }) => [name, { type: 'userpass', userpass: { username: user, password: passwords.get(name) ?? '' } }] as const,
    );
    const content = `${JSON.stringify({ auth_modules: Object.fromEntries(modules) }, null, 2)}\n`;
    const file: SecretFile = { file: AUTH_MODULES, content, uid: NOBODY_UID };
    return { files: [file], problems: missing };
  },
  readsAtStart: { [EXPORTER]: { secrets: [AUTH_MODULES] } },
  targets: ({ POSTGRES_INSTANCES }) => serverTargets('postgres', POSTGRES_INSTANCES),
  urlTargets: true,
  images: {
    [EXPORTER]: exporterImage('prometheus-postgres-exporter', '/bin/postgres_exporter', NOBODY_UID),
    [DEMO_POSTGRES]: postgresDemo.image,
  },
  checks: ({ POSTGRES_INSTANCES }, context) => [serverCheck('postgres', servers, POSTGRES_INSTANCES, context)],
  detection,
  contracts: [contractBesideDemo(contractOfJob(EXPORTER, 'postgres'))],
  demo: postgresDemo.demo,
});
