import { describe, expect, it } from 'vitest';
import { ROOT, readTree } from '../../scripts/io/files.ts';

const sources = [...(await readTree(ROOT, 'scripts'))].filter(([path]) => path.endsWith('.ts'));
const layerOf = (path: string): string => (path.split('/').length === 2 ? 'command' : (path.split('/')[1] ?? ''));

/** What each layer may import besides itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  command: ['cli', 'core', 'io', 'modules', 'steps'],
  steps: ['cli', 'core', 'io', 'modules'],
  cli: ['core'],
  io: ['core'],
  modules: ['core'],
  core: [],
};

/** Node's modules that are pure computation. */
const PURE = new Set(['node:crypto', 'node:net', 'node:util', 'node:path']);
/** Packages that are pure computation. */
const PURE_PACKAGES = new Set(['yaml', 'dotenv', 'fastest-levenshtein', 'marked', '@lezer/common', '@prometheus-io/lezer-promql']);

const importsOf = (text: string): string[] =>
  [...text.matchAll(/^(?:import|export)[^'"]*?from '([^']+)'|^import '([^']+)'/gm)].map(([, from, bare]) => from ?? bare ?? '');

/** Every import that goes against the direction of the layers. */
function violations(files: readonly (readonly [string, string])[]): string[] {
  return files.flatMap(([path, text]) =>
    importsOf(text).flatMap((name) => {
      if (!name.startsWith('.')) {
        const pure = name.startsWith('node:') ? PURE.has(name) : PURE_PACKAGES.has(name);
        return layerOf(path) === 'core' && !pure ? [`${path} imports ${name}`] : [];
      }
      const target = new URL(name, `file:///${path}`).pathname.slice(1);
      if (!target.startsWith('scripts/')) return [];
      const [from, to] = [layerOf(path), layerOf(target)];
      return from === to || MAY_IMPORT[from]?.includes(to) === true ? [] : [`${path} imports ${target}`];
    }),
  );
}

describe('the layers of scripts/', () => {
  it('import in one direction', () => {
    expect(violations(sources)).toEqual([]);
  });

  it('are seen to be wrong where they are', () => {
    expect(violations([['scripts/core/a.ts', "import { x } from '../io/b.ts';\nimport { readFile } from 'node:fs/promises';\n"]])).toEqual([
      'scripts/core/a.ts imports scripts/io/b.ts',
      'scripts/core/a.ts imports node:fs/promises',
    ]);
    expect(violations([['scripts/io/a.ts', "import { x } from '../up.ts';\n"]])).toEqual(['scripts/io/a.ts imports scripts/up.ts']);
  });

  const uses = (pattern: RegExp, allowed: readonly string[]): string[] =>
    sources.filter(([path, text]) => pattern.test(text) && !allowed.includes(path)).map(([path]) => path);

  it('start programs in one place', () => {
    expect(uses(/from 'zx'/, ['scripts/io/exec.ts'])).toEqual([]);
  });

  it('print in one place and set the exit code in one place', () => {
    expect(
      uses(/\bconsole\.(log|info|warn|error|debug|dir|table|trace)\b|process\.(stdout|stderr)\.write/, [
        'scripts/cli/report.ts',
        'scripts/cli/command.ts',
      ]),
    ).toEqual([]);
    expect(uses(/process\.exit/, ['scripts/cli/command.ts'])).toEqual([]);
  });

  it('keep clock and environment out of the core', () => {
    const core = sources.filter(([path]) => layerOf(path) === 'core');
    expect(core.filter(([, text]) => /Date\.now\(|new Date\(\)|process\.env|Math\.random/.test(text)).map(([path]) => path)).toEqual([]);
  });

  it('keep files small enough to read, as does everything else that is shipped', async () => {
    const others = await Promise.all(['alertmanager', 'exporters', 'grafana/src'].map(async (folder) => readTree(ROOT, folder)));
    const shipped = [...sources, ...others.flatMap((tree) => [...tree])].filter(([path]) => path.endsWith('.ts'));
    expect(shipped.length).toBeGreaterThan(sources.length + 100);
    expect(shipped.filter(([, text]) => text.split('\n').length > 250).map(([path]) => path)).toEqual([]);
  });
});
