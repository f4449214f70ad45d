import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { planDiff, type DetectPlan } from '../../../scripts/detect/plan.ts';
import { parseEnvFile } from '../../../scripts/base/env-file.ts';
import { readSettings } from '../../../scripts/settings/settings.ts';
import type { EngineFacts } from '../../../scripts/modules/facts.ts';
import { container, detect, metrics, page } from '../../support/detect-fixture.ts';

describe('what is there already', () => {
  const all = [
    container('db', 'postgres'),
    container('cache', 'redis'),
    container('web', 'my/web', { answers: [metrics(3000)] }),
    container('site', 'nginx', { answers: [page(80, '/', 200)] }),
  ];

  it('is not proposed again once it was written', () => {
    const first = detect(all);
    const files = Object.fromEntries(first.changes.filter(({ path }) => path !== '.env').map(({ path, after }) => [path, after]));
    const second = detect(all, first.changes[0]?.after, files);
    expect(second).toMatchObject({ changes: [], passwords: [], manual: [], problems: [] });
    expect(second.found.map(({ state }) => state)).toEqual(Array(4).fill('watched already'));
  });

  it('is known by any of its names, and by a probe of BLACKBOX_TARGETS', () => {
    const env = [
      'MODULES=postgres,apps,blackbox',
      'APP_NETWORKS=shop_default',
      'POSTGRES_INSTANCES=main=postgresql://me@shop-db-1/x',
      'BLACKBOX_TARGETS=http://shop-site-1/login',
      '',
    ].join('\n');
    const files = { 'prometheus/targets/apps/mine.yml': '- targets: [shop-web-1:3000]\n' };
    expect(
      detect(
        [all[0], all[2], all[3]].filter((one) => one !== undefined),
        env,
        files,
      ).changes,
    ).toEqual([]);
  });

  it('still needs its network joined', () => {
    const env = 'MODULES=redis\nREDIS_INSTANCES=cache=redis://cache\n';
    expect(detect([container('cache', 'redis')], env).env).toEqual({ APP_NETWORKS: 'shop_default' });
  });

  it('is a file of the user’s that is never overwritten', () => {
    const path = 'prometheus/targets/apps/shop-web.yml';
    const plan = detect([container('web', 'my/web', { answers: [metrics(3000)] })], undefined, { [path]: '- targets: [other:1]\n' });
    expect(plan.changes.map((change) => change.path)).not.toContain(path);
    expect(plan.problems).toEqual([
      expect.objectContaining({ severity: 'warning', place: path, fix: expect.stringContaining("['web:3000']") }),
    ]);
  });
});

describe('an odd container', () => {
  const good = container('cache', 'redis');
  const odd = (image: string, more: Partial<EngineFacts>): DetectPlan => detect([container('odd', image, more), good]);
  const envOf = (plan: DetectPlan): string => plan.changes.find(({ path }) => path === '.env')?.after ?? '';

  it('with a database name that .env cannot hold is proposed with that name encoded', () => {
    const plan = odd('postgres', { env: { POSTGRES_DB: "o'brien" } });
    expect(readSettings(parseEnvFile(envOf(plan), '.env').entries, '.env').settings.plain.POSTGRES_INSTANCES[0]?.url).toContain(
      '/o%27brien?',
    );
    expect(plan.manual[0]?.command).toContain(`-d 'o'\\''brien'`);
  });

  it.each([
    ['postgres', { env: { PGPORT: 'abc' } }, 'odd:5432/', 'PGPORT "abc"'],
    ['postgres', { commandPort: 99_999 }, 'odd:5432/', '"99999"'],
    ['redis', { env: { REDIS_PORT_NUMBER: '70000' } }, 'odd:6379', 'REDIS_PORT_NUMBER "70000"'],
  ])('%s with %j has the usual port, and a warning', (image, more, url, message) => {
    const plan = odd(image, more);
    expect(envOf(plan)).toContain(url);
    expect(plan.problems).toEqual([
      expect.objectContaining({ severity: 'warning', place: 'container shop-odd-1', message: expect.stringContaining(message) }),
    ]);
  });

  it.each(["shop's", 'a,b', 'a\nb'])('on the network %j is skipped with a warning, and the others are proposed', (name) => {
    const plan = odd('postgres', { networks: [{ name, aliases: ['odd'] }] });
    expect(plan.problems).toEqual([
      expect.objectContaining({ severity: 'warning', place: 'container shop-odd-1', message: expect.stringContaining('its network') }),
    ]);
    expect(plan.env).toEqual({
      MODULES: expect.stringMatching(/,redis$/),
      APP_NETWORKS: 'shop_default',
      REDIS_INSTANCES: 'cache=redis://cache:6379',
    });
    const both = odd('postgres', { networks: [name, 'zzz'].map((network) => ({ name: network, aliases: ['odd'] })) });
    expect(both.env['APP_NETWORKS']).toBe('shop_default,zzz');
  });

  it('with an address that is none is skipped with a warning', () => {
    const name = 'a b';
    const networks = [{ name: 'shop_default', aliases: [name] }];
    for (const image of ['postgres', 'my/web']) {
      const plan = odd(image, { composeService: name, networks, labels: { 'prometheus.scrape': 'true', 'prometheus.port': '80' } });
      expect(plan.problems[0]).toMatchObject({ severity: 'warning', place: 'container shop-odd-1' });
      expect(plan.found.map((found) => found.container)).toEqual(['shop-cache-1']);
    }
  });

  it.each(['/a\nb', '/a b', '@elsewhere/ x'])('with the path %j has the usual one, and a file that is YAML', (path) => {
    const plan = odd('my/web', {
      composeService: 'odd\nservice',
      networks: [{ name: 'shop_default', aliases: ['shop-odd-1'] }],
      labels: { 'prometheus.scrape': 'true', 'prometheus.port': '80', 'prometheus.path': path },
    });
    const file = plan.changes.find((change) => change.path.includes('targets'))?.after ?? '';
    expect(parse(file)).toEqual([{ targets: ['shop-odd-1:80'], labels: { instance: 'odd-service', service: 'odd\nservice' } }]);
    expect(plan.problems).toEqual([expect.objectContaining({ message: expect.stringContaining('prometheus.path') })]);
  });
});

describe('containers without a name', () => {
  it.each([
    ['bridge', 'docker network connect shop shop-db-1'],
    ['host', 'POSTGRES_INSTANCES in .env'],
    ['other', 'POSTGRES_INSTANCES in .env'],
  ] as const)('on %s are reported, not proposed', (networkMode, fix) => {
    const plan = detect([container('db', 'postgres', { networkMode, networks: [] })]);
    expect(plan).toMatchObject({ changes: [], passwords: [], manual: [], found: [{ state: 'out of reach' }] });
    expect(plan.problems).toEqual([expect.objectContaining({ severity: 'warning', fix: expect.stringContaining(fix) })]);
  });
});

describe('planDiff', () => {
  it('shows changed and added lines and no others: the lines around them may be secrets', () => {
    const env = 'GRAFANA_ADMIN_PASSWORD=hidden-hidden\nMODULES=node\nPAGERDUTY_ROUTING_KEY=hidden\n';
    const diff = planDiff(detect([container('cache', 'redis')], env));
    expect(diff).toBe(
      [
        '--- .env',
        '+++ .env',
        '@@ -2 +2 @@',
        '-MODULES=node',
        '+MODULES=node,redis',
        '@@ -3,0 +4,2 @@',
        '+APP_NETWORKS=shop_default',
        '+REDIS_INSTANCES=cache=redis://cache:6379',
      ].join('\n'),
    );
  });

  it('is one that patch understands', () => {
    const { changes } = detect([container('web', 'my/web', { answers: [metrics(3000)] })]);
    expect(changes.at(-1)?.before).toBeUndefined();
    expect(planDiff(detect([container('web', 'my/web', { answers: [metrics(3000)] })]))).toContain(
      '--- /dev/null\n+++ prometheus/targets/apps/shop-web.yml\n@@ -0,0 +1,5 @@\n',
    );
  });
});
