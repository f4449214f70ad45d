import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Failure } from '../../scripts/base/failure.ts';
import { compose, mergeCompose } from '../../scripts/engine/compose.ts';
import { exec } from '../../scripts/base/exec.ts';
import { describeWithEngine } from '../support/engine.ts';

const MODEL = 'services:\n  a: { image: a, container_name: "${WHO:-nobody}" }\n  b: { image: b, profiles: [extra] }\n';
let root: string;

/** Two projects in one folder: what is checked in, and what was published. Only `docker compose config` runs, which needs no engine. */
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pharos-compose-'));
  mkdirSync(join(root, '.effective'));
  writeFileSync(join(root, 'docker-compose.yml'), MODEL);
  writeFileSync(join(root, '.effective/compose.yml'), `name: mine\n${MODEL}`);
  writeFileSync(join(root, '.env'), 'COMPOSE_PROJECT_NAME=later\nWHO=env-file\n');
  writeFileSync(join(root, 'other.env'), 'WHO=other\n');
  for (const [key, value] of Object.entries({
    COMPOSE_PROJECT_NAME: 'other',
    COMPOSE_FILE: 'nowhere.yml',
    COMPOSE_PROFILES: 'extra',
    COMPOSE_ENV_FILES: join(root, 'other.env'),
  }))
    vi.stubEnv(key, value);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true });
});

describeWithEngine('variables of Compose that the caller exported', () => {
  it('do not reach the published stack', async () => {
    const { code, stdout, stderr } = await compose(exec, root, ['config', '--format', 'json']);
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ name: 'mine', services: { a: { container_name: 'nobody' } } });
    expect(Object.keys(JSON.parse(stdout).services)).toEqual(['a']);
  });

  it('do not reach what is rendered', async () => {
    const model = await mergeCompose(exec, root, [], { COMPOSE_PROJECT_NAME: 'mine' });
    expect(model.name).toBe('mine');
    expect(Object.keys(model.services)).toEqual(['a']);
  });
});

describeWithEngine('a Compose file that is not valid', () => {
  const placeOf = async (): Promise<string | undefined> =>
    mergeCompose(exec, root, [], { COMPOSE_PROJECT_NAME: 'mine' }).then(
      () => undefined,
      (failure: Failure) => failure.problems[0]?.place,
    );

  it.each(['services: [\n', 'services:\n  a: { imagee: x }\n', 'services:\n  c: { restart: always }\n'])(
    'is the override where only that is broken: %j',
    async (override) => {
      writeFileSync(join(root, 'docker-compose.override.yml'), override);
      expect(await placeOf()).toBe('docker-compose.override.yml');
    },
  );

  it('is the checked-in one where that is broken, with an override or without', async () => {
    writeFileSync(join(root, 'docker-compose.yml'), 'services: [\n');
    expect(await placeOf()).toBe('docker-compose.yml');
    writeFileSync(join(root, 'docker-compose.override.yml'), 'services: {}\n');
    expect(await placeOf()).toBe('docker-compose.yml');
  });
});
