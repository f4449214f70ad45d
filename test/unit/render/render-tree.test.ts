import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { renderTree } from '../../../scripts/render/tree.ts';
import { readSettings } from '../../../scripts/settings/settings.ts';
import { modules as allModules } from '../../../scripts/modules/index.ts';

const rule = (name: string): string => `groups: [{ name: g, rules: [{ alert: ${name}, expr: up == 0, annotations: { summary: s } }] }]\n`;

it('gives every alert the address of the page that is demanded for it, also those of the user’s own', () => {
  const { tree, problems } = renderTree({
    sources: new Map([
      ['prometheus/rules/shop.yml', rule('ShopClosed')],
      ['prometheus/rules/redis.yml', rule('RedisDown')],
    ]),
    settings: { ...readSettings([], '.env').settings.plain, PUBLIC_HOST: 'monitor', HISTORY_PORT: 9095 },
    host: { serverName: 'host', gateway: '172.30.0.1' },
    all: allModules,
    modules: allModules,
    services: new Set(),
    secretFiles: [],
    alertmanager: (config) => ({ config, secretFiles: [] }) as never,
  });
  const urlIn = (file: string): unknown => parse(tree.get(`prometheus/rules/${file}.yml`) ?? '').groups[0].rules[0].annotations.runbook_url;
  expect(urlIn('shop')).toBe('http://monitor:9095/runbooks/shop/ShopClosed');
  expect(urlIn('redis')).toBe('http://monitor:9095/runbooks/redis/RedisDown');
  expect(problems.filter(({ message }) => message.includes('ShopClosed'))).toEqual([]);
});

it('puts maintenance windows into the routes, and a wrong one among the problems of Alertmanager', () => {
  const rendered = (windows: string) =>
    renderTree({
      sources: new Map([
        ['alertmanager/alertmanager.yml', 'route: { receiver: team }\nreceivers: [{ name: team }]\n'],
        ['alertmanager/windows.yml', windows],
      ]),
      settings: readSettings([], '.env').settings.plain,
      host: { serverName: 'host', gateway: '172.30.0.1' },
      all: allModules,
      modules: allModules,
      services: new Set(),
      secretFiles: [],
      alertmanager: (config) => ({ config, secretFiles: [], fallenBack: [] }) as never,
    });
  const text = 'windows:\n  - name: night\n    server: db1\n    time_intervals: [{ weekdays: [monday] }]\n';
  const { tree, problems, alertmanagerProblems } = rendered(text);
  expect([...problems, ...alertmanagerProblems]).toEqual([]);
  expect(parse(tree.get('alertmanager/alertmanager.yml') ?? '')).toMatchObject({
    route: { receiver: 'team', routes: [{ mute_time_intervals: ['window night'] }] },
    time_intervals: [{ name: 'window night', time_intervals: [{ weekdays: ['monday'] }] }],
  });
  // `status` reads it there.
  expect(tree.get('alertmanager/windows.yml')).toContain('night');
  expect(rendered(text.replace('monday', 'mnday')).alertmanagerProblems).toMatchObject([
    { place: 'alertmanager/windows.yml:4', message: '"mnday" is not one of weekdays' },
  ]);
  expect(rendered(text.replace('windows:', 'windows: [')).problems[0]?.place).toMatch(/^alertmanager\/windows\.yml:\d+$/);
});
