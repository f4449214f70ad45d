import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, readTree } from '../../scripts/base/files.ts';

/** Dependencies that no source imports, and what they are for. */
const UNIMPORTED: Readonly<Record<string, string>> = {
  '@lezer/highlight': 'a peer of @prometheus-io/lezer-promql',
  '@lezer/lr': 'a peer of @prometheus-io/lezer-promql',
  '@types/node': 'npm pack of exporters/apps/instrumentation',
  tsx: 'scripts/start.mjs runs the commands with it',
  typescript: 'npm pack of exporters/apps/instrumentation',
};

const IMPORT =
  /(?:^|[\s;])(?:import|export)\b[^'"`;]*?from\s*'([^'.][^']*)'|\bimport(?:\.meta\.resolve)?\(\s*'([^'.][^']*)'|^import '([^'.][^']*)'/gm;

/** Names of the packages that a text imports. */
function packagesOf(text: string): readonly string[] {
  return [...text.matchAll(IMPORT)]
    .map(([, from, dynamic, bare]) => from ?? dynamic ?? bare ?? '')
    .filter((name) => !name.startsWith('node:') && !isBuiltin(name))
    .map((name) =>
      name
        .split('/')
        .slice(0, name.startsWith('@') ? 2 : 1)
        .join('/'),
    );
}

async function imported(folders: readonly string[]): Promise<ReadonlySet<string>> {
  const trees = await Promise.all(folders.map(async (folder) => readTree(ROOT, folder)));
  const sources = trees.flatMap((tree) => [...tree]).filter(([path]) => /\.m?[jt]s$/.test(path));
  expect(sources.length).toBeGreaterThan(0);
  return new Set(sources.flatMap(([, text]) => packagesOf(text)));
}

type Versions = Readonly<Record<string, string>>;
const { dependencies, devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly dependencies: Versions;
  readonly devDependencies: Versions;
};
const product = await imported(['scripts', 'alertmanager', 'exporters', 'grafana/src']);

describe('packagesOf', () => {
  it.each([
    ["import { a } from 'zx';", ['zx']],
    ["import type pg from 'pg';\nimport {\n  a,\n  b,\n} from '@lezer/common';", ['pg', '@lezer/common']],
    ["export { a } from 'csv-stringify/sync';", ['csv-stringify']],
    ["import 'dotenv/config';\nawait import('yaml');", ['dotenv', 'yaml']],
    ["import { a } from './b.ts';\nimport c from 'node:fs';\nimport d from 'fs';", []],
  ])('%j', (text, packages) => {
    expect(packagesOf(text)).toEqual(packages);
  });
});

describe('package.json', () => {
  it('has what the product imports among its dependencies', () => {
    expect([...product].filter((name) => !(name in dependencies))).toEqual([]);
  });

  it('has what only tests and their tools import among its devDependencies', async () => {
    const tests = await imported(['test']);
    expect([...tests].filter((name) => !product.has(name) && !(name in UNIMPORTED) && !(name in devDependencies))).toEqual([]);
  });

  it('has no dependency that nothing needs', () => {
    expect(Object.keys(dependencies).filter((name) => !product.has(name) && !(name in UNIMPORTED))).toEqual([]);
    expect(Object.keys(UNIMPORTED).filter((name) => !(name in dependencies))).toEqual([]);
  });
});
