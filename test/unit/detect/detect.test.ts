import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { errorsOf } from '../../../scripts/base/problem.ts';
import { parseEnvFile } from '../../../scripts/base/env-file.ts';
import { readSettings } from '../../../scripts/settings/settings.ts';
import type { EngineFacts } from '../../../scripts/modules/facts.ts';
import { OWN, container, detect, metrics, modulesOf, page } from '../../support/detect-fixture.ts';

describe('what a container is', () => {
  it.each([
    ['postgres:18', 'postgres'],
    ['pgvector/pgvector:pg17', 'postgres'],
    ['timescale/timescaledb-ha:pg17', 'postgres'],
    ['postgis/postgis:17-3.5', 'postgres'],
    ['bitnami/postgresql:17', 'postgres'],
    ['registry:5000/mirror/postgres@sha256:abc', 'postgres'],
    ['redis:8-alpine', 'redis'],
    ['valkey/valkey:8', 'redis'],
    ['eqalpha/keydb', 'redis'],
    ['redis/redis-stack-server:7.4.0-v3', 'redis'],
  ])('%s: %s', (image, module) => {
    expect(modulesOf(detect([container('x', image)]))).toEqual([module]);
  });

  it.each(['prometheuscommunity/postgres-exporter', 'rediscommander/redis-commander', 'dpage/pgadmin4'])('%s: nothing', (image) => {
    expect(detect([container('x', image)])).toMatchObject({ found: [], changes: [] });
  });

  it('is recognised by a port that answers or is exposed, but not by one at which nothing listens', () => {
    const own = (more: Partial<EngineFacts>): readonly string[] => modulesOf(detect([container('x', 'my/db', more)]));
    expect(own({ answers: [{ port: 5432, speaks: 'postgres' }] })).toEqual(['postgres']);
    expect(own({ ports: [5432] })).toEqual(['postgres']);
    expect(own({ ports: [5432], refused: [5432] })).toEqual([]);
    expect(own({ answers: [{ port: 6379, speaks: 'redis-locked' }] })).toEqual(['redis']);
  });

  it('is one target: a database before an application before a page', () => {
    const answers = [page(80, '/', 200), metrics(9187)];
    expect(modulesOf(detect([container('db', 'postgres', { answers })]))).toEqual(['postgres']);
    expect(modulesOf(detect([container('web', 'my/web', { answers })]))).toEqual(['apps']);
    expect(modulesOf(detect([container('web', 'my/web', { answers: [page(80, '/', 200)] })]))).toEqual(['blackbox']);
  });

  it('is left alone with prometheus.scrape=false', () => {
    const answers = [metrics(80)];
    expect(modulesOf(detect([container('web', 'my/web', { answers, labels: { 'prometheus.scrape': 'false' } })]))).toEqual([]);
  });
});

describe('what is proposed for a database', () => {
  it('names it by its Compose service, with the user’s database and the command for the read-only user', () => {
    const plan = detect([container('db', 'postgres:18', { env: { POSTGRES_USER: 'shop', POSTGRES_DB: 'orders' } })]);
    expect(plan.env).toEqual({
      MODULES: 'node,containers,apps,blackbox,logs,postgres',
      APP_NETWORKS: 'shop_default',
      POSTGRES_INSTANCES: 'db=postgresql://pharos_monitor@db:5432/orders?sslmode=disable',
    });
    expect(plan.passwords).toEqual(['postgres_db_password']);
    expect(plan.manual.map(({ command }) => command)).toEqual([
      'docker exec -i shop-db-1 psql -U shop -d orders -v ON_ERROR_STOP=1 -v password="$(cat secrets/postgres_db_password)" -f - < exporters/postgres/monitor-user.sql',
    ]);
  });

  it('follows the port that its command or environment sets', () => {
    expect(detect([container('db', 'postgres', { commandPort: 5433 })]).manual[0]?.command).toContain(' -p 5433 ');
    expect(detect([container('cache', 'redis', { commandPort: 6380 })]).env).toMatchObject({ REDIS_INSTANCES: 'cache=redis://cache:6380' });
  });

  it('says where the password of a Redis goes that asks for one', () => {
    const [open, locked] = [[], ['redis']].map((names) => detect([container('cache', 'redis', { passwords: new Set(names) })]).manual);
    expect(open).toEqual([]);
    expect(locked?.[0]?.command).toContain('secrets/redis_cache_password');
  });

  it('keeps two projects’ databases apart: by container, because one service name leads to both', () => {
    const other = { composeProject: 'blog', name: 'blog-db-1', networks: [{ name: 'blog_default', aliases: ['db', 'blog-db-1'] }] };
    const { POSTGRES_INSTANCES, APP_NETWORKS } = detect([container('db', 'postgres'), container('db', 'postgres', other)]).env;
    expect(POSTGRES_INSTANCES?.replaceAll(/pharos_monitor@|postgresql:\/\/|\?sslmode=disable/g, '')).toBe(
      'shop-db=shop-db-1:5432/postgres,blog-db=blog-db-1:5432/postgres',
    );
    expect(APP_NETWORKS).toBe('blog_default,shop_default');
  });

  it('adds to what is configured, and takes no instance name twice', () => {
    const env = 'MODULES=postgres,node\nPOSTGRES_INSTANCES=db=postgresql://me@elsewhere/x\nAPP_NETWORKS=front\n';
    expect(detect([container('db', 'postgres')], env).env).toEqual({
      APP_NETWORKS: 'front,shop_default',
      POSTGRES_INSTANCES: 'db=postgresql://me@elsewhere/x,shop-db-1=postgresql://pharos_monitor@db:5432/postgres?sslmode=disable',
    });
  });

  it('says where a container runs whose name could be another server’s', () => {
    const { env } = detect([container('db.old', 'postgres'), container('cache', 'redis')], 'TARGET_SERVERS=far=db-1\n');
    expect(env['TARGET_SERVERS']).toBe('far=db-1,db.old=vps-1');
    expect(detect([container('db.old', 'postgres')], 'TARGET_SERVERS=db.old=db-1\n').env).not.toHaveProperty('TARGET_SERVERS');
  });

  it('results in settings that are valid', () => {
    const plan = detect([container('My_DB', 'postgres'), container('cache', 'redis')], 'MODULES=node,redis\n');
    const after = plan.changes[0]?.after ?? '';
    expect(errorsOf(readSettings(parseEnvFile(after, '.env').entries, '.env').problems)).toEqual([]);
    expect(after).toContain('my-db=postgresql://pharos_monitor@My_DB:5432');
  });
});

describe('what is proposed for an application', () => {
  const labels = { 'prometheus.scrape': 'true', 'prometheus.port': '9464', 'prometheus.path': '/internal/metrics' };

  it('is a target file of its own, with port and path of its labels', () => {
    const { changes } = detect([container('web', 'my/web', { labels, ports: [80] })], 'APP_NETWORKS=shop_default\n');
    expect(changes.map(({ path }) => path)).toEqual(['prometheus/targets/apps/shop-web.yml']);
    expect(parse(changes[0]?.after ?? '')).toEqual([
      { targets: ['web:9464'], labels: { instance: 'web', service: 'web', __metrics_path__: '/internal/metrics' } },
    ]);
  });

  it('is one target, whatever the number of its networks, on one that the stack has joined', () => {
    const networks = ['a', 'b', 'c'].map((name) => ({ name, aliases: ['web', 'shop-web-1'] }));
    const { changes, env } = detect([container('web', 'my/web', { labels, networks })], 'APP_NETWORKS=b\n');
    expect(env).toEqual({});
    expect(parse(changes[0]?.after ?? '')).toHaveLength(1);
  });

  it('joins the network on which most containers are', () => {
    const networks = [
      { name: 'a_front', aliases: ['web'] },
      { name: 'shop_default', aliases: ['web'] },
    ];
    const { env } = detect([container('web', 'my/web', { labels, networks }), container('cache', 'redis')]);
    expect(env['APP_NETWORKS']).toBe('shop_default');
  });

  it('needs no joining on the stack’s own network', () => {
    const { env } = detect([container('web', 'my/web', { labels, networks: [{ name: OWN, aliases: ['web'] }] })]);
    expect(env).toEqual({});
  });

  it('gives each replica an entry, under its container’s name', () => {
    const second = { name: 'shop-web-2', networks: [{ name: 'shop_default', aliases: ['web', 'shop-web-2'] }] };
    const { changes } = detect([container('web', 'my/web', { labels }), container('web', 'my/web', { labels, ...second })]);
    const file = changes.find(({ path }) => path.endsWith('shop-web.yml'));
    const entries = parse(file?.after ?? '') as { targets: string[]; labels: { instance: string; service: string } }[];
    expect(entries.map(({ targets, labels: { instance, service } }) => [targets[0], instance, service])).toEqual([
      ['shop-web-1:9464', 'shop-web-1', 'web'],
      ['shop-web-2:9464', 'shop-web-2', 'web'],
    ]);
  });

  it('does not take a service of the stack for it', () => {
    const answers = [metrics(3000)];
    const { changes } = detect([container('grafana', 'grafana/grafana', { answers })]);
    expect(changes.at(-1)?.after).toContain("'shop-grafana-1:3000'");
    const named = { answers, name: 'loki', composeService: 'loki', networks: [{ name: 'shop_default', aliases: ['loki'] }] };
    expect(detect([container('loki', 'grafana/loki', named)]).changes.at(-1)?.after).toContain("'loki.shop_default:3000'");
  });

  it('says where a container runs whose name could be another server’s', () => {
    const { changes } = detect([container('web.shop', 'my/web', { labels, ports: [80] })], 'APP_NETWORKS=shop_default\n');
    expect(parse(changes[0]?.after ?? '')).toMatchObject([{ targets: ['web.shop:9464'], labels: { server: 'vps-1' } }]);
  });

  it('asks for the port where the label leaves it open', () => {
    const plan = detect([container('web', 'my/web', { labels: { 'prometheus.scrape': 'true' }, ports: [80, 81] })]);
    expect(plan.changes).toEqual([]);
    expect(plan.manual[0]?.command).toContain('prometheus.port');
  });

  it.each(['x', '', '70000', "1', evil: '2", '80\n- targets: [evil:1]'])('takes no port from a label that names none: %j', (port) => {
    const wrong = { 'prometheus.scrape': 'true', 'prometheus.port': port };
    const { changes } = detect([container('web', 'my/web', { labels: wrong, answers: [metrics(3000)], ports: [80, 3000] })]);
    const file = changes.find(({ path }) => path.includes('targets'));
    expect(parse(file?.after ?? '')).toEqual([{ targets: ['web:3000'], labels: { instance: 'web', service: 'web' } }]);
    expect(detect([container('web', 'my/web', { labels: wrong, ports: [80, 81] })]).manual[0]?.command).toContain('prometheus.port');
  });

  it('writes names that YAML would misread as text', () => {
    const { changes } = detect([container('1234', 'my/web', { labels }), container('on', 'my/web', { labels })]);
    for (const { after } of changes.filter(({ path }) => path.includes('targets')))
      expect(typeof (parse(after) as { labels: { service: unknown } }[])[0]?.labels.service).toBe('string');
  });
});

describe('what is proposed for a page', () => {
  it('is a probe that succeeds now', () => {
    const { changes } = detect([container('web', 'nginx', { answers: [page(80, '/health', 200)] })]);
    expect(parse(changes.at(-1)?.after ?? '')).toEqual([{ targets: ['http://web:80/health'], labels: { service: 'web' } }]);
    const other = detect([container('web', 'nginx', { answers: [page(80, '/', 401)] })]).changes.at(-1)?.after ?? '';
    expect(parse(other)).toMatchObject([{ labels: { module: 'http_any' } }]);
  });
});
