import { expect, it } from 'vitest';
import { ROOT, readTree } from '../../scripts/base/files.ts';
import { modules } from '../../scripts/modules/index.ts';
import { readSettings } from '../../scripts/settings/settings.ts';

const settings = readSettings([], '.env').settings.plain;

/** What belongs to one module: its name, its services, its settings. `stack` is the rest of the product. */
const words = modules
  .filter(({ name }) => name !== 'stack')
  .flatMap((module) => [
    `'${module.name}'`,
    ...module.services(settings).map((service) => `'${service}'`),
    ...Object.keys(module.settings).map((key) => `\\b${key}\\b`),
    ...(module.servers?.schemes ?? []).map((scheme) => `\\b${scheme}:`),
  ]);

/** The same words with another meaning. */
const OTHERWISE: readonly (readonly [path: string, word: string, meaning: string])[] = [
  ['scripts/rules/labels.ts', "'security'", 'a category of alerts'],
  ['scripts/rules/labels.ts', "'logs'", 'a category of alerts'],
  ['scripts/render/dashboard-invariants.ts', "'logs'", 'a type of panel'],
  ['scripts/logs.ts', "'logs'", 'a command of Docker Compose'],
  ['scripts/render/bundle-io.ts', "'node'", 'a platform of esbuild'],
  ['scripts/detect/run.ts', "'containers'", 'the title of a step'],
];

function namedIn(files: Iterable<readonly [string, string]>): readonly string[] {
  return [...files].flatMap(([path, text]) => {
    const code = text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
    return words
      .filter((word) => new RegExp(word).test(code) && !OTHERWISE.some(([file, other]) => file === path && other === word))
      .map((word) => `${path} names ${word}`);
  });
}

it('only the modules themselves name a module', async () => {
  const others = [...(await readTree(ROOT, 'scripts'))].filter(([path]) => path.endsWith('.ts') && !path.startsWith('scripts/modules/'));
  expect(others.length).toBeGreaterThan(100);
  expect(namedIn(others)).toEqual([]);
});

it('a branch on a module, a service or a setting of one is noticed, a comment is not', () => {
  expect(
    namedIn([
      ['scripts/up/a.ts', "const up = module === 'redis' ? 'redis_up' : 'pg_up';"],
      ['scripts/up/b.ts', "service === 'postgres-exporter' || settings.REDIS_INSTANCES"],
      ['scripts/up/c.ts', "// such as 'redis'\n/** `REDIS_INSTANCES` */"],
    ]),
  ).toEqual(["scripts/up/a.ts names 'redis'", "scripts/up/b.ts names 'postgres-exporter'", 'scripts/up/b.ts names \\bREDIS_INSTANCES\\b']);
});

it('every exception is one', async () => {
  const files = await readTree(ROOT, 'scripts');
  for (const [path, word] of OTHERWISE) expect(files.get(path), path).toContain(word);
});
