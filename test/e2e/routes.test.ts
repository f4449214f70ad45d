import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { CHANNEL_SECRETS } from '../../scripts/settings/channels.ts';
import { renderAlertmanager } from '../../scripts/alertmanager/render.ts';
import { ROOT } from '../../scripts/base/files.ts';
import { sh } from '../support/e2e-stack.ts';
import { serviceImage } from '../support/images.ts';

const noEngine = process.env['PHAROS_NO_ENGINE'];
const source: unknown = parse(readFileSync(join(ROOT, 'alertmanager/alertmanager.yml'), 'utf8'), { merge: true });
const EMAIL = {
  SMTP_HOST: 'mail',
  SMTP_FROM: 'a@b',
  EMAIL_CRITICAL: 'c@b',
  EMAIL_WARNING: 'w@b',
  EMAIL_SECURITY: 's@b',
  EMAIL_DBA: 'd@b',
  EMAIL_ML: 'm@b',
};
const all = renderAlertmanager(source, new Set(Object.keys(CHANNEL_SECRETS)), EMAIL);
const none = renderAlertmanager(source, new Set(), {});
let folder: string;
let image: string;

beforeEach((context) => {
  if (noEngine !== undefined) context.skip(noEngine);
});
beforeAll(async () => {
  if (noEngine !== undefined) return;
  image = await serviceImage(new Docker(), 'alertmanager');
  folder = mkdtempSync(join(tmpdir(), 'pharos-routes-'));
  // The tool in the container is another user.
  chmodSync(folder, 0o755);
  writeFileSync(join(folder, 'all.yml'), stringify(all.config, { aliasDuplicateObjects: false }));
  writeFileSync(join(folder, 'none.yml'), stringify(none.config, { aliasDuplicateObjects: false }));
});
afterAll(() => {
  if (folder !== undefined) rmSync(folder, { recursive: true });
});

/** The receivers that amtool finds for labels, in order, each once. */
async function receivers(config: 'all' | 'none', labels: readonly string[]): Promise<readonly string[]> {
  const { stdout, stderr, code } = await sh([
    'docker',
    'run',
    '--rm',
    '--network',
    'none',
    '-v',
    `${folder}:/c:ro`,
    '--entrypoint',
    '/bin/amtool',
    image,
    'config',
    'routes',
    'test',
    `--config.file=/c/${config}.yml`,
    ...labels,
  ]);
  if (code !== 0) throw new Error(stderr);
  return [...new Set(stdout.trim().split(','))];
}

/** Labels of an alert → who is told when every channel is set up. */
const TABLE: readonly (readonly [string, readonly string[]])[] = [
  ['alertname=A severity=emergency category=infrastructure', ['history', 'emergency']],
  ['alertname=A severity=critical category=infrastructure', ['history', 'critical-team']],
  ['alertname=A severity=warning category=infrastructure', ['history', 'warning-team']],
  ['alertname=A severity=info category=infrastructure', ['history']],
  ['alertname=A severity=critical category=database', ['history', 'dba-team', 'critical-team']],
  ['alertname=A severity=critical category=cache', ['history', 'dba-team', 'critical-team']],
  ['alertname=A severity=warning category=cache', ['history', 'dba-team', 'warning-team']],
  ['alertname=A severity=warning category=mlops', ['history', 'ml-team', 'warning-team']],
  ['alertname=A severity=critical category=security', ['history', 'security-team', 'critical-team']],
  ['alertname=A severity=critical category=stack notify_sms=true', ['history', 'sms', 'critical-team']],
  ['alertname=A severity=warning category=stack notify_sms=true', ['history', 'sms', 'warning-team']],
  ['alertname=A severity=info category=stack notify_sms=true', ['history', 'sms']],
  ['alertname=A severity=emergency category=stack notify_sms=true', ['history', 'emergency']],
  ['alertname=A severity=critical category=database notify_sms=true', ['history', 'sms', 'dba-team', 'critical-team']],
  ['alertname=Watchdog severity=info category=stack', ['deadman']],
  ['alertname=A', ['history']],
];

describe('routes, asked with amtool', () => {
  it.each(TABLE)('%s → %j', async (labels, expected) => {
    expect(await receivers('all', labels.split(' '))).toEqual(expected);
  });

  it('a test alert reaches exactly those whom a real one reaches', async () => {
    for (const labels of [
      'severity=critical category=database',
      'severity=warning category=security',
      'severity=emergency category=stack',
    ]) {
      expect(await receivers('all', ['alertname=TestAlert', 'nonce=n', ...labels.split(' ')])).toEqual(
        await receivers('all', ['alertname=Other', ...labels.split(' ')]),
      );
    }
  });

  it('a test alert for one channel reaches that channel and the history only', async () => {
    for (const channel of ['slack', 'email', 'pagerduty', 'ntfy'])
      expect(await receivers('all', ['alertname=TestAlert', 'nonce=n', 'severity=critical', `test_channel=${channel}`])).toEqual([
        'history',
        `test-${channel}`,
      ]);
    // The label alone changes nothing.
    expect(await receivers('all', ['alertname=A', 'severity=critical', 'test_channel=slack'])).toEqual(['history', 'critical-team']);
  });

  it('lead to the history where nothing is set up', async () => {
    for (const [labels] of TABLE) expect(await receivers('none', labels.split(' ')), labels).toEqual(['history']);
  });
});

describe('times', () => {
  const routes = all.config.route.routes ?? [];
  it.each([
    ['emergency', '0s', '15s', '30m'],
    ['critical-team', '10s', '15s', '1h'],
    ['warning-team', '5m', '1m', '12h'],
    ['security-team', '20s', '1m', '2h'],
    ['dba-team', '1m', '1m', '3h'],
    ['ml-team', '1m', '1m', '3h'],
  ])('%s is told after %s, of more of the same after %s, and again after %s', (receiver, wait, more, repeat) => {
    expect({ ...all.config.route, ...routes.find((route) => route.receiver === receiver) }).toMatchObject({
      group_wait: wait,
      group_interval: more,
      repeat_interval: repeat,
    });
  });

  it('an SMS goes at the pace of its severity', () => {
    expect(
      routes
        .filter(({ receiver }) => receiver === 'sms')
        .map((route) => [route.matchers?.[1], route['group_wait'], route['group_interval'], route['repeat_interval']]),
    ).toEqual([
      ['severity="critical"', '10s', '15s', '1h'],
      ['severity!~"critical|emergency"', '5m', undefined, '12h'],
    ]);
  });

  it('group by alert name, cluster and service', () => {
    expect(all.config.route['group_by']).toEqual(['alertname', 'cluster', 'service']);
  });
});
