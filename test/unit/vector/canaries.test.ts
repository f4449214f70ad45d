import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readProbes } from '../../../exporters/vector/canaries.ts';
import { ROOT } from '../../../scripts/base/files.ts';

const targets = ['shop', 'shop/app'];
const canary = (line: string): string => `canaries:\n  - { name: a, instance: shop, query: SELECT 1${line === '' ? '' : `, ${line}`} }\n`;
const recall = (line: string): string => `recall:\n  - { name: a, instance: shop, index: i${line === '' ? '' : `, ${line}`} }\n`;
const said = (text: string): string[] => readProbes(text, targets).problems.map(({ line, message }) => `${line} ${message}`);

describe('readProbes', () => {
  it('gives an entry what it leaves out', () => {
    expect(readProbes(canary('') + recall(''), targets)).toEqual({
      problems: [],
      probes: [
        { kind: 'canary', name: 'a', target: 'shop', query: 'SELECT 1', everySeconds: 15, timeoutMs: 5000, minRows: 1, settings: {} },
        {
          kind: 'recall',
          name: 'a',
          target: 'shop',
          index: 'i',
          k: 10,
          samples: 20,
          goal: 0.9,
          maxRows: 200_000,
          everySeconds: 900,
          timeoutMs: 30_000,
          settings: {},
        },
      ],
    });
  });

  it('takes a file that cannot be read for a problem, and an empty one for none', () => {
    expect(readProbes(undefined, targets)).toEqual({ probes: [], problems: [{ line: 1, message: 'cannot be read' }] });
    expect(readProbes('', targets)).toEqual({ probes: [], problems: [] });
  });

  it('reads times, settings and queries of several lines', () => {
    const text =
      'canaries:\n  - name: a\n    instance: shop/app\n    query: |\n      SELECT 1\n      ;\n    every: 1m\n    timeout: 250ms\n    settings: { hnsw.ef_search: 100 }\n';
    expect(readProbes(text, targets).probes[0]).toMatchObject({
      query: 'SELECT 1',
      everySeconds: 60,
      timeoutMs: 250,
      settings: { 'hnsw.ef_search': '100' },
    });
  });

  it.each(['', '# nothing yet\n', 'canaries: []\nrecall: []\n', 'canaries:\nrecall:\n'])('takes %j for no probes', (text) => {
    expect(readProbes(text, targets)).toEqual({ probes: [], problems: [] });
  });

  it.each([
    ['canaries: [', '1 is not valid YAML'],
    ['- a\n', '1 is not a map'],
    ['canary: []\n', '1 "canary" is neither canaries nor recall'],
    ['canaries: 5\n', '1 canaries is not a list'],
    ['canaries: [5]\n', '1 an entry of canaries is not a map'],
    [canary('x: 1'), '2 an entry of canaries has the key "x"'],
    [canary('every: 1s'), 'has every "1s", which is no time from 5s to 24h'],
    [canary('every: soon'), 'has every "soon"'],
    [canary('timeout: 31s'), 'has timeout "31s"'],
    [canary('min_rows: -1'), 'has min_rows "-1"'],
    [canary('min_rows: many'), 'has min_rows "many"'],
    [canary('settings: { statement_timeout: 0 }'), 'sets statement_timeout'],
    [canary('settings: [1]'), 'settings that are not a map'],
    [canary('').replace('SELECT 1', '""'), 'has no query'],
    [canary('').replace('name: a', 'name: A B'), 'has the name "A B"'],
    [canary('').replace('shop', 'shopp'), 'names the instance "shopp", which VECTOR_INSTANCES does not have'],
    [`${canary('')}  - { name: a, instance: shop, query: SELECT 2 }\n`, '3 "a" is listed twice for shop'],
    [recall('every: 59s'), 'has every "59s"'],
    [recall('target: 1.1'), 'has target "1.1"'],
    [recall('k: 0'), 'has k "0"'],
    [recall('').replace('index: i', 'table: t'), 'has the key "table"'],
    ['canaries: []\n# here\nrecal: []\n', '3 "recal" is neither'],
    ['canaries: []\n\nrecall: 7\n', '3 recall is not a list'],
    [`${canary('')}  - text\n`, '3 an entry of canaries is not a map'],
    [recall('k: 1.5'), 'has k "1.5", which is no whole number from 1 to 1000'],
    [recall('samples: 2.5'), 'has samples "2.5", which is no whole number'],
    [canary('min_rows: 0.5'), 'has min_rows "0.5", which is no whole number'],
    [canary('').replace('name: a', 'name: 5'), 'has the name 5, which is no text; quotes make it one'],
    [canary('').replace('name: a', 'name:'), 'has no name'],
  ])('%j', (text, message) => {
    expect(said(text).join('\n')).toContain(message);
  });

  it('reports everything that is wrong with an entry at once', () => {
    expect(said(recall('k: 0, every: soon, x: 1, settings: { a: 1, b: 2 }')).map((line) => line.replace(/;.*/, ''))).toEqual([
      '2 an entry of recall has the key "x"',
      '2 an entry of recall has every "soon", which is no time from 1m to 24h',
      '2 an entry of recall sets a',
      '2 an entry of recall sets b',
      '2 an entry of recall has k "0", which is no whole number from 1 to 1000',
    ]);
  });

  it('takes part of one for a target that may be', () => {
    expect(readProbes(recall('target: 0.95'), targets).probes[0]).toMatchObject({ goal: 0.95 });
  });

  it('runs the other entries where one is wrong', () => {
    const text = `${canary('every: never')}  - { name: b, instance: shop, query: SELECT 2 }\n`;
    expect(readProbes(text, targets).probes.map(({ name }) => name)).toEqual(['b']);
  });

  it('finds nothing wrong in the checked-in file, also with its examples made real', () => {
    const text = readFileSync(join(ROOT, 'exporters/vector/canaries.yml'), 'utf8');
    expect(readProbes(text, [])).toEqual({ probes: [], problems: [] });
    const real = text.replaceAll(/: \[\]\n((?:#.*\n)+)/g, (_, lines: string) => `:\n${lines.replaceAll(/^#/gm, '')}`);
    const { probes, problems } = readProbes(real, targets);
    expect(problems).toEqual([]);
    expect(probes.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['canary similar_products', 'recall products']);
  });
});
