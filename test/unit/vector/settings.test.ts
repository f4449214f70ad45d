import { describe, expect, it } from 'vitest';
import { parseEnvFile } from '../../../scripts/base/env-file.ts';
import { planSecrets } from '../../../scripts/settings/secrets.ts';
import { readSettings } from '../../../scripts/settings/settings.ts';
import { vector } from '../../../scripts/modules/vector/index.ts';
import { canaryProblems, CANARIES } from '../../../scripts/modules/vector/canaries.ts';

const POSTGRES = 'POSTGRES_INSTANCES=shop=postgresql://m@db/postgres?sslmode=disable,blog=postgresql://m@blog-db\n';
const read = (text: string) => readSettings(parseEnvFile(text, '.env').entries, '.env');
const said = (text: string): string[] => read(text).problems.map(({ severity, message }) => `${severity} ${message}`);
const on = `MODULES=vector\n${POSTGRES}VECTOR_INSTANCES=shop/app,blog\n`;

describe('VECTOR_INSTANCES', () => {
  it('needs no module postgres', () => {
    expect(said(on)).toEqual([]);
  });

  it.each([
    ['MODULES=vector\n', 'error VECTOR_INSTANCES is empty, but MODULES turns vector on'],
    [`MODULES=vector\n${POSTGRES}VECTOR_INSTANCES=store\n`, 'error VECTOR_INSTANCES: POSTGRES_INSTANCES does not have "store"'],
    [`MODULES=vector\n${POSTGRES}VECTOR_INSTANCES=shop,shop\n`, 'error VECTOR_INSTANCES: "shop" is listed twice'],
    ['VECTOR_INSTANCES=shop/\n', 'error VECTOR_INSTANCES: "shop/" is neither'],
    ['VECTOR_INSTANCES=shop\n', 'warning VECTOR_INSTANCES is set, but the module is off'],
    [POSTGRES, 'warning POSTGRES_INSTANCES is set, but the module is off'],
  ])('%j', (text, message) => {
    expect(said(text).join('\n')).toContain(message);
  });

  it('becomes the targets of the job', () => {
    const host = { serverName: 's', gateway: '10.0.0.1' };
    const groups = vector.targets?.(read(on).settings.plain, host, new Set())[0]?.groups;
    expect(groups).toEqual([
      { targets: ['shop/app'], labels: { instance: 'shop', service: 'shop', database: 'app', target_host: 'db' } },
      { targets: ['blog'], labels: { instance: 'blog', service: 'blog', database: 'm', target_host: 'blog-db' } },
    ]);
  });

  it('becomes the exporter’s file, with the passwords of the servers', () => {
    const existing = new Map([
      ['postgres_shop_password', 'p"w\n'],
      ['postgres_blog_password', 'q'],
    ]);
    const { files, problems } = planSecrets(read(on).settings, existing);
    expect(problems).toEqual([]);
    const file = files.find((candidate) => candidate.file === 'vector_exporter.json');
    expect(file?.uid).toBe(65_534);
    expect(JSON.parse(file?.content ?? '')).toEqual([
      { target: 'shop/app', instance: 'shop', url: 'postgresql://m@db/app?sslmode=disable', password: 'p"w' },
      { target: 'blog', instance: 'blog', url: 'postgresql://m@blog-db', password: 'q' },
    ]);
  });

  it('says once that a password is missing', () => {
    const { settings } = read(on.replace('MODULES=vector', 'MODULES=postgres,vector'));
    expect(planSecrets(settings, new Map([['postgres_blog_password', 'q']])).problems.map(({ place }) => place)).toEqual([
      'secrets/postgres_shop_password',
    ]);
  });
});

describe('canaryProblems', () => {
  const sources = new Map([[CANARIES, 'canaries:\n  - { name: a, instance: shop, query: SELECT 1 }\n']]);
  it('names the file, the line and what is wrong', () => {
    expect(canaryProblems(sources, read(on).settings.plain)).toEqual([
      expect.objectContaining({ severity: 'error', place: 'exporters/vector/canaries.yml:2', message: expect.stringContaining('"shop"') }),
    ]);
    expect(canaryProblems(sources, read(on.replace('shop/app', 'shop')).settings.plain)).toEqual([]);
  });
});
