import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse, parseDocument, stringify } from 'yaml';
import { renderAlertmanager } from '../../scripts/alertmanager/render.ts';
import { withWindows } from '../../scripts/alertmanager/window-routes.ts';
import { readWindows } from '../../scripts/alertmanager/windows.ts';
import { ROOT } from '../../scripts/base/files.ts';
import { startContainer } from '../support/cleanup.ts';
import { eventually, removeEverything, sh } from '../support/e2e-stack.ts';
import { describeWithEngine } from '../support/engine.ts';
import { serviceImage } from '../support/images.ts';

const NAME = 'pharos-windows';
const source: unknown = parse(readFileSync(join(ROOT, 'alertmanager/alertmanager.yml'), 'utf8'), { merge: true });
/** Always now and always later, in forms that are not "always": the years before and after the change of the century. */
const WINDOWS = `windows:
  - name: now
    server: db1
    time_intervals: [{ years: ['2000:2099'], months: [1, 'february:december'], days_of_month: ['1:-1'], location: Europe/Berlin }]
  - name: everything
    all: true
    time_intervals: [{ years: ['2100:2999'], weekdays: ['monday:friday', sunday], times: [{ start_time: '22:00', end_time: '24:00' }] }]
  - name: small
    matchers: [severity="warning", category=~"cache|database"]
    time_intervals: [{ years: [2000:2099] }]
`;

let folder: string;
let base: string;
beforeAll(async () => {
  await removeEverything(NAME);
  const image = await serviceImage(new Docker(), 'alertmanager');
  folder = mkdtempSync(join(tmpdir(), `${NAME}-`));
  chmodSync(folder, 0o755);
  const { windows, problems } = readWindows({ path: 'windows.yml', text: WINDOWS, doc: parseDocument(WINDOWS) });
  const { config } = withWindows(renderAlertmanager(source, new Set(['SLACK_WEBHOOK_URL', 'DEADMAN_URL']), {}).config, windows);
  expect(problems).toEqual([]);
  writeFileSync(join(folder, 'alertmanager.yml'), stringify(config, { aliasDuplicateObjects: false }));
  const command = ['--config.file=/c/alertmanager.yml', '--storage.path=/alertmanager', '--cluster.listen-address='];
  await startContainer(NAME, `${NAME}-am`, '-v', `${folder}:/c:ro`, '-p', '127.0.0.1::9093', image, ...command);
  base = `http://${(await sh(['docker', 'port', `${NAME}-am`, '9093'])).stdout.trim().split('\n')[0] ?? ''}`;
  await eventually('Alertmanager is ready', 20, async () => (await fetch(`${base}/-/ready`)).ok);
});
afterAll(async () => {
  await removeEverything(NAME);
  rmSync(folder, { recursive: true });
});

interface Group {
  readonly receiver: { readonly name: string };
  readonly alerts: readonly {
    readonly labels: Readonly<Record<string, string>>;
    readonly status: { readonly mutedBy: readonly string[] };
  }[];
}

describeWithEngine('maintenance windows, in a real Alertmanager', () => {
  it('mute what they match for people while they last; the history and the Watchdog go on', async () => {
    const alerts = [
      { alertname: 'ServerDown', severity: 'critical', server: 'db1' },
      { alertname: 'ServerDown', severity: 'critical', server: 'db2' },
      { alertname: 'RedisSlow', severity: 'warning', server: 'db2', category: 'cache' },
      { alertname: 'RedisSlow', severity: 'warning', server: 'db1', category: 'cache' },
      { alertname: 'Watchdog', severity: 'info', server: 'db1' },
    ];
    const answer = await fetch(`${base}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(alerts.map((labels) => ({ labels }))),
    });
    expect(answer.status).toBe(200);
    // An alert is muted once its group is flushed: group_wait of a warning is five minutes, so only whole routes are compared at once.
    const seen = async (): Promise<Readonly<Record<string, readonly string[]>>> => {
      const groups = (await (await fetch(`${base}/api/v2/alerts/groups`)).json()) as readonly Group[];
      const rows = groups.flatMap(({ receiver, alerts: held }) =>
        held.map(({ labels, status }): [string, readonly string[]] => [
          `${receiver.name} ${labels['alertname'] ?? ''} ${labels['server'] ?? ''}`,
          status.mutedBy,
        ]),
      );
      return Object.fromEntries(rows.sort());
    };
    await eventually('the critical route is flushed', 30, async () => (await seen())['critical-team ServerDown db1']?.length === 1);
    expect(await seen()).toEqual({
      'critical-team ServerDown db1': ['window now'],
      'critical-team ServerDown db2': [],
      'deadman Watchdog db1': [],
      'history RedisSlow db1': [],
      'history RedisSlow db2': [],
      'history ServerDown db1': [],
      'history ServerDown db2': [],
      'warning-team RedisSlow db1': [],
      'warning-team RedisSlow db2': [],
    });
  });

  it('send an alert that several of them match to a route that has them all', async () => {
    const routes = async (labels: string): Promise<string> =>
      (
        await sh([
          'docker',
          'exec',
          `${NAME}-am`,
          '/bin/amtool',
          'config',
          'routes',
          'test',
          '--tree',
          '--config.file=/c/alertmanager.yml',
          ...labels.split(' '),
        ])
      ).stdout;
    expect(await routes('severity=warning category=cache server=db1')).toMatch(
      /server="db1"[^]*severity="warning"|severity="warning"[^]*server="db1"/,
    );
  });

  it('are a configuration that amtool accepts', async () => {
    const { code, stdout, stderr } = await sh(['docker', 'exec', `${NAME}-am`, '/bin/amtool', 'check-config', '/c/alertmanager.yml']);
    expect(code, stdout + stderr).toBe(0);
  });
});
