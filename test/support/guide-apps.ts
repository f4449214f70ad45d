import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../scripts/base/files.ts';
import { startContainer } from './cleanup.ts';
import { databasesImage } from './databases.ts';
import { sh } from './e2e-stack.ts';

const GUIDE = join(ROOT, 'exporters/apps/README.md');

/** A block of the guide for applications, as a reader copies it. */
function block(title: string): string {
  const text = new RegExp('```' + title + '\\n([^]*?)```').exec(readFileSync(GUIDE, 'utf8'))?.[1];
  if (text === undefined) throw new Error(`${GUIDE} has no block "${title}"`);
  return text;
}

/** The package as `npm pack` makes it; what it needs is linked from here, where npm install would bring it. */
async function install(folder: string): Promise<void> {
  const packed = await sh(['npm', 'pack', '--pack-destination', folder, join(ROOT, 'exporters/apps/instrumentation')], { cwd: folder });
  if (packed.code !== 0) throw new Error(packed.stderr);
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, '@pharos/instrumentation'), { recursive: true });
  const archive = join(folder, packed.stdout.trim().split('\n').at(-1) ?? '');
  await sh(['tar', 'xzf', archive, '--strip-components=1', '-C', join(modules, '@pharos/instrumentation')]);
  // A container cannot follow a link out of its mount: the whole folder of packages is mounted behind it.
  for (const name of ['express', 'prom-client']) symlinkSync(`/packages/node_modules/${name}`, join(modules, name));
}

/** A web server without metrics, of which only the health page is well. */
const OLD = 'require("http").createServer((q, r) => { r.statusCode = q.url === "/health" ? 200 : 404; r.end("old") }).listen(8080)';

/** The two applications of the guide, `web` and `report`, and a web server without metrics, `old`. @returns the folder that they run from */
export async function startGuideApps(project: string, network: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), `${project}-guide-`));
  await install(folder);
  writeFileSync(join(folder, 'web.mjs'), block('js express'));
  writeFileSync(join(folder, 'report.py'), block('python flask'));
  const run = async (name: string, port: number, command: string): Promise<void> => {
    const mounts = ['-v', `${folder}:/srv:ro`, '-v', `${join(ROOT, 'node_modules')}:/packages/node_modules:ro`, '-w', '/srv'];
    const where = ['--network', network, '-p', `127.0.0.1::${port}`];
    await startContainer(project, `${project}-${name}`, ...where, ...mounts, await databasesImage(), 'bash', '-c', command);
  };
  await run('web', 3000, 'exec node web.mjs');
  await run('report', 8000, 'exec python3 -m flask --app report run --host 0.0.0.0 --port 8000');
  await run('old', 8080, `exec node -e '${OLD}'`);
  return folder;
}
