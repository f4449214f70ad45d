import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseEnvFile } from '../../scripts/base/env-file.ts';
import { readSettings } from '../../scripts/settings/settings.ts';
import { E2eStack, sh, type Ended } from '../support/e2e-stack.ts';

// Needs no engine: the copy is made of files.
const PROJECT = 'pharos-new';
let stack: E2eStack;
let place: string;

const read = (...path: readonly string[]): string => readFileSync(join(place, ...path), 'utf8');
const settingsOf = (folder: string) => {
  const { settings, problems } = readSettings(parseEnvFile(read(folder, '.env'), '.env').entries, '.env');
  expect(problems).toEqual([]);
  return settings.plain;
};
/** Without the runner's own name in git's settings, as on a fresh machine. */
const bare = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1', NO_COLOR: '1' };
const make = async (folder: string, env: Record<string, string> = {}): Promise<Ended> =>
  sh([process.execPath, join(stack.folder, 'scripts/start.mjs'), 'new', folder], { cwd: stack.folder, env: { ...bare, ...env } });

beforeAll(async () => {
  stack = await E2eStack.create(PROJECT);
  place = `${stack.folder}-copies`;
  mkdirSync(place);
  stack.write('secrets/postgres_shop_password', 'hidden');
  stack.write('.effective/compose.yml', 'services: {}\n');
  stack.write('debug.log', 'x');
  stack.write('prometheus/targets/apps/old.yml', '- targets: [old:1]\n');
});
afterAll(async () => {
  rmSync(place, { recursive: true, force: true });
  await stack.destroy();
});

describe('new, from a folder without git', () => {
  it('copies everything but state, secrets and what .gitignore names, and says what to edit first', async () => {
    const { code, stdout } = await make(join(place, 'plain'));
    expect(code).toBe(0);
    for (const name of ['.env', 'prometheus/targets/apps/', 'alertmanager/alertmanager.yml'])
      expect(stdout).toMatch(new RegExp(`^  ${name} {2,}\\S`, 'm'));
    expect(stdout).toContain('prometheus/targets/apps/old.yml');
    for (const name of ['secrets', '.effective', 'node_modules', 'debug.log'])
      expect(existsSync(join(place, 'plain', name)), name).toBe(false);
    for (const name of ['package.json', '.gitignore', 'scripts/new.ts', '.env.example'])
      expect(read('plain', name), name).toBe(stack.read(name));
  });

  it('gives it settings of its own that are valid', () => {
    const settings = settingsOf('plain');
    expect(settings.COMPOSE_PROJECT_NAME).toBe('plain');
    expect(settings.GRAFANA_PORT - 3001).toBeGreaterThan(0);
    expect(settings.PROMETHEUS_PORT - 9090).toBe(settings.GRAFANA_PORT - 3001);
    expect(settings.NODE_EXPORTER_PORT).toBe(9100);
    expect(statSync(join(place, 'plain/.env')).mode & 0o777).toBe(0o600);
  });

  it('leaves a first commit without .env', async () => {
    const tracked = (await sh(['git', 'ls-files'], { cwd: join(place, 'plain') })).stdout;
    expect((await sh(['git', 'status', '--porcelain'], { cwd: join(place, 'plain') })).stdout).toBe('');
    expect(tracked).toContain('docker-compose.yml');
    expect(tracked.split('\n')).not.toContain('.env');
  });
});

describe('new, from a repository', () => {
  beforeAll(async () => {
    for (const command of ['git init -q', 'git add -A', 'git -c user.name=t -c user.email=t@t commit -qm t'])
      expect((await sh(command.split(' '), { cwd: stack.folder, env: bare })).code, command).toBe(0);
    stack.write('notes.txt', 'not tracked');
  });

  it('copies what is tracked, and takes a name and ports that neither a listener nor a stack beside it has', async () => {
    const busy = createServer();
    const port = settingsOf('plain').GRAFANA_PORT + 100;
    await new Promise<void>((resolve) => busy.once('error', () => resolve()).listen(port, '127.0.0.1', resolve));
    expect((await make(join(place, 'Shöp Monitoring!'))).code).toBe(0);
    busy.close();
    const settings = settingsOf('Shöp Monitoring!');
    expect(settings.COMPOSE_PROJECT_NAME).toBe('shop-monitoring');
    expect(settings.GRAFANA_PORT).toBeGreaterThan(port);
    expect(existsSync(join(place, 'Shöp Monitoring!/notes.txt'))).toBe(false);
    expect(existsSync(join(place, 'Shöp Monitoring!/secrets'))).toBe(false);
    expect((await make(join(place, 'shop-monitoring'))).code).toBe(0);
    expect(settingsOf('shop-monitoring').COMPOSE_PROJECT_NAME).toBe('shop-monitoring-2');
  });

  it('fills an empty folder', async () => {
    mkdirSync(join(place, 'empty'));
    expect((await make(join(place, 'empty'))).code).toBe(0);
    expect(existsSync(join(place, 'empty/package.json'))).toBe(true);
  });
});

describe('new, where git is missing', () => {
  it('makes the copy and says how to make the commit', async () => {
    const path = join(place, 'bin');
    mkdirSync(path);
    const { code, stderr } = await make(join(place, 'nogit'), { PATH: path });
    expect(code).toBe(0);
    expect(stderr).toContain('git is not installed here');
    expect(existsSync(join(place, 'nogit/package.json'))).toBe(true);
    expect(existsSync(join(place, 'nogit/.git'))).toBe(false);
  });

  it('says why where git refuses, and keeps the copy', async () => {
    const path = join(place, 'badbin');
    mkdirSync(path);
    writeFileSync(join(path, 'git'), '#!/bin/sh\n[ "$1" = --version ] || { echo "fatal: no room" >&2; exit 128; }\n');
    chmodSync(join(path, 'git'), 0o755);
    const { code, stderr } = await make(join(place, 'badgit'), { PATH: `${path}:${process.env['PATH'] ?? ''}` });
    expect(code).toBe(0);
    expect(stderr).toContain('has no first commit: fatal: no room');
    expect(existsSync(join(place, 'badgit/package.json'))).toBe(true);
  });
});

describe('new refuses', () => {
  it('a folder that is not empty, a file, one inside the stack, and one without a parent', async () => {
    mkdirSync(join(place, 'full'));
    writeFileSync(join(place, 'full/mine.txt'), 'mine');
    for (const [folder, says] of [
      [join(place, 'full'), 'is not empty'],
      [join(place, 'full/mine.txt'), 'is a file'],
      [stack.path('inner'), 'inside this stack’s folder'],
      [stack.folder, 'inside this stack’s folder'],
      [join(place, 'nowhere/deep'), 'there is no folder'],
    ] as const) {
      expect(await make(folder), folder).toMatchObject({ code: 2, stderr: expect.stringContaining(says) });
    }
    expect(readdirSync(join(place, 'full'))).toEqual(['mine.txt']);
    expect(existsSync(stack.path('inner'))).toBe(false);
    expect(existsSync(join(place, 'nowhere'))).toBe(false);
  });

  it('to guess the folder', async () => {
    expect((await make('')).stderr).toContain('npm run new -- ../shop-monitoring');
  });
});
