import { instanceOf, nameOf } from '../../base/instances.ts';
import { listOf } from '../../base/kinds.ts';
import { setting } from '../../base/setting.ts';
import { contractBesideDemo, contractOfJob } from '../builders.ts';
import { defineModule } from '../spec.ts';
import { exporterImage } from '../builders.ts';
import { passwordsOf, serverCheck, serverRules, serverTargets, type Servers } from '../servers.ts';
import { DEMO_MYSQL, mysqlDemo } from './demo.ts';
import { detection } from './detect.ts';
import { loginFile, passwordProblems } from './login-file.ts';
import { REFUSED, refusal } from './refusal.ts';

/** Settings of the module. */
export const mysqlSettings = {
  MYSQL_INSTANCES: setting(
    listOf(
      instanceOf({
        module: 'mysql',
        schemes: ['mysql:'],
        port: 3306,
        example: 'shop=mysql://pharos_monitor@shop-db:3306',
        needsUser: true,
      }),
      nameOf,
    ),
    '',
  ),
};

const EXPORTER = 'mysqld-exporter';
const LOGINS = 'mysqld_exporter.cnf';
const NOBODY_UID = 65_534;

const servers: Servers = {
  setting: 'MYSQL_INSTANCES',
  exporter: EXPORTER,
  port: 3306,
  schemes: ['mysql'],
  up: 'mysql_up',
  refused: REFUSED,
  refusal,
  hasUser: true,
};

/** MySQL and MariaDB servers: one exporter for every instance of `MYSQL_INSTANCES`. */
export const mysql = defineModule({
  name: 'mysql',
  about: 'MySQL and MariaDB servers named in MYSQL_INSTANCES',
  settings: mysqlSettings,
  rules: ({ MYSQL_INSTANCES, MODULES }, at) =>
    serverRules({ module: 'mysql', key: servers.setting, instances: MYSQL_INSTANCES, enabled: MODULES, place: at(servers.setting) }),
  thresholds: [],
  profiles: () => ['mysql'],
  services: () => [EXPORTER],
  essential: [EXPORTER],
  reaches: [EXPORTER],
  stopsLast: [DEMO_MYSQL],
  servers,
  secretFiles: [LOGINS],
  secrets: ({ MYSQL_INSTANCES }, existing) => {
    const { passwords, missing } = passwordsOf('mysql', MYSQL_INSTANCES, existing);
    return {
      files: [{ file: LOGINS, content: loginFile(MYSQL_INSTANCES, passwords), uid: NOBODY_UID }],
      problems: [...missing, ...passwordProblems(passwords)],
    };
  },
  readsAtStart: { [EXPORTER]: { secrets: [LOGINS] } },
  targets: ({ MYSQL_INSTANCES }) => serverTargets('mysql', MYSQL_INSTANCES),
  urlTargets: true,
  images: {
    [EXPORTER]: exporterImage('prometheus-mysqld-exporter', '/bin/mysqld_exporter', NOBODY_UID),
    [DEMO_MYSQL]: mysqlDemo.image,
  },
  checks: ({ MYSQL_INSTANCES }, context) => [serverCheck('mysql', servers, MYSQL_INSTANCES, context)],
  detection,
  contracts: [contractBesideDemo(contractOfJob(EXPORTER, 'mysql'))],
  demo: mysqlDemo.demo,
});
