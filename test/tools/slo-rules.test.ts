import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { renderSlo } from '../../scripts/rules/render-slo.ts';
import { exec } from '../../scripts/base/exec.ts';
import { ROOT } from '../../scripts/base/files.ts';
import { runConfined } from '../../scripts/up/lint-io.ts';
import { testRules } from '../dev/mutation/promtool.ts';
import { describeWithEngine } from '../support/engine.ts';
import { serviceImage } from '../support/images.ts';

const CASES = join(ROOT, 'test/tools/slo');
const RUNBOOKS = 'http://127.0.0.1:9095/runbooks';
const TESTS = ['hours.test.yml', 'days.test.yml'];
const made =
  renderSlo('prometheus/slo/shop.yml', readFileSync(join(CASES, 'shop.yml'), 'utf8'), new Map(), RUNBOOKS, '30d').rules?.text ?? '';
let image: string;
let folder: string;

beforeAll(async () => {
  image = await serviceImage(new Docker(), 'prometheus');
  folder = mkdtempSync(join(tmpdir(), 'pharos-slo-'));
  chmodSync(folder, 0o755);
  for (const file of TESTS) cpSync(join(CASES, file), join(folder, file));
  writeFileSync(join(folder, 'slo-shop.yml'), made);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Whether the tests of a file pass, and what promtool says where they do not. */
async function outcome(file: string): Promise<readonly [passed: boolean | undefined, failure: string | undefined]> {
  const result = (await testRules(exec, image, folder, [file])).get(file);
  return [result?.passed, result?.failure];
}

describeWithEngine('the rules that are made of an SLO', { timeout: 600_000 }, () => {
  it('are good enough for promtool', async () => {
    const args = ['check', 'rules', '--lint=all', '--lint-fatal', '/stack/slo-shop.yml'];
    const { code, stdout, stderr } = await runConfined(
      exec,
      { entrypoint: '/bin/promtool', args, mounts: [[folder, '/stack']] },
      image,
      60_000,
    );
    expect(code, stdout + stderr).toBe(0);
    expect(stdout).toContain('36 rules found');
  });

  it.each(TESTS)('pass %s, with their alerts, labels and texts', async (file) => {
    expect(await outcome(file)).toEqual([true, '']);
  });
});
