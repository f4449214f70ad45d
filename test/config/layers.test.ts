import { describe, expect, it } from 'vitest';
import { ROOT, readTree } from '../../scripts/base/files.ts';

const sources = [...(await readTree(ROOT, 'scripts'))].filter(([path]) => path.endsWith('.ts'));

/** Rooms from the ground up: each may import from itself and from those before it. Commands may import from all of them. */
const ROOMS = [
  'base',
  'clients',
  'modules',
  'settings',
  'rules',
  'engine',
  'images',
  'alertmanager',
  'render',
  'demo',
  'detect',
  'up',
  'notify',
  'copy',
  'silence',
  'backtest',
  'doctor',
  'command',
];

const roomOf = (path: string): string => (path.split('/').length === 2 ? 'command' : (path.split('/')[1] ?? ''));
const importsOf = (text: string): string[] =>
  [...text.matchAll(/^(?:import|export)[^'"]*?from '([^']+)'|^import '([^']+)'/gm)].map(([, from, bare]) => from ?? bare ?? '');
const targetOf = (path: string, name: string): string => new URL(name, `file:///${path}`).pathname.slice(1);

/** Every import that leads to a later room, to a command, or out of the product. */
function violations(files: readonly (readonly [string, string])[]): string[] {
  return files.flatMap(([path, text]) =>
    importsOf(text).flatMap((name) => {
      if (!name.startsWith('.')) return [];
      const target = targetOf(path, name);
      if (target.startsWith('test/')) return [`${path} imports ${target}`];
      if (!target.startsWith('scripts/')) return [];
      const [from, to] = [roomOf(path), roomOf(target)];
      const allowed = from === to ? from !== 'command' : ROOMS.indexOf(to) < ROOMS.indexOf(from);
      return allowed && ROOMS.includes(from) ? [] : [`${path} imports ${target}`];
    }),
  );
}

/** The first circle of imports between files, as the way around it. */
function circle(files: readonly (readonly [string, string])[]): readonly string[] {
  const arrows = new Map(
    files.map(([path, text]) => [
      path,
      importsOf(text)
        .filter((name) => name.startsWith('.'))
        .map((name) => targetOf(path, name)),
    ]),
  );
  const done = new Set<string>();
  const walk = (path: string, way: readonly string[]): readonly string[] => {
    if (way.includes(path)) return [...way.slice(way.indexOf(path)), path];
    if (done.has(path)) return [];
    for (const next of arrows.get(path) ?? []) {
      const found = walk(next, [...way, path]);
      if (found.length > 0) return found;
    }
    done.add(path);
    return [];
  };
  return [...arrows.keys()].reduce<readonly string[]>((found, path) => (found.length > 0 ? found : walk(path, [])), []);
}

describe('the rooms of scripts/', () => {
  it('import in one direction', () => {
    expect(violations(sources)).toEqual([]);
  });

  it('import in no circle', () => {
    expect(circle(sources)).toEqual([]);
  });

  it('are seen to be wrong where they are', () => {
    expect(violations([['scripts/base/a.ts', "import { x } from '../up/b.ts';\n"]])).toEqual(['scripts/base/a.ts imports scripts/up/b.ts']);
    expect(violations([['scripts/up/a.ts', "import { x } from '../up.ts';\n"]])).toEqual(['scripts/up/a.ts imports scripts/up.ts']);
    expect(violations([['scripts/doctor/a.ts', "import { x } from '../../test/dev/a.ts';\n"]])).toEqual([
      'scripts/doctor/a.ts imports test/dev/a.ts',
    ]);
    expect(
      circle([
        ['scripts/up/a.ts', "import { x } from './b.ts';\n"],
        ['scripts/up/b.ts', "import { y } from './a.ts';\n"],
      ]),
    ).toEqual(['scripts/up/a.ts', 'scripts/up/b.ts', 'scripts/up/a.ts']);
  });

  const uses = (pattern: RegExp, allowed: readonly string[]): string[] =>
    sources.filter(([path, text]) => pattern.test(text) && !allowed.includes(path)).map(([path]) => path);

  it('keep what touches files, processes, clock or network where its name says so', () => {
    const effects =
      /from '(node:(fs|child_process|https?|dns|os|readline|timers)[^']*|zx|inquirer|esbuild)'|\bfetch\(|\bconnect\(|Date\.now\(|new Date\(\)|Math\.random|randomUUID|randomBytes|process\.(env|stdin|getuid|geteuid|pid)|new Docker\(/;
    const BASE = ['command', 'exec', 'files', 'http', 'interruptible', 'new-files', 'prompt', 'report'];
    const isNamed = (path: string): boolean =>
      roomOf(path) === 'command' ||
      /^scripts\/(engine|clients|images)\/|\/(\w+(-\w+)*-)?io\.ts$|\/run\.ts$/.test(path) ||
      BASE.some((name) => path === `scripts/base/${name}.ts`);
    expect(sources.filter(([path, text]) => effects.test(text) && !isNamed(path)).map(([path]) => path)).toEqual([]);
  });

  it('start programs in one place', () => {
    expect(uses(/from 'zx'/, ['scripts/base/exec.ts'])).toEqual([]);
  });

  it('print in one place and set the exit code in one place', () => {
    expect(
      uses(/\bconsole\.(log|info|warn|error|debug|dir|table|trace)\b|process\.(stdout|stderr)\.write/, [
        'scripts/base/report.ts',
        'scripts/base/command.ts',
      ]),
    ).toEqual([]);
    expect(uses(/process\.exit/, ['scripts/base/command.ts'])).toEqual([]);
  });

  it('keep files small enough to read, as does everything else that is shipped', async () => {
    const others = await Promise.all(['alertmanager', 'exporters', 'grafana/src'].map(async (folder) => readTree(ROOT, folder)));
    const shipped = [...sources, ...others.flatMap((tree) => [...tree])].filter(([path]) => path.endsWith('.ts'));
    expect(shipped.length).toBeGreaterThan(sources.length + 100);
    expect(shipped.filter(([, text]) => text.split('\n').length > 250).map(([path]) => path)).toEqual([]);
  });
});
