import type { DebianImage, Demo } from '../parts.ts';

export const DEMO_MYSQL = 'demo-mysql';
const EXPORTER = 'demo-mysqld-exporter';
const USER = 'pharos_monitor';

/** Makes the data folder that the arguments name at the first start, as upstream's image does; then runs the program that it is given. */
const ENTRY = [
  'set -e',
  'for arg in "$@"; do case "$arg" in --datadir=*) data="${arg#*=}"; esac; done',
  'if [ ! -d "$data/mysql" ]',
  'then mariadb-install-db --no-defaults --datadir="$data" --skip-test-db --innodb-log-file-size=16M >/dev/null',
  'fi',
  'exec "$@"',
].join('; ');

const image: DebianImage = {
  package: 'mariadb-server',
  links: {},
  folders: {},
  changes: [
    'USER 65534:65534',
    'WORKDIR /tmp',
    'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    `ENTRYPOINT ${JSON.stringify(['/bin/bash', '-c', ENTRY, 'mariadb'])}`,
    'CMD ["mariadbd"]',
  ],
};

/** Run at every start: the exporter's user, and a table with an event that works on it every second. One statement a line. */
const initSql = (password: string): string =>
  [
    `CREATE OR REPLACE USER '${USER}'@'%' IDENTIFIED BY '${password}';`,
    `GRANT PROCESS, REPLICATION CLIENT, SLAVE MONITOR ON *.* TO '${USER}'@'%';`,
    'CREATE DATABASE IF NOT EXISTS shop;',
    'CREATE TABLE IF NOT EXISTS shop.orders (id INT AUTO_INCREMENT PRIMARY KEY, total INT, made TIMESTAMP DEFAULT NOW());',
    'CREATE EVENT IF NOT EXISTS shop.sale ON SCHEDULE EVERY 1 SECOND DO INSERT INTO shop.orders (total) SELECT RAND() * 100 FROM seq_1_to_20;',
    'CREATE EVENT IF NOT EXISTS shop.tidy ON SCHEDULE EVERY 1 MINUTE DO DELETE FROM shop.orders WHERE made < NOW() - INTERVAL 5 MINUTE;',
    '',
  ].join('\n');

const demo: Demo = {
  compose: 'exporters/mysql/example/compose.yml',
  services: [DEMO_MYSQL],
  exporters: [EXPORTER],
  targets: [{ module: 'apps', of: EXPORTER, targets: [`${EXPORTER}:9104`], labels: { job: 'mysql', instance: DEMO_MYSQL } }],
  images: {
    DEMO_MYSQL_IMAGE: { service: DEMO_MYSQL, of: DEMO_MYSQL },
    DEMO_MYSQL_EXPORTER_IMAGE: { service: 'mysqld-exporter', of: EXPORTER },
  },
  files: (password) => ({
    'mysql_init.sql': initSql(password),
    'mysql_client.cnf': `[client]\nuser = ${USER}\npassword = ${password}\n`,
  }),
  dashboards: ['mysql'],
  optional: true,
};

/** A MariaDB beside the example. */
export const mysqlDemo = { image, demo };
