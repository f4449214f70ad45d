import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadProjectName } from '../../../scripts/settings/io.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pharos-name-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const nameIn = async (text: string): Promise<string> => {
  writeFileSync(join(root, '.env'), text, { mode: 0o600 });
  return loadProjectName(root);
};

it('is not guessed where its line cannot be read', async () => {
  await expect(nameIn('COMPOSE_PROJECT_NAME shop\n')).rejects.toThrow('.env:1');
});

describe('the name of the project', () => {
  it.each(['GRAFANA_PROT=1', 'GRAFANA_PORT=x', 'no line at all', 'GRAFANA_PORT=1\nGRAFANA_PORT=2'])(
    'is found beside a mistake: %j',
    async (line) => {
      expect(await nameIn(`COMPOSE_PROJECT_NAME=shop\n${line}\n`)).toBe('shop');
    },
  );

  it.each([
    'COMPOSE_PROJECT_NAM=shop',
    'COMPOSE_PROJECT_NAME=Shop!',
    'COMPOSE_PROJECT_NAME=a\nCOMPOSE_PROJECT_NAME=b',
    "COMPOSE_PROJECT_NAME='a",
  ])('is not guessed where that line is wrong: %j', async (line) => {
    await expect(nameIn(`${line}\n`)).rejects.toThrow(/COMPOSE_PROJECT_NAM/);
  });
});
