import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { unloadedFiles } from '../../../scripts/render/file-names.ts';
import { ROOT, readTree } from '../../../scripts/base/files.ts';

describe('unloadedFiles', () => {
  it.each([
    ['prometheus/rules/shop.yaml', 'mv prometheus/rules/shop.yaml prometheus/rules/shop.yml'],
    ['prometheus/scrape/shop.yaml', 'mv prometheus/scrape/shop.yaml prometheus/scrape/shop.yml'],
    ['prometheus/targets/apps/shop.yaml', 'mv prometheus/targets/apps/shop.yaml prometheus/targets/apps/shop.yml'],
    ['prometheus/targets/apps/shop.json', 'mv prometheus/targets/apps/shop.json prometheus/targets/apps/shop.yml'],
    ['prometheus/targets/shop.yml', 'Move it: it must be a prometheus/targets/<job>/<name>.yml.'],
    ['prometheus/rules/team/shop.yml', 'Move it: it must be a prometheus/rules/<name>.yml.'],
  ])('refuses %s', (path, fix) => {
    expect(unloadedFiles([path])).toMatchObject([{ severity: 'error', place: path, fix }]);
  });

  it('lets pass what is loaded, and what is no configuration', async () => {
    const others = ['prometheus/slo/shop.yaml', 'prometheus/slo/shop.yml', 'prometheus/rules/notes.md', 'prometheus/rules/shop.yml.off'];
    expect(unloadedFiles([...(await readTree(ROOT, 'prometheus')).keys(), ...others])).toEqual([]);
  });

  it('knows the patterns that Prometheus is given', async () => {
    const config = readFileSync(join(ROOT, 'prometheus/prometheus.yml'), 'utf8');
    expect(config).toContain('rule_files:\n  - rules/*.yml\n');
    expect(config).toContain('scrape_config_files:\n  - scrape/*.yml\n');
    const scrape = [...(await readTree(ROOT, 'prometheus/scrape')).values()].join('\n');
    const patterns = [...scrape.matchAll(/targets\/\S*?\.ya?ml/g)].map(([text]) => text);
    expect(patterns.length).toBeGreaterThan(0);
    for (const pattern of patterns) expect(pattern).toMatch(/^targets\/\w+\/\*\.yml$/);
  });
});
