import { SECRETS } from '../../scripts/settings/secret-table.ts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CHANNEL_SETTINGS } from '../../scripts/settings/channels.ts';
import { composeEnv } from '../../scripts/settings/settings.ts';
import { parseEnvFile } from '../../scripts/base/env-file.ts';
import { readSettings } from '../../scripts/settings/settings.ts';
import { SETTINGS } from '../../scripts/settings/table.ts';
import { ROOT, readTree } from '../../scripts/base/files.ts';

const example = readFileSync(join(ROOT, '.env.example'), 'utf8');
const file = parseEnvFile(example, '.env.example');
const valueOf = (key: string): string | undefined => file.entries.find((entry) => entry.key === key)?.value;

describe('.env.example', () => {
  it('is well-formed and valid as it stands', () => {
    expect(file.problems).toEqual([]);
    expect(readSettings(file.entries, '.env.example').problems).toEqual([]);
  });

  it('names every setting and no other', () => {
    const known = [...Object.keys(SETTINGS), ...Object.keys(CHANNEL_SETTINGS), ...Object.keys(SECRETS)];
    expect(file.entries.map(({ key }) => key).sort()).toEqual(known.sort());
  });

  it('shows the default that the program has', () => {
    for (const [key, { fallback }] of Object.entries({ ...SETTINGS, ...CHANNEL_SETTINGS })) expect(valueOf(key), key).toBe(fallback);
  });

  it('explains every setting: a comment stands above it or above the block it begins', () => {
    const blocks = example.split(/\n\s*\n/).filter((block) => /^[A-Z_]+=/m.test(block));
    for (const block of blocks) expect(block, block).toMatch(/^#/);
  });

  it('holds no secret', () => {
    for (const key of Object.keys(SECRETS)) expect(valueOf(key), key).toBe('');
  });
});

describe('the Compose files', () => {
  it('read only variables that `up` hands them, with the same defaults', async () => {
    const files = [
      readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8'),
      // The example application is a project of its own, which `npm run demo` hands other variables.
      ...[...(await readTree(ROOT, 'exporters'))]
        .filter(([path]) => path.endsWith('/compose.yml') && !path.includes('/example/'))
        .map(([, text]) => text),
    ];
    const env = composeEnv(readSettings([], '.env').settings.plain, { subnet: '', gateway: '' });
    for (const [, name = '', fallback = ''] of files.join('\n').matchAll(/\$\{([A-Z_]+)(?::-([^}]*))?\}/g)) {
      expect(Object.keys(env), name).toContain(name);
      if (name in SETTINGS) expect(fallback, name).toBe(SETTINGS[name as keyof typeof SETTINGS].fallback);
    }
  });
});
