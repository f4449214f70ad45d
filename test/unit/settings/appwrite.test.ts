import { expect, it } from 'vitest';
import { parseEnvFile } from '../../../scripts/base/env-file.ts';
import { historySecrets, planSecrets } from '../../../scripts/settings/secrets.ts';
import { readSettings } from '../../../scripts/settings/settings.ts';

const KEY = 'standard_0123456789abcdef';
const read = (text: string) => readSettings(parseEnvFile(text, '.env').entries, '.env');
const missing = (text: string, existing: ReadonlyMap<string, string> = new Map()): readonly string[] =>
  planSecrets(read(text).settings, existing).problems.map(({ place, message }) => `${place} ${message}`);

it('asks for all that Appwrite needs, and for nothing where the history is a file', () => {
  const but = 'is empty, but HISTORY_STORE is appwrite';
  expect(missing('')).toEqual([]);
  expect(missing('HISTORY_STORE=appwrite')).toEqual([`APPWRITE_ENDPOINT ${but}`, `APPWRITE_PROJECT_ID ${but}`, `APPWRITE_API_KEY ${but}`]);
  const whole = 'HISTORY_STORE=appwrite\nAPPWRITE_ENDPOINT=https://cloud.appwrite.io/v1\nAPPWRITE_PROJECT_ID=shop\n';
  expect(missing(`${whole}APPWRITE_API_KEY=${KEY}`)).toEqual([]);
  expect(missing(whole, new Map([['appwrite_api_key', KEY]]))).toEqual([]);
});

it('gives the history the key as a file, and only where there is one', () => {
  const { configured, files } = planSecrets(read(`APPWRITE_API_KEY=${KEY}`).settings, new Map());
  expect(historySecrets(configured)).toEqual(['appwrite_api_key']);
  expect(files).toContainEqual(expect.objectContaining({ file: 'appwrite_api_key', content: KEY }));
  expect(historySecrets(new Set())).toEqual([]);
});

it.each([
  ['HISTORY_STORE=mysql', 'HISTORY_STORE'],
  ['APPWRITE_ENDPOINT=cloud.appwrite.io', 'is not a URL'],
  ['APPWRITE_PROJECT_ID=my project', 'is not an Appwrite ID'],
  ['APPWRITE_DATABASE_ID=-x', 'is not an Appwrite ID'],
  ['APPWRITE_API_KEY=short', 'is not an API key'],
])('refuses %s', (line, message) => {
  expect(read(line).problems).toMatchObject([{ severity: 'error', message: expect.stringContaining(message) }]);
});
