import { describe, expect, it } from 'vitest';
import { error } from '../../../scripts/base/problem.ts';
import { prometheusApi } from '../../../scripts/clients/prometheus.ts';
import type { CheckContext } from '../../../scripts/modules/check.ts';
import { linesAbout, serverCheck, type Servers } from '../../../scripts/modules/servers.ts';

const shop = { host: 'mysql' };
const blog = { host: 'blog-db' };

describe('the lines of a log about one of several servers', () => {
  it.each([
    ['those that name it', 'a blog-db:3306 is down\nb mysql:3306 is down\nc', 'b mysql:3306 is down'],
    ['without such a line those that name none', 'a blog-db:3306 is down\nError pinging mysqld: denied', 'Error pinging mysqld: denied'],
    ['none, where all name another', 'lookup blog-db. failed', ''],
  ])('are %s', (_, log, lines) => {
    expect(linesAbout(log, shop, [shop, blog])).toBe(lines);
  });

  it('are all of them where it is the only one', () => {
    expect(linesAbout('a\nb', shop, [shop])).toBe('a\nb');
  });
});

describe('the check of several servers, one of which refuses the exporter in a line without a host', () => {
  const servers: Servers = {
    setting: 'POOL_INSTANCES',
    exporter: 'pool-exporter',
    port: 6432,
    schemes: ['postgres'],
    up: 'pool_up',
    refused: /denied/,
    refusal: ({ name }, log) => error(name, log === '' ? 'does not answer' : log),
    hasUser: true,
  };
  const instances = ['shop', 'blog'].map((name) => ({
    name,
    url: `postgres://${name}-db`,
    host: `${name}-db`,
    port: 6432,
    user: 'pharos',
  }));
  const findings = async (up: Readonly<Record<string, number>>) => {
    const samples = Object.entries(up).map(([instance, value]) => ({ labels: { instance }, value, atMs: 0 }));
    const context: CheckContext = {
      prometheus: prometheusApi('http://127.0.0.1:1'),
      at: (port) => `127.0.0.1:${port}`,
      services: new Set(['pool-exporter']),
      current: async () => Promise.resolve({ samples, addresses: [] }),
      log: async () => Promise.resolve({ all: 'denied', recent: 'denied' }),
      running: async () => Promise.resolve([]),
    };
    return (await serverCheck('pool', servers, instances, context).run()).map(
      ({ place, final }) => `${place} ${final ? 'final' : 'again'}`,
    );
  };

  it('waits for a sample of each before it blames one', async () => {
    expect(await findings({})).toEqual(['shop again', 'blog again']);
    expect(await findings({ blog: 0 })).toEqual(['shop again', 'blog final']);
    expect(await findings({ shop: 1, blog: 0 })).toEqual(['blog final']);
  });
});
