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
