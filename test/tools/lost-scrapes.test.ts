import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Docker from 'dockerode';
import { expect, it } from 'vitest';
import { exec } from '../../scripts/base/exec.ts';
import { readTree, ROOT } from '../../scripts/base/files.ts';
import { testedAlone } from '../../scripts/rules/alone.ts';
import { readRuleTests } from '../../scripts/rules/cases-io.ts';
import { testRules } from '../dev/mutation/promtool.ts';
import { describeWithEngine } from '../support/engine.ts';
import { serviceImage } from '../support/images.ts';

const only = (files: ReadonlyMap<string, string>, name: RegExp): ReadonlyMap<string, string> =>
  new Map([...files].filter(([path]) => name.test(path)));

describeWithEngine('an alert that holds for five minutes or longer', () => {
  it('is not set back by one lost scrape', async () => {
    const generated = only(await readRuleTests(ROOT, 'only'), /-\d+s\.test\.yml$/);
    const rules = only(await readTree(ROOT, 'prometheus/rules'), /\.yml$/);
    const { tests, rules: alone } = testedAlone(generated, rules);
    expect(tests.size).toBeGreaterThan(50);
    const folder = mkdtempSync(join(tmpdir(), 'pharos-lost-'));
    try {
      for (const [path, text] of [...tests, ...alone]) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
      chmodSync(folder, 0o755);
      const image = await serviceImage(new Docker(), 'prometheus');
      const paths = [...tests.keys()];
      // Two promtools share the cores better than one.
      const halves = [0, 1].map((half) => paths.filter((_, index) => index % 2 === half));
      const results = await Promise.all(halves.map(async (half) => testRules(exec, image, folder, half)));
      const failed = results.flatMap((all) => [...all].filter(([, { passed }]) => !passed));
      expect(failed).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 300_000);
});
