import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { simulate } from '../../scripts/backtest/simulate.ts';
import { exec } from '../../scripts/base/exec.ts';
import { testRules } from '../dev/mutation/promtool.ts';
import { describeWithEngine } from '../support/engine.ts';
import { serviceImage } from '../support/images.ts';

const STEP = 15;
const LOOKS = 60;
/** Every combination of hold times around and between two looks. */
const TIMINGS = [0, 15, 20, 60].flatMap((holdSeconds) => [0, 15, 40, 60].map((keepSeconds) => ({ holdSeconds, keepSeconds })));

/** The same numbers at every run: runs of true and of lost looks, most of them short. */
function* chance(): Generator<number> {
  for (let state = 7; ; state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) yield (state >> 8) % 7;
}

function pattern(numbers: Generator<number>): string {
  let text = '';
  while (text.length < LOOKS) {
    text += '1'.repeat(Number(numbers.next().value));
    text += '_'.repeat(Number(numbers.next().value));
  }
  return text.slice(0, LOOKS);
}

const numbers = chance();
const tests = TIMINGS.map((timing, index) => ({ alert: `Alert${index}`, timing, pattern: pattern(numbers) }));

/** The rules, and their tests: at each look the alert that the simulation says. `shift` spoils them. */
function files(shift: number): Readonly<Record<string, string>> {
  const rules = tests.map(({ alert, timing: { holdSeconds, keepSeconds } }) => ({
    ...{ alert, expr: 'x == 1', for: `${holdSeconds}s`, keep_firing_for: `${keepSeconds}s` },
  }));
  const cases = tests.map(({ alert, timing, pattern: marks }) => {
    const times = [...marks].flatMap((mark, look) => (mark === '1' ? [look * STEP] : []));
    const firings = simulate([{ labels: {}, times }], { ...timing, step: STEP, end: (LOOKS - 1) * STEP });
    const isFiring = (at: number): boolean => firings.some(({ from, until = Infinity }) => from <= at && at < until);
    return {
      interval: `${STEP}s`,
      // A lost scrape marks its series stale.
      input_series: [{ series: 'x', values: [...marks].map((mark) => (mark === '1' ? '1' : 'stale')).join(' ') }],
      alert_rule_test: [...marks].map((_, look) => ({
        eval_time: `${look * STEP}s`,
        alertname: alert,
        exp_alerts: isFiring((look + shift) * STEP) ? [{ exp_labels: {} }] : [],
      })),
    };
  });
  return {
    'rules.yml': stringify({ groups: [{ name: 'g', rules }] }),
    [`look${shift}.test.yml`]: stringify({ rule_files: ['rules.yml'], evaluation_interval: `${STEP}s`, tests: cases }),
  };
}

let image: string;
let folder: string;
beforeAll(async () => {
  image = await serviceImage(new Docker(), 'prometheus');
  folder = mkdtempSync(join(tmpdir(), 'pharos-backtest-'));
  chmodSync(folder, 0o755);
  for (const [name, text] of Object.entries({ ...files(0), ...files(1) })) writeFileSync(join(folder, name), text);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describeWithEngine('the simulation of hold times', { timeout: 600_000 }, () => {
  const outcome = async (file: string) => (await testRules(exec, image, folder, [file])).get(file);

  it('fires and ends at the looks at which Prometheus does', async () => {
    expect(tests.filter(({ pattern: marks }) => /_1{5,}_/.test(marks)).length).toBeGreaterThan(5);
    expect(await outcome('look0.test.yml')).toMatchObject({ passed: true });
  });

  it('is noticed where it is one look off', async () => {
    expect(await outcome('look1.test.yml')).toMatchObject({ passed: false });
  });
});
