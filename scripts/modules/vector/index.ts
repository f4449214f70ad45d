import { contractBesideDemo, contractOfJob } from '../builders.ts';
import { defineModule } from '../spec.ts';
import { nodeImage } from '../builders.ts';
import { error, warning } from '../../base/problem.ts';
import { listOf } from '../../base/kinds.ts';
import { setting } from '../../base/setting.ts';
import { postgresSettings } from '../postgres/settings.ts';
import { passwordsOf } from '../servers.ts';
import { CANARIES, canaryProblems } from './canaries.ts';
import { vectorCheck } from './check.ts';
import { vectorDemo } from './demo.ts';
import { vectorDatabases, vectorItem, type VectorDatabase } from './databases.ts';

const EXPORTER = 'vector-exporter';
const DATABASES = 'vector_exporter.json';
const NOBODY_UID = 65_534;
const KEY = 'VECTOR_INSTANCES';

const settings = {
  VECTOR_INSTANCES: setting(
    listOf(vectorItem, ({ target }) => target),
    '',
  ),
};

/** Vector search in PostgreSQL: one exporter for every database of `VECTOR_INSTANCES`. */
export const vector = defineModule<typeof settings, typeof settings & typeof postgresSettings>({
  name: 'vector',
  about: 'vector search in the databases named in VECTOR_INSTANCES',
  settings,
  rules: ({ VECTOR_INSTANCES: items, POSTGRES_INSTANCES, MODULES }, at) => {
    if (!MODULES.includes('vector'))
      return items.length > 0 ? [warning(at(KEY), `${KEY} is set, but the module is off`, 'Add vector to MODULES.')] : [];
    if (items.length === 0)
      return [
        error(
          at(KEY),
          `${KEY} is empty, but MODULES turns vector on`,
          `Name the instances of POSTGRES_INSTANCES that hold vectors in ${KEY}, or remove vector from MODULES.`,
        ),
      ];
    const names = POSTGRES_INSTANCES.map(({ name }) => name);
    const fix = names.length > 0 ? `It has ${names.join(', ')}.` : 'Name the server in POSTGRES_INSTANCES.';
    return items
      .filter(({ instance }) => !names.includes(instance))
      .map(({ instance }) => error(at(KEY), `${KEY}: POSTGRES_INSTANCES does not have "${instance}"`, fix));
  },
  thresholds: [],
  profiles: () => ['vector'],
  services: () => [EXPORTER],
  essential: [EXPORTER],
  reaches: [EXPORTER],
  secretFiles: [DATABASES],
  secrets: (own, existing) => {
    const databases = vectorDatabases(own.VECTOR_INSTANCES, own.POSTGRES_INSTANCES);
    const { passwords, missing } = passwordsOf('postgres', [...new Set(databases.map(({ instance }) => instance))], existing);
    return { files: [{ file: DATABASES, content: databaseList(databases, passwords), uid: NOBODY_UID }], problems: missing };
  },
  sources: ['exporters/vector'],
  files: { [CANARIES]: 'vector/canaries.yml' },
  // By far the largest bundle, and only useful with vectors.
  bundles: [{ service: EXPORTER, path: 'vector/server.mjs', entry: 'exporters/vector/server.ts' }],
  readsAtStart: { [EXPORTER]: { folders: ['vector/'], secrets: [DATABASES] } },
  problems: canaryProblems,
  targets: ({ VECTOR_INSTANCES, POSTGRES_INSTANCES }) => [
    {
      job: 'vector',
      groups: vectorDatabases(VECTOR_INSTANCES, POSTGRES_INSTANCES).map(({ target, instance: { name, host }, database }) => ({
        targets: [target],
        labels: { instance: name, service: name, database, target_host: host.replace(/^\[|\]$/g, '') },
      })),
    },
  ],
  images: { [EXPORTER]: nodeImage(NOBODY_UID, ['/app']) },
  checks: (own, context) => [vectorCheck(vectorDatabases(own.VECTOR_INSTANCES, own.POSTGRES_INSTANCES), EXPORTER, context)],
  contracts: [{ ...contractBesideDemo(contractOfJob(EXPORTER, 'vector')), own: true }],
  demo: vectorDemo,
});

/** The exporter's databases, each with its password. */
function databaseList(databases: readonly VectorDatabase[], passwords: ReadonlyMap<string, string>): string {
  const list = databases.map(({ target, url, instance: { name } }) => ({
    target,
    instance: name,
    url,
    password: passwords.get(name) ?? '',
  }));
  return `${JSON.stringify(list, null, 2)}\n`;
}
