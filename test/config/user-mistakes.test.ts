import type Docker from 'dockerode';
import { describe, expect, it } from 'vitest';
import { parseEnvFile } from '../../scripts/base/env-file.ts';
import { appNetworkProblems } from '../../scripts/engine/networks.ts';
import { renderTree } from '../../scripts/render/tree.ts';
import { planSecrets } from '../../scripts/settings/secrets.ts';
import { readSettings } from '../../scripts/settings/settings.ts';

/** The problems of a `.env`, as every command finds them. */
const problemsOf = (text: string) => {
  const file = parseEnvFile(text, '.env');
  return [...file.problems, ...readSettings(file.entries, '.env').problems];
};

describe('a mistake in .env is refused with its line, the reason and the way out', () => {
  it.each([
    ['an unknown key', 'GRAFANA_PROT=3', 1, 'GRAFANA_PROT is not a setting', 'Did you mean GRAFANA_PORT?'],
    ['a key twice', 'GRAFANA_PORT=3\nGRAFANA_PORT=4', 2, 'is set a second time (first in line 1)', 'Keep one of the two lines.'],
    ['an unquoted #', 'DEADMAN_URL=http://x/#a', 1, 'unquoted #', "DEADMAN_URL='…'"],
    ['an unquoted $', 'DEADMAN_URL=http://x/$a', 1, '$ outside single quotes', "DEADMAN_URL='…'"],
    [
      'a module without its instances',
      'MODULES=redis\nREDIS_INSTANCES=',
      2,
      'REDIS_INSTANCES is empty, but MODULES turns redis on',
      'npm run detect',
    ],
    [
      'a password in an address',
      'MODULES=redis\nREDIS_INSTANCES=cache=redis://:s3cret@shop-cache:6379',
      2,
      'holds a password',
      'secrets/redis_cache_password',
    ],
    ['a secret of the wrong shape', 'PAGERDUTY_ROUTING_KEY=short', 1, 'PAGERDUTY_ROUTING_KEY', '32 letters and digits'],
  ])('%s', (_, text, line, message, fix) => {
    const problem = problemsOf(`${text}\n`).find(({ place }) => place === `.env:${line}`);
    expect(problem).toMatchObject({ severity: 'error', message: expect.stringContaining(message) });
    expect(`${problem?.message ?? ''} ${problem?.fix ?? ''}`).toContain(fix);
    expect(JSON.stringify(problem)).not.toContain('s3cret');
  });

  it('Windows line ends', () => {
    expect(problemsOf('GRAFANA_PORT=3001\r\n')).toContainEqual(
      expect.objectContaining({
        severity: 'error',
        message: expect.stringContaining('CRLF'),
        fix: expect.stringContaining("sed -i 's/\\r$//' .env"),
      }),
    );
  });
});

describe('a mistake in another file is refused with its place, the reason and the way out', () => {
  const { settings } = readSettings([], '.env');
  const rendered = (path: string, text: string) =>
    renderTree({
      sources: new Map([[path, text]]),
      settings: settings.plain,
      host: { serverName: 'host', gateway: '172.30.0.1' },
      all: [],
      modules: [],
      services: new Set(),
      secretFiles: [],
      alertmanager: (config) => ({ config, secretFiles: [] }) as never,
    }).problems;

  it('an empty secret', () => {
    expect(planSecrets(settings, new Map([['webhook_url', '']])).problems).toMatchObject([
      { severity: 'error', place: 'secrets/webhook_url', message: 'is empty' },
    ]);
  });

  it('a scrape file that is not YAML', () => {
    expect(rendered('prometheus/scrape/mine.yml', 'scrape_configs: [\n')[0]).toMatchObject({
      severity: 'error',
      place: expect.stringMatching(/^prometheus\/scrape\/mine\.yml:\d+$/),
    });
  });

  it('a target file of the wrong form', () => {
    expect(rendered('prometheus/targets/apps/bad.yml', 'targets: [x]\n')).toMatchObject([
      {
        severity: 'error',
        place: 'prometheus/targets/apps/bad.yml',
        message: 'is not a list of target groups',
        fix: expect.stringContaining('- targets: [shop-backend:3000]'),
      },
    ]);
  });

  it.each([
    ['shop_nowhere', 'names the network "shop_nowhere", which does not exist (there are shop)', 'docker network create shop_nowhere'],
    ['bridge', 'names "bridge", on which containers have no names', 'docker network connect shop <container>'],
  ])('the network %s', async (name, message, fix) => {
    const docker = { listNetworks: async () => ['bridge', 'host', 'none', 'shop'].map((Name) => ({ Name, Driver: 'bridge' })) };
    const { settings: asked } = readSettings(parseEnvFile(`APP_NETWORKS=${name}\n`, '.env').entries, '.env');
    expect(await appNetworkProblems(docker as unknown as Docker, asked.plain)).toMatchObject([
      { severity: 'error', message: expect.stringContaining(message), fix: expect.stringContaining(fix) },
    ]);
  });
});
