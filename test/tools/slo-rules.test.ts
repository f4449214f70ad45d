import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { renderSlo } from '../../scripts/core/render-slo.ts';
import { exec } from '../../scripts/io/exec.ts';
import { runConfined } from '../../scripts/io/lint.ts';
import { testRules } from '../../scripts/io/promtool.ts';
import { serviceImage } from '../support/images.ts';

const noEngine = process.env['PHAROS_NO_ENGINE'];
const SLO = `service: shop
slos:
  - { indicator: availability, objective: 99.9 }
  - { indicator: latency, seconds: 1, objective: 99 }
  - { indicator: payments, objective: 99.5, total: 'payments_total{service="shop"}', good: 'payments_total{service="shop",result="succeeded"}' }
`;
const RUNBOOKS = 'http://127.0.0.1:9095/runbooks';
let image: string;
let folder: string;

beforeEach((context) => {
  if (noEngine !== undefined) context.skip(noEngine);
});
beforeAll(async () => {
  if (noEngine !== undefined) return;
  image = await serviceImage(new Docker(), 'prometheus');
  folder = mkdtempSync(join(tmpdir(), 'pharos-slo-'));
  chmodSync(folder, 0o755);
  writeFileSync(join(folder, 'slo-shop.yml'), renderSlo('prometheus/slo/shop.yml', SLO, new Map(), RUNBOOKS, '30d').rules?.text ?? '');
});
afterAll(() => {
  if (noEngine === undefined) rmSync(folder, { recursive: true });
});

type Series = readonly [name: string, values: string];
type Expected = 'quiet' | { readonly slo: string; readonly description: string; readonly impact: string };
interface Scenario {
  readonly alert: 'SLOBurnRateFast' | 'SLOBurnRateSlow';
  /** Between two evaluations; samples are 30 s apart for hours and a minute for days. */
  readonly step: '30s' | '5m';
  readonly series: readonly Series[];
  readonly at: readonly (readonly [time: string, expected: Expected])[];
}

let count = 0;

/** What promtool says of a scenario; undefined where it goes as expected. */
async function disagreement({ alert, step, series, at }: Scenario): Promise<string | undefined> {
  const severity = alert === 'SLOBurnRateFast' ? 'critical' : 'warning';
  const cases = at.map(([time, expected]) => ({
    eval_time: time,
    alertname: alert,
    exp_alerts: expected === 'quiet' ? [] : [firing(alert, severity, expected)],
  }));
  const test = {
    rule_files: ['slo-shop.yml'],
    evaluation_interval: step,
    tests: [
      {
        interval: step === '30s' ? step : '1m',
        input_series: series.map(([name, values]) => ({ series: name, values })),
        alert_rule_test: cases,
      },
    ],
  };
  const name = `${(count += 1)}.test.json`;
  writeFileSync(join(folder, name), JSON.stringify(test));
  const result = (await testRules(exec, image, folder, [name])).get(name);
  return result?.passed === true ? undefined : (result?.failure ?? 'no result');
}

function firing(alert: string, severity: string, { slo, description, impact }: Exclude<Expected, 'quiet'>) {
  const promise = severity === 'critical' ? 'is about to break' : 'will not keep';
  return {
    exp_labels: { service: 'shop', slo, severity, category: 'application' },
    exp_annotations: { summary: `shop ${promise} its promise of ${slo}`, description, impact, runbook_url: `${RUNBOOKS}/apps/${alert}` },
  };
}

const answers = (code: string, values: string): Series => [
  `http_request_duration_seconds_count{job="apps",instance="backend",service="shop",route="/",status_code="${code}"}`,
  values,
];
const bucket = (le: string, values: string): Series => [
  `http_request_duration_seconds_bucket{job="apps",instance="backend",service="shop",route="/",status_code="200",le="${le}"}`,
  values,
];
const payments = (result: string, values: string): Series => [
  `payments_total{job="apps",instance="backend",service="shop",provider="stripe",result="${result}"}`,
  values,
];
const HIGHEST = 'At six times, the errors allowed in 30 days are used up in 5 days.';
const BELOW = 'The errors allowed in 30 days are used up before these have passed.';
const burns = (slo: string, objective: number, times: string, impact: string): Expected => ({
  slo,
  description: `shop uses up the error budget of ${slo} (${objective} % within 30 days) ${times} times as fast as it may.`,
  impact,
});

/** Every 30 s for six hours 300 good answers, and then. */
const SIX_HOURS = 720;

describe('the rules that are made of an SLO', { timeout: 300_000 }, () => {
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

  it('fire within two minutes when everything fails after six good hours, and resolve half an hour after it works again', async () => {
    const series = [
      answers('200', `0+300x${SIX_HOURS} ${300 * SIX_HOURS}x20 ${300 * SIX_HOURS}+300x80`),
      answers('500', `0x${SIX_HOURS} 300+300x20 6300x80`),
    ];
    const at = [
      ['6h', 'quiet'],
      ['6h1m', 'quiet'],
      ['6h2m', burns('availability', 99.9, '20.9', HIGHEST)],
      // It failed for ten minutes: as long as the last of them is within the half hour, it may not be over.
      ['6h40m', burns('availability', 99.9, '28.5', HIGHEST)],
      ['6h43m', 'quiet'],
    ] as const;
    expect(await disagreement({ alert: 'SLOBurnRateFast', step: '30s', series, at })).toBeUndefined();
  });

  it('fire where a service has never given a good answer', async () => {
    const at = [['10m', burns('availability', 99.9, '1000.0', HIGHEST)]] as const;
    expect(await disagreement({ alert: 'SLOBurnRateFast', step: '30s', series: [answers('503', '0+300x60')], at })).toBeUndefined();
  });

  it.each([
    ['SLOBurnRateFast', '6.1', 61, burns('availability', 99.9, '6.1', HIGHEST)],
    ['SLOBurnRateFast', '5.9', 59, 'quiet'],
    ['SLOBurnRateSlow', '1.1', 11, burns('availability', 99.9, '1.1', BELOW)],
    ['SLOBurnRateSlow', '0.9', 9, 'quiet'],
  ] as const)('%s at %s times the allowed rate, for as long as the windows', async (alert, _, errors, expected) => {
    const series = [answers('200', `0+${10_000 - errors}x4400`), answers('500', `0+${errors}x4400`)];
    const at = [['73h', expected]] as const;
    expect(await disagreement({ alert, step: '5m', series, at })).toBeUndefined();
  });

  it.each([
    // 1 h: 14.4 is reached where 6 h are far from 6.
    ['a burst that its hour still holds has ended', 12, 'quiet'],
    ['it goes on', 0, burns('availability', 99.9, '19.8', HIGHEST)],
  ] as const)('are decided by the short window: %s', async (_, goodAfter, expected) => {
    // 2 % of the answers for an hour are a burn rate of 20, after six hours without errors.
    const errors = `0x${SIX_HOURS} 6+6x120 726x${goodAfter + 1}`;
    const series = [answers('200', `0+294x${SIX_HOURS + 120 + goodAfter + 2}`), answers('500', errors)];
    const minutes = 6 * 60 + 60 + goodAfter / 2;
    expect(await disagreement({ alert: 'SLOBurnRateFast', step: '30s', series, at: [[`${minutes}m`, expected]] })).toBeUndefined();
  });

  it('take 2.7 days to fire at 1.1 times the rate after a time without errors: three are counted', async () => {
    // 4320 minutes are three days.
    const series = [answers('200', '0+20000x4320 86420000+19978x4300'), answers('500', '0x4320 22+22x4300')];
    const at = [
      ['5d16h', 'quiet'],
      ['5d19h', burns('availability', 99.9, '1.0', BELOW)],
    ] as const;
    expect(await disagreement({ alert: 'SLOBurnRateSlow', step: '5m', series, at })).toBeUndefined();
  });

  it('are quiet without requests, and about four errors at night', async () => {
    const quiet = ['30m', '1h', '2h'].map((time) => [time, 'quiet'] as const);
    for (const alert of ['SLOBurnRateFast', 'SLOBurnRateSlow'] as const) {
      const idle = [answers('200', '5x250'), answers('500', '5x250'), bucket('1.0', '5x250'), payments('succeeded', '5x250')];
      expect(await disagreement({ alert, step: '30s', series: idle, at: quiet })).toBeUndefined();
      const night = [answers('200', '0x250'), answers('500', '0x40 1 2 3 4 4x250')];
      expect(await disagreement({ alert, step: '30s', series: night, at: [['25m', 'quiet'], ...quiet] })).toBeUndefined();
    }
  });

  it('fire at six errors at night', async () => {
    const series = [answers('200', '0x250'), answers('500', '0x40 1 2 3 4 5 6x250')];
    const at = [['25m', burns('availability', 99.9, '1000.0', HIGHEST)]] as const;
    expect(await disagreement({ alert: 'SLOBurnRateFast', step: '30s', series, at })).toBeUndefined();
  });

  it.each(['1', '1.0'])('measure latency by the bucket that Prometheus stores as le="%s"', async (le) => {
    const slow = [answers('200', '0+100x250'), bucket('0.5', '0+10x250'), bucket(le, '0+80x250'), bucket('+Inf', '0+100x250')];
    const at = [['2h', burns('latency', 99, '20.0', HIGHEST)]] as const;
    expect(await disagreement({ alert: 'SLOBurnRateFast', step: '30s', series: slow, at })).toBeUndefined();
  });

  it('say nothing about a bound that the histogram does not have', async () => {
    const series = [answers('200', '0+100x250'), bucket('0.5', '0+10x250'), bucket('2', '0+90x250')];
    expect(await disagreement({ alert: 'SLOBurnRateFast', step: '30s', series, at: [['2h', 'quiet']] })).toBeUndefined();
  });

  it('measure counters of the service’s own', async () => {
    const at = [['2h', burns('payments', 99.5, '20.0', HIGHEST)]] as const;
    const series = [payments('succeeded', '0+90x250'), payments('failed', '0+10x250')];
    expect(await disagreement({ alert: 'SLOBurnRateFast', step: '30s', series, at })).toBeUndefined();
  });

  it('leave other services alone', async () => {
    const series = [answers('500', '0+100x250')].map(([name, values]) => [name.replace('"shop"', '"cart"'), values] as const);
    expect(await disagreement({ alert: 'SLOBurnRateFast', step: '30s', series, at: [['2h', 'quiet']] })).toBeUndefined();
  });
});
