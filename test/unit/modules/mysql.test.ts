import { describe, expect, it } from 'vitest';
import { detection } from '../../../scripts/modules/mysql/detect.ts';
import { loginFile, passwordProblems } from '../../../scripts/modules/mysql/login-file.ts';
import { REFUSED, refusal } from '../../../scripts/modules/mysql/refusal.ts';
import { mysqlSettings } from '../../../scripts/modules/mysql/index.ts';
import { containerFacts } from './container-facts.ts';

const shop = { name: 'shop', user: 'm' };
const parse = mysqlSettings.MYSQL_INSTANCES.kind;

describe('the login file of the MySQL exporter', () => {
  const parsed = parse('shop=mysql://m@shop-db:3306,blog=mysql://m%24x@blog-db');
  const instances = 'value' in parsed ? parsed.value : [];

  it('has a section for each instance, and one without a login for the page of the exporter itself', () => {
    const passwords = new Map([
      ['shop', "a`b'c;d #e\\"],
      ['blog', 'pa$word'],
    ]);
    expect(loginFile(instances, passwords)).toBe(
      "[client]\nuser = none\n\n[client.shop]\nuser = `m`\npassword = `a`b'c;d #e\\`\n\n[client.blog]\nuser = `m${DOLLAR}x`\npassword = `pa${DOLLAR}word`\n",
    );
  });

  it.each([
    ['', 'is empty'],
    ['a\nb', 'more than one line'],
    ['a\rb', 'more than one line'],
    ['a%(user)sb', 'holds %(…)s'],
  ])('cannot hold the password %j', (password, message) => {
    expect(passwordProblems(new Map([['shop', password]]))).toEqual([
      expect.objectContaining({ severity: 'error', place: 'secrets/mysql_shop_password', message: expect.stringContaining(message) }),
    ]);
  });

  it('can hold every other password', () => {
    expect(passwordProblems(new Map([['shop', '100% ;"`$x']]))).toEqual([]);
  });
});

describe('a MySQL server that refuses its exporter', () => {
  // Lines of mysqld exporter 0.19.0; the servers were MariaDB 11.8.
  it.each([
    [
      `msg="Error opening connection to database" err="Error 1045 (28000): Access denied for user 'm'@'10.0.0.3' (using password: YES)"`,
      true,
      'refuses m (Error 1045',
      'CREATE USER IF NOT EXISTS',
    ],
    [`err="Error 1130: Host '10.0.0.3' is not allowed to connect to this MariaDB server"`, true, 'refuses m (Error 1130', "'m'@'%'"],
    [
      `err="Error 1129: Host '10.0.0.3' is blocked because of many connection errors; unblock with 'mariadb-admin flush-hosts'"`,
      true,
      'has blocked',
      'FLUSH HOSTS',
    ],
    [`err="Error 1040: Too many connections"`, false, 'no free connection', 'max_connections'],
    [`err="dial tcp: lookup shop-db on 127.0.0.11:53: no such host"`, false, 'does not answer', 'APP_NETWORKS'],
    ['', false, 'does not answer the exporter', 'MYSQL_INSTANCES'],
  ])('%s', (log, final, message, fix) => {
    expect(REFUSED.test(log)).toBe(final);
    const problem = refusal(shop, log);
    expect(problem).toMatchObject({ place: 'mysql shop', message: expect.stringContaining(message) });
    expect(problem.fix).toContain(fix);
  });
});

describe('a MySQL server among the containers', () => {
  it.each([
    'mysql:8.4',
    'mysql/mysql-server:8.0',
    'mariadb:11',
    'bitnami/mariadb-galera:11.4',
    'percona:8.0',
    'percona/percona-server:8.4',
    'quay.io/sclorg/mysql-80-c9s',
  ])('is known by its image %s', (image) => {
    expect(detection.propose(containerFacts({ image }))?.instance).toEqual({ name: 'db', url: 'mysql://pharos_monitor@db:3306' });
  });

  it.each(['prom/mysqld-exporter', 'phpmyadmin', 'mysql-backup', 'mariadb-exporter'])('is not %s', (image) => {
    expect(detection.propose(containerFacts({ image }))).toBeUndefined();
  });

  it('is known by the port that it exposes, which is not asked', () => {
    expect(detection.propose(containerFacts({ image: 'my/db', ports: [3306] }))?.because).toContain('exposes port 3306');
    expect(detection.ports).toBeUndefined();
  });

  it('has the port of its command or its variables', () => {
    const url = (more: Parameters<typeof containerFacts>[0]): string | undefined => detection.propose(containerFacts(more))?.instance?.url;
    expect(url({ image: 'mysql', commandPort: 3307 })).toContain('db:3307');
    expect(url({ image: 'bitnami/mariadb', env: { MARIADB_PORT_NUMBER: '3308' } })).toContain('db:3308');
    expect(url({ image: 'mysql', env: { MYSQL_TCP_PORT: 'x' } })).toContain('db:3306');
  });

  it('gets a command that keeps the password out of the arguments', () => {
    const command = detection.propose(containerFacts({ image: 'mysql', name: 'shop db' }))?.manual?.command ?? '';
    expect(command).toContain(`docker exec -i 'shop db' sh -c`);
    expect(command).toContain('cat exporters/mysql/monitor-user.sql');
    expect(command.split(' | ')[1]).not.toContain('secrets/');
  });

  it('is asked for no variable with a password', () => {
    expect(detection.env?.filter((key) => /PASSWORD|USER/.test(key))).toEqual([]);
  });
});
