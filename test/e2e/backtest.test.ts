import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Docker from 'dockerode';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AlertResult, Backtest } from '../../scripts/backtest/result.ts';
import { backtest } from '../../scripts/backtest/run.ts';
import { parseEnvFile } from '../../scripts/base/env-file.ts';
import { createReport } from '../../scripts/base/report.ts';
import { readSettings } from '../../scripts/settings/settings.ts';
import { startContainer } from '../support/cleanup.ts';
import { eventually, removeEverything, sh } from '../support/e2e-stack.ts';
import { describeWithEngine } from '../support/engine.ts';
import { serviceImage } from '../support/images.ts';

const NAME = 'pharos-backtest';
const HOUR = 3600;
/** Hours of data before now. */
const HOURS = 20;
const RULES = `groups:
  - name: mine
    interval: 5s
    rules:
      - record: job:down:count
        expr: count by (job) (up == 0)
        labels: { kind: down }
      - { alert: Down, expr: up == 0, for: 50s, labels: { severity: critical } }
      - { alert: Broken, expr: 'job:down:count{kind="down"} > 1', for: 50s, labels: { severity: warning } }
      - { alert: Unreadable, expr: 'job:down:count{job=~"m.*"} > 1', labels: { severity: warning } }
`;
/** When each is down, in hours since the start of the data. The second lasts from one part of the query into the next. */
const DOWN = { a: [2, 2.05], b: [13, 15], c: [2, 2.01], d: [14, 14.5] } as const;

let folder: string;
let port: string;
let start: number;
beforeAll(async () => {
  await removeEverything(NAME);
  const image = await serviceImage(new Docker(), 'prometheus');
  folder = mkdtempSync(join(tmpdir(), `${NAME}-`));
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  write('prometheus/prometheus.yml', 'global: { evaluation_interval: 15s }\n');
  write('prometheus/rules/mine.yml', RULES);
  start = Math.floor(Date.now() / 1000 / 15) * 15 - HOURS * HOUR;
  const times = Array.from({ length: HOURS * 240 }, (_, index) => start + index * 15);
  const at = (time: number, [from, until]: readonly [number, number]): boolean =>
    time >= start + from * HOUR && time < start + until * HOUR;
  const up = Object.entries(DOWN).flatMap(([instance, down]) =>
    times.map((time) => `up{job="mine",instance="${instance}"} ${at(time, down) ? 0 : 1} ${time}`),
  );
  // The rule in force fired for the long one, and for one that only it saw.
  const fired = (['b', 'x'] as const).flatMap((instance) =>
    times.flatMap((time) =>
      at(time, instance === 'b' ? [13, 15] : [5, 5.5])
        ? [`ALERTS{alertname="Down",alertstate="firing",job="mine",instance="${instance}",severity="critical"} 1 ${time}`]
        : [],
    ),
  );
  write('data/metrics', `# TYPE ALERTS gauge\n${fired.join('\n')}\n# TYPE up gauge\n${up.join('\n')}\n# EOF\n`);
  write('data/prometheus.yml', 'global: {}\n');
  chmodSync(folder, 0o755);
  const script =
    'promtool tsdb create-blocks-from openmetrics /c/metrics /tmp/tsdb && exec prometheus --config.file=/c/prometheus.yml --storage.tsdb.path=/tmp/tsdb';
  await startContainer(
    NAME,
    `${NAME}-prometheus`,
    '-v',
    `${folder}/data:/c:ro`,
    '-p',
    '127.0.0.1::9090',
    '--entrypoint',
    'sh',
    image,
    '-c',
    script,
  );
  port = (await sh(['docker', 'port', `${NAME}-prometheus`, '9090'])).stdout.trim().split(':').at(-1) ?? '';
  await eventually('Prometheus has read the data', 60, async () => (await fetch(`http://127.0.0.1:${port}/-/ready`)).ok);
});
afterAll(async () => {
  await removeEverything(NAME);
  rmSync(folder, { recursive: true });
});

describeWithEngine('a backtest over a real Prometheus', () => {
  const run = async (days: number, ...alerts: readonly string[]): Promise<Backtest> => {
    const { settings } = readSettings(parseEnvFile(`PROMETHEUS_PORT=${port}\n`, '.env').entries, '.env');
    const report = createReport({ out: () => undefined, err: () => undefined, live: false, columns: () => 80, now: () => 0 });
    const asked = { root: folder, settings: settings.plain, days, step: undefined, alerts };
    return backtest(asked, report, new AbortController().signal);
  };
  /** Each firing: where, in minutes since the start of the data, and what kind it is. */
  const seen = ({ alerts }: Backtest, name: string) => {
    const result = alerts.find(({ alert }) => alert === name) as AlertResult;
    const minutes = (time: number | undefined): number | undefined => (time === undefined ? time : Math.round((time - start) / 60));
    const row = ({ labels, from, until }: AlertResult['firings'][number]) => [
      labels['instance'] ?? labels['job'],
      minutes(from),
      minutes(until),
    ];
    return { firings: result.firings.map(row), added: result.added.map(row), gone: result.gone.map(row), step: result.step };
  };

  it('finds what would have fired, across the parts of a query, and how that differs from what did', async () => {
    const result = await run(0.83, 'Down', 'Broken', 'Unreadable');
    expect(seen(result, 'Down')).toEqual({
      // 36 s are too short for c.
      firings: [
        ['a', 121, 123],
        ['b', 781, 900],
        ['d', 841, 870],
      ],
      added: [
        ['a', 121, 123],
        ['d', 841, 870],
      ],
      // Backfilled series have no end of their own: the last value counts for five minutes.
      gone: [['x', 300, 335]],
      step: 5,
    });
    // All of one service: one message for those that overlap.
    expect(result.alerts.find(({ alert }) => alert === 'Down')).toMatchObject({ pages: 2, pagesInForce: 2, wakes: true });
  });

  it('computes a metric that was never recorded, and skips what cannot be', async () => {
    const result = await run(0.83, 'Broken', 'Unreadable');
    expect(result.computed).toEqual(['job:down:count']);
    expect(seen(result, 'Broken')).toMatchObject({ firings: [['mine', 841, 870]] });
    expect(result.skipped).toEqual([{ alert: 'Unreadable', why: expect.stringContaining('it selects job:down:count by job=~') }]);
  });

  it('begins where the data begins, and looks as often as that range allows', async () => {
    const result = await run(3, 'Down');
    expect(result.askedStart).toBeLessThan(result.start);
    expect(Math.abs(result.start - start)).toBeLessThan(600);
    expect(seen(result, 'Down')).toMatchObject({
      step: 5,
      firings: [
        ['a', 121, 123],
        ['b', 781, 900],
        ['d', 841, 870],
      ],
    });
  });

  it('refuses an alert that does not exist, and a rule with a mistake', async () => {
    await expect(run(1, 'Dwn')).rejects.toMatchObject({ exitCode: 2, problems: [{ fix: 'Did you mean Down?' }] });
    writeFileSync(join(folder, 'prometheus/rules/mine.yml'), RULES.replace('up == 0,', 'up == == 0,'));
    await expect(run(1)).rejects.toMatchObject({ exitCode: 2, problems: [{ place: expect.stringMatching(/mine\.yml:\d+$/) }] });
    writeFileSync(join(folder, 'prometheus/rules/mine.yml'), RULES);
  });
});
