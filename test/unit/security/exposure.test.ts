import { chmodSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { exposureCollector } from '../../../exporters/security/collect-files.ts';
import { hostFolder, valueOf } from '../../support/host-folder.ts';

const host = hostFolder();

describe('secrets of the stack', () => {
  const exposed = async (): Promise<string[]> => {
    const found = await exposureCollector(host.path).collect(0);
    const samples = found.families.find(({ name }) => name === 'security_secret_exposed')?.samples ?? [];
    expect(samples.map(({ labels }) => labels?.['path'])).toEqual(expect.arrayContaining(['.env', 'secrets']));
    const open = samples.filter(({ value }) => value === 1);
    expect(valueOf(found, 'security_secrets_exposed')).toBe(open.length);
    return open.map(({ labels }) => labels?.['path'] ?? '');
  };
  beforeEach(() => {
    chmodSync(host.path, 0o755);
    host.put('/.env', 'X=1', 0o600);
    host.put('/.env.example', 'X=', 0o644);
    host.put('/secrets/a', 'x', 0o444);
    host.put('/secrets/b', 'x', 0o400);
    chmodSync(`${host.path}/secrets`, 0o700);
  });

  it('are safe behind a closed folder', async () => {
    expect(await exposed()).toEqual([]);
  });
  it('are open where the settings or the folder are', async () => {
    chmodSync(`${host.path}/.env`, 0o644);
    expect(await exposed()).toEqual(['.env']);
    chmodSync(`${host.path}/.env`, 0o600);
    host.put('/.env.backup', 'X=1', 0o604);
    expect(await exposed()).toEqual(['.env.backup']);
    chmodSync(`${host.path}/.env.backup`, 0o640);
    host.put('/.env~', 'X=1', 0o644);
    expect(await exposed()).toEqual(['.env~']);
    chmodSync(`${host.path}/.env~`, 0o600);
    chmodSync(`${host.path}/secrets`, 0o711);
    expect(await exposed()).toEqual(['secrets', 'secrets/a']);
  });
  it('are safe in a checkout that others cannot enter', async () => {
    chmodSync(`${host.path}/.env`, 0o644);
    chmodSync(`${host.path}/secrets`, 0o755);
    host.put('/exporters/node/textfile/a.prom', 'x 1', 0o666);
    chmodSync(host.path, 0o711);
    expect(await exposed()).toEqual(['.env', 'secrets', 'secrets/a']);
    chmodSync(host.path, 0o744);
    expect(await exposed()).toEqual([]);
    expect(valueOf(await exposureCollector(host.path).collect(0), 'security_textfiles_exposed')).toBe(0);
  });
  it('are shown up to a bound, and all counted', async () => {
    chmodSync(`${host.path}/secrets`, 0o755);
    for (let i = 0; i < 60; i++) host.put(`/secrets/c${i}`, 'x', 0o444);
    const found = await exposureCollector(host.path).collect(0);
    const samples = found.families.find(({ name }) => name === 'security_secret_exposed')?.samples ?? [];
    expect(samples.map(({ value }) => value)).toEqual([...Array.from({ length: 50 }, () => 1), 0]);
    // The folder, the one file of the others that is open to all, and the new ones.
    expect(valueOf(found, 'security_secrets_exposed')).toBe(62);
  });
  it('do not hold the folder of metrics, which others must not write to', async () => {
    host.put('/exporters/node/textfile/a.prom', 'x 1', 0o644);
    const count = async () => valueOf(await exposureCollector(host.path).collect(0), 'security_textfiles_exposed');
    expect(await count()).toBe(0);
    chmodSync(`${host.path}/exporters/node/textfile/a.prom`, 0o666);
    expect(await count()).toBe(1);
    chmodSync(`${host.path}/exporters/node/textfile`, 0o777);
    expect(await count()).toBe(2);
  });
  it('say where there is no stack', async () => {
    expect((await exposureCollector(`${host.path}/absent`).collect(0)).sources).toEqual([{ path: 'the stack', state: 'absent' }]);
  });
});
