import { instanceOf, nameOf } from '../../base/instances.ts';
import { listOf } from '../../base/kinds.ts';
import { setting } from '../../base/setting.ts';
import { contractBesideDemo, contractOfJob } from '../builders.ts';
import { defineModule } from '../spec.ts';
import { exporterImage } from '../builders.ts';
import type { Instance } from '../../base/instances.ts';
import { error, type Problem } from '../../base/problem.ts';
import { passwordsOf, serverCheck, serverRules, serverTargets, type Servers } from '../servers.ts';
import { DEMO_REDIS, redisDemo } from './demo.ts';
import { detection } from './detect.ts';

/** Settings of the module. */
export const redisSettings = {
  REDIS_INSTANCES: setting(
    listOf(
      instanceOf({
        module: 'redis',
        schemes: ['redis:', 'rediss:'],
        port: 6379,
        example: 'cache=redis://shop-cache:6379',
        needsUser: false,
      }),
      nameOf,
    ),
    '',
  ),
};

const EXPORTER = 'redis-exporter';
const PASSWORDS = 'redis_exporter.json';
/** The user of upstream's image. */
const EXPORTER_UID = 59_000;

const servers: Servers = {
  setting: 'REDIS_INSTANCES',
  exporter: EXPORTER,
  port: 6379,
  schemes: ['redis', 'rediss'],
  up: 'redis_up',
  refused: /WRONGPASS|NOAUTH|NOPERM/,
  refusal,
  hasUser: false,
};

/** Redis servers: one exporter for every instance of `REDIS_INSTANCES`. */
export const redis = defineModule({
  name: 'redis',
  about: 'Redis servers named in REDIS_INSTANCES',
  settings: redisSettings,
  rules: ({ REDIS_INSTANCES, MODULES }, at) =>
    serverRules({ module: 'redis', key: servers.setting, instances: REDIS_INSTANCES, enabled: MODULES, place: at(servers.setting) }),
  thresholds: [],
  profiles: () => ['redis'],
  services: () => [EXPORTER],
  essential: [EXPORTER],
  reaches: [EXPORTER],
  budgeted: [EXPORTER],
  stopsLast: [DEMO_REDIS],
  servers,
  secretFiles: [PASSWORDS],
  secrets: ({ REDIS_INSTANCES }, existing) => {
    const { passwords } = passwordsOf('redis', REDIS_INSTANCES, existing);
    // The exporter's password map: the target's address to its password (`REDIS_PASSWORD_FILE`). A password is optional.
    const map = Object.fromEntries(REDIS_INSTANCES.map(({ name, url }) => [url, passwords.get(name) ?? '']));
    return { files: [{ file: PASSWORDS, content: `${JSON.stringify(map, null, 2)}\n`, uid: EXPORTER_UID }], problems: [] };
  },
  readsAtStart: { [EXPORTER]: { secrets: [PASSWORDS] } },
  targets: ({ REDIS_INSTANCES }) => serverTargets('redis', REDIS_INSTANCES),
  urlTargets: true,
  images: {
    [EXPORTER]: exporterImage('prometheus-redis-exporter', '/redis_exporter', EXPORTER_UID),
    [DEMO_REDIS]: redisDemo.image,
  },
  checks: ({ REDIS_INSTANCES }, context) => [serverCheck('redis', servers, REDIS_INSTANCES, context)],
  detection,
  contracts: [contractBesideDemo(contractOfJob(EXPORTER, 'redis'))],
  demo: redisDemo.demo,
});

/** Why a server does not answer its exporter, by the exporter's log. */
export function refusal({ name }: Pick<Instance, 'name'>, log: string): Problem {
  const found = /(WRONGPASS[^"\\]*|NOAUTH[^"\\]*|dial tcp[^"\\]+|no such host)/.exec(log)?.[1];
  return error(
    `redis ${name}`,
    `does not answer the exporter${found === undefined ? '' : ` (${found.trim()})`}`,
    /WRONGPASS|NOAUTH|invalid password/i.test(log)
      ? `Put its password into secrets/redis_${name}_password, then npm run up`
      : 'Check the address in REDIS_INSTANCES, and that its network is in APP_NETWORKS.',
  );
}
