import { createRequire } from 'node:module';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProjectKeyScopes, Runtime } from 'node-appwrite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { FunctionContext } from '../../alertmanager/history/appwrite/function.ts';
import { ROOT } from '../../scripts/base/files.ts';
import { AppwriteServer } from '../support/appwrite.ts';
import { sh } from '../support/e2e-stack.ts';

const HISTORY = join(ROOT, 'alertmanager/history');
const json = (path: string): Record<string, unknown> => JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
const config =
  (json(join(HISTORY, 'appwrite/appwrite.config.json'))['functions'] as readonly Record<string, string | readonly string[]>[])[0] ?? {};
const own = json(join(HISTORY, 'appwrite/package.json')) as { readonly scripts: Record<string, string>; readonly dependencies: object };
const server = new AppwriteServer();
let folder: string;

/** What is deployed: the folder that the config names, and nothing around it. */
beforeAll(async () => {
  await server.start('127.0.0.1');
  folder = mkdtempSync(join(tmpdir(), 'pharos-function-'));
  cpSync(join(HISTORY, 'appwrite', String(config['path'])), folder, { recursive: true });
  // Instead of `npm install`, which needs a registry: the packages of the same versions that are here.
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'appwrite/node_modules'));
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

it('is built by the commands of its config, and answers as the runtime calls it', async () => {
  expect(config['commands']).toBe('npm install --prefix appwrite && npm run build --prefix appwrite');
  expect(await sh(['npm', 'run', 'build', '--prefix', 'appwrite'], { cwd: folder })).toMatchObject({ code: 0 });
  const entry = createRequire(import.meta.url)(join(folder, String(config['entrypoint']))) as { default: (c: FunctionContext) => unknown };
  Object.assign(process.env, { APPWRITE_FUNCTION_API_ENDPOINT: server.endpoint, APPWRITE_FUNCTION_PROJECT_ID: 'shop', WEBHOOK_TOKEN: 't' });
  const alerts = [
    { status: 'firing', fingerprint: 'a1', startsAt: '2026-01-01T00:00:00Z', labels: { alertname: 'DiskFull' }, annotations: {} },
  ];
  const context: FunctionContext = {
    req: {
      method: 'POST',
      bodyText: JSON.stringify({ version: '4', receiver: 'r', groupKey: 'g', externalURL: 'http://am', alerts }),
      query: { token: 't' },
      headers: { 'x-appwrite-key': server.key, 'x-appwrite-trigger': 'http' },
    },
    res: { json: (answer, status = 200) => ({ answer, status }) },
    log: () => undefined,
    error: () => undefined,
  };
  expect(await entry.default(context)).toEqual({ answer: { stored: 1 }, status: 200 });
  expect([...server.rows.values()]).toMatchObject([{ fingerprint: 'a1', alertname: 'DiskFull' }]);
});

it('asks for a runtime and scopes that Appwrite has, which its README names', () => {
  const readme = readFileSync(join(HISTORY, 'appwrite/README.md'), 'utf8');
  expect(Object.values(Runtime)).toContain(config['runtime']);
  for (const scope of config['scopes'] ?? []) {
    expect(Object.values(ProjectKeyScopes)).toContain(scope);
    expect(readme).toContain(`\`${scope}\``);
  }
});

it('uses the versions that the rest of the project uses', () => {
  expect(json(join(ROOT, 'package.json'))['dependencies']).toMatchObject(own.dependencies);
});
