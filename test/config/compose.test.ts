import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { composeProblems } from '../../scripts/render/compose-invariants.ts';
import type { ComposeModel, ComposeService } from '../../scripts/base/compose-model.ts';
import { demoParts } from '../../scripts/demo/plan.ts';
import { MODULE_NAMES } from '../../scripts/modules/index.ts';
import { mergeCompose } from '../../scripts/engine/compose.ts';
import { exec } from '../../scripts/base/exec.ts';
import { ROOT, readTree } from '../../scripts/base/files.ts';

const compose = (await exec(['docker', 'compose', 'version'])).code === 0;
const noCompose = process.env['PHAROS_NO_ENGINE'] ?? 'docker compose is not there';

const sound: ComposeService = {
  image: 'prom/prometheus:v3.13.2',
  user: '65534',
  read_only: true,
  cap_drop: ['ALL'],
  security_opt: ['no-new-privileges:true'],
  mem_limit: '1',
  mem_reservation: '1',
  pids_limit: 1,
  healthcheck: { test: ['CMD', 'true'] },
  restart: 'unless-stopped',
  stop_grace_period: '30s',
  logging: { options: { 'max-size': '1m', 'max-file': '1' } },
  ports: [{ host_ip: '127.0.0.1', target: 1, published: '1' }],
};
const found = (change: Partial<ComposeService>, name = 'x'): string[] =>
  composeProblems({ name: 'p', services: { [name]: { ...sound, ...change } } }, '127.0.0.1').map(({ message }) => message);

describe('composeProblems', () => {
  it('is content with a sound service', () => {
    expect(found({})).toEqual([]);
  });

  it.each<[Partial<ComposeService>, string]>([
    [{ read_only: false }, 'can write to its root'],
    [{ cap_drop: [] }, 'keeps capabilities'],
    [{ security_opt: [] }, 'may gain privileges'],
    [{ privileged: true }, 'is privileged'],
    [{ mem_limit: 0 }, 'no memory limit'],
    [{ mem_reservation: 0 }, 'no memory reservation'],
    [{ pids_limit: 0 }, 'no limit of processes'],
    [{ healthcheck: undefined } as unknown as Partial<ComposeService>, 'no health check'],
    [{ restart: 'no' }, 'does not restart'],
    [{ stop_grace_period: undefined }, 'no stop_grace_period'],
    [{ logging: {} }, 'unlimited logs'],
    [{ image: 'prom/prometheus' }, 'without a pinned version'],
    [{ image: 'prom/prometheus:latest' }, 'without a pinned version'],
    [{ user: '0:0' }, 'runs as root'],
    [{ user: undefined }, 'runs as root'],
    [{ network_mode: 'host' }, 'network of the host'],
    [{ volumes: [{ type: 'bind', source: '/var/run/docker.sock', target: '/s' }] }, 'Docker socket'],
    [{ ports: [{ target: 1, published: '1' }] }, 'publishes port 1 on every address'],
    [{ ports: [{ host_ip: '0.0.0.0', target: 1, published: '1' }] }, 'publishes port 1 on 0.0.0.0'],
  ])('%j', (change, message) => {
    expect(found(change)).toEqual([expect.stringContaining(message)]);
  });

  it('adds the memory of the core up', () => {
    const services = { prometheus: { ...sound, mem_limit: 1600 * 1024 ** 2 } };
    expect(composeProblems({ name: 'p', services }, '127.0.0.1')).toHaveLength(1);
  });
});

const BASE = { file: 'exporters/service.yml', service: 'base' };

/** Services that do not extend the base, or that would be on Compose's default network. */
function baseProblems([path, text]: readonly [string, string]): readonly string[] {
  const { services } = parse(text, { merge: true }) as { services: Record<string, ComposeService> };
  return Object.entries(services).flatMap(([name, service]) => [
    ...(isDeepStrictEqual(service['extends'], BASE) ? [] : [`${path}: ${name} does not extend base`]),
    ...('networks' in service || 'network_mode' in service
      ? []
      : [`${path}: ${name} names no network, and Compose would give it a new one`]),
  ]);
}

describe('the checked-in Compose files', () => {
  it('are valid as they stand, without a .env', async (context) => {
    if (!compose) context.skip(noCompose);
    const { code, stderr } = await exec([
      'docker',
      'compose',
      '--env-file',
      '/dev/null',
      '-f',
      join(ROOT, 'docker-compose.yml'),
      'config',
      '--quiet',
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('hold to the rules of the stack, in every profile', async (context) => {
    if (!compose) context.skip(noCompose);
    const model: ComposeModel = await mergeCompose(exec, ROOT, ['*'], {});
    expect(Object.keys(model.services).length).toBeGreaterThan(10);
    expect(composeProblems(model, '127.0.0.1')).toEqual([]);
  });

  it('let the example run the images that the stack runs', async () => {
    const texts = [...(await readTree(ROOT, 'exporters'))].filter(([path]) => path.endsWith('/compose.yml'));
    const imagesOf = (text: string): [string, string][] =>
      Object.entries((parse(text, { merge: true }) as { services: Record<string, ComposeService> }).services).map(([name, { image }]) => [
        name,
        /:-(.+)\}$/.exec(image)?.[1] ?? image,
      ]);
    const images = new Map([...texts.map(([, text]) => text), readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8')].flatMap(imagesOf));
    for (const [variable, { service, of }] of demoParts(MODULE_NAMES).flatMap(({ images: own }) => Object.entries(own))) {
      expect(images.get(of), variable).toMatch(/:.*\d/);
      expect(images.get(of), variable).toBe(images.get(service));
    }
  });

  it('have services that extend the base and name their own networks', async () => {
    const files = [...(await readTree(ROOT, 'exporters'))].filter(([path]) => path.endsWith('/compose.yml'));
    expect(files.length).toBeGreaterThan(9);
    const found = [['docker-compose.yml', readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8')] as const, ...files].flatMap(baseProblems);
    expect(found).toEqual([]);
  });

  it.each([
    ['services: { a: { networks: [n] } }', ['x.yml: a does not extend base']],
    ['services: { a: { extends: { file: other.yml, service: base }, network_mode: none } }', ['x.yml: a does not extend base']],
    [
      `services: { a: { extends: { file: ${BASE.file}, service: base } } }`,
      ['x.yml: a names no network, and Compose would give it a new one'],
    ],
  ])('finds what is wrong with %s', (text, problems) => {
    expect(baseProblems(['x.yml', text])).toEqual(problems);
  });
});
