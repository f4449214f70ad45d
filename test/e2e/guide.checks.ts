import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from '../../scripts/base/files.ts';
import { databasesImage } from '../support/databases.ts';
import { makeNetwork, startContainer } from '../support/cleanup.ts';
import { E2eStack, eventually, sh } from '../support/e2e-stack.ts';

const PROJECT = 'pharos-guide';
const noEngine = process.env['PHAROS_NO_ENGINE'];
const GUIDE = readFileSync(join(ROOT, 'exporters/apps/README.md'), 'utf8');
let stack: E2eStack;
let folder: string;

/** A block of the guide, as a reader copies it. */
const block = (title: string): string => new RegExp('```' + title + '\\n([^]*?)```').exec(GUIDE)?.[1] ?? '';

/** The shop's folder with the package in it, as `npm pack` makes it; what it needs is linked from here, where npm install would bring it. */
async function install(): Promise<void> {
  const packed = await sh(['npm', 'pack', '--pack-destination', folder, join(ROOT, 'exporters/apps/instrumentation')], { cwd: folder });
  expect(packed.code, packed.stderr).toBe(0);
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, '@pharos/instrumentation'), { recursive: true });
  const archive = join(folder, packed.stdout.trim().split('\n').at(-1) ?? '');
  await sh(['tar', 'xzf', archive, '--strip-components=1', '-C', join(modules, '@pharos/instrumentation')]);
  // A container cannot follow a link out of its mount: the whole folder of packages is mounted behind it.
  for (const name of ['express', 'prom-client']) symlinkSync(`/packages/node_modules/${name}`, join(modules, name));
}

async function run(name: string, port: number, command: string): Promise<void> {
  const mounts = ['-v', `${folder}:/srv:ro`, '-v', `${join(ROOT, 'node_modules')}:/packages/node_modules:ro`, '-w', '/srv'];
  const where = ['--network', `${PROJECT}-shop`, '-p', `127.0.0.1::${port}`];
  await startContainer(PROJECT, `${PROJECT}-${name}`, ...where, ...mounts, await databasesImage(), 'bash', '-c', command);
}

const value = async (query: string): Promise<number> => {
  const path = `/api/v1/query?query=${encodeURIComponent(query)}`;
  const { data } = await stack.json<{ data: { result: { value: [number, string] }[] } }>('PROMETHEUS_PORT', path);
  return Number(data.result[0]?.value[1] ?? Number.NaN);
};

beforeEach((context) => {
  if (noEngine !== undefined) context.skip(noEngine);
});
beforeAll(async () => {
  if (noEngine !== undefined) return;
  stack = await E2eStack.create(PROJECT);
  folder = mkdtempSync(join(tmpdir(), `${PROJECT}-shop-`));
  await install();
  writeFileSync(join(folder, 'web.mjs'), block('js express'));
  writeFileSync(join(folder, 'report.py'), block('python flask'));
  await makeNetwork(PROJECT, `${PROJECT}-shop`);
  await run('web', 3000, 'exec node web.mjs');
  await run('report', 8000, 'exec python3 -m flask --app report run --host 0.0.0.0 --port 8000');
  await run(
    'old',
    8080,
    `exec node -e 'require("http").createServer((q, r) => { console.log("asked for " + q.url); r.end("old") }).listen(8080)'`,
  );
});
afterAll(async () => {
  if (noEngine !== undefined) return;
  await stack.destroy();
  rmSync(folder, { recursive: true, force: true });
});

describe('the guide for applications', () => {
  it('is enough to have three applications watched', async () => {
    stack.set({ MODULES: 'apps,blackbox' });
    await eventually('detect knows all three', 30, async () => {
      const { stdout } = await stack.run('detect', '--json');
      const { found } = JSON.parse(stdout) as { found: { container: string; module: string }[] };
      const ours = found.filter(({ container }) => container.startsWith(PROJECT)).map(({ container, module }) => `${container} ${module}`);
      return ours.sort().join() === [`${PROJECT}-old blackbox`, `${PROJECT}-report apps`, `${PROJECT}-web apps`].join();
    });
    expect(await stack.run('detect', '--apply')).toMatchObject({ code: 0 });
    // Other projects may run on the same engine; only the shop is this test's.
    stack.set({ MODULES: 'apps,blackbox', APP_NETWORKS: `${PROJECT}-shop` });
    for (const path of ['apps', 'blackbox'].flatMap((job) =>
      readdirSync(stack.path(`prometheus/targets/${job}`)).map((name) => `${job}/${name}`),
    ))
      if (path.endsWith('.yml') && !path.includes(PROJECT)) rmSync(stack.path(`prometheus/targets/${path}`));
    const up = await stack.run('up', '--yes');
    expect(up.code, up.stdout + up.stderr).toBe(0);
    for (const [name, port] of [
      ['web', 3000],
      ['report', 8000],
    ] as const) {
      const address = (await sh(['docker', 'port', `${PROJECT}-${name}`, String(port)])).stdout.trim();
      for (const id of [1, 2, 3]) expect((await fetch(`http://${address}/users/${id}`)).status).toBe(200);
    }
    const requests = (service: string, route: string): string =>
      `sum(http_request_duration_seconds_count{service="${PROJECT}-${service}",route="${route}",status_code="200"})`;
    for (const query of [requests('web', '/users/:id'), requests('report', '/users/<id>')])
      await eventually(query, 60, async () => (await value(query)) === 3);
    expect(await value(`probe_success{service="${PROJECT}-old"}`)).toBe(1);
  });
});
