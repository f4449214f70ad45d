import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { CHANNEL_SECRETS } from '../../scripts/settings/channels.ts';
import { renderAlertmanager } from '../../scripts/alertmanager/render.ts';
import { ROOT, readTree } from '../../scripts/base/files.ts';
import { CATEGORIES } from '../../scripts/rules/labels.ts';
import { AmtoolContainer } from '../support/amtool.ts';
import { describeWithEngine } from '../support/engine.ts';

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
/** Receivers by configuration and labels, each once and in order, as amtool finds them. */
const found = new Map<string, readonly string[]>();

const receivers = (config: 'all' | 'none', labels: string): readonly string[] | undefined => found.get(`${config} ${labels}`);

/** Labels of an alert → who is notified when every channel is set up. */
const TABLE: readonly (readonly [string, readonly string[]])[] = [
  ['alertname=A severity=emergency category=infrastructure', ['history', 'emergency']],
  ['alertname=A severity=critical category=infrastructure', ['history', 'critical-team']],
  ['alertname=A severity=warning category=infrastructure', ['history', 'warning-team']],
  ['alertname=A severity=info category=infrastructure', ['history']],
  ['alertname=A severity=critical category=database', ['history', 'dba-team', 'critical-team']],
  ['alertname=A severity=critical category=cache', ['history', 'dba-team', 'critical-team']],
  ['alertname=A severity=warning category=cache', ['history', 'dba-team', 'team-webhook', 'warning-team']],
  ['alertname=A severity=warning category=mlops', ['history', 'ml-team', 'team-webhook', 'warning-team']],
  ['alertname=A severity=critical category=security', ['history', 'security-team', 'critical-team']],
  ['alertname=A severity=warning category=security', ['history', 'security-team', 'team-webhook', 'warning-team']],
  ['alertname=A severity=emergency category=cache', ['history', 'dba-team', 'emergency']],
  ['alertname=A severity=critical category=stack notify_sms=true', ['history', 'sms', 'critical-team']],
  ['alertname=A severity=warning category=stack notify_sms=true', ['history', 'sms', 'warning-team']],
  ['alertname=A severity=emergency category=stack notify_sms=true', ['history', 'emergency']],
  ['alertname=A severity=critical category=database notify_sms=true', ['history', 'sms', 'dba-team', 'critical-team']],
  ['alertname=Watchdog severity=info category=stack', ['deadman']],
  // A severity that is not one of ours, from another Prometheus, reaches people as if it were critical.
  ['alertname=A severity=page', ['history', 'critical-team']],
  ['alertname=A severity=Critical category=database notify_sms=true', ['history', 'sms', 'dba-team', 'critical-team']],
  ['alertname=A', ['history', 'critical-team']],
  // Information reaches no person, whatever else it carries.
  ...CATEGORIES.map((category) => [`alertname=A severity=info category=${category} notify_sms=true`, ['history']] as const),
];

/** Labels that a test alert and a real one have in common. */
const PAIRS = ['severity=critical category=database', 'severity=warning category=security', 'severity=emergency category=stack'];
const CHANNELS = ['slack', 'email', 'pagerduty', 'ntfy'];
const ofChannel = (channel: string): string => `alertname=TestAlert nonce=n severity=critical test_channel=${channel}`;
const QUESTIONS = [
  ...TABLE.map(([labels]) => labels),
  ...PAIRS.flatMap((labels) => [`alertname=TestAlert nonce=n ${labels}`, `alertname=Other ${labels}`]),
  ...CHANNELS.map(ofChannel),
  'alertname=A severity=critical test_channel=slack',
];

describeWithEngine('routes, asked with amtool', () => {
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pharos-routes-'));
    // The tool in the container is another user.
    chmodSync(folder, 0o755);
    writeFileSync(join(folder, 'all.yml'), stringify(all.config, { aliasDuplicateObjects: false }));
    writeFileSync(join(folder, 'none.yml'), stringify(none.config, { aliasDuplicateObjects: false }));
    const questions = [...QUESTIONS.map((labels) => `all ${labels}`), ...TABLE.map(([labels]) => `none ${labels}`)];
    const amtool = await AmtoolContainer.start('pharos-routes', folder);
    try {
      const script = 'while read -r config labels; do /bin/amtool config routes test --config.file=/c/$config.yml $labels || exit 1; done';
      const answers = (await amtool.run(script, `${questions.join('\n')}\n`)).trim().split('\n');
      expect(answers).toHaveLength(questions.length);
      questions.forEach((question, index) => found.set(question, [...new Set(answers[index]?.split(','))]));
    } finally {
      await amtool.destroy();
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(TABLE)('%s → %j', (labels, expected) => {
    expect(receivers('all', labels)).toEqual(expected);
  });

  it.each(PAIRS)('a test alert reaches exactly those whom a real one reaches: %s', (labels) => {
    expect(receivers('all', `alertname=Other ${labels}`)).toContain('history');
    expect(receivers('all', `alertname=TestAlert nonce=n ${labels}`)).toEqual(receivers('all', `alertname=Other ${labels}`));
  });

  it.each(CHANNELS)('a test alert for one channel reaches that channel and the history only: %s', (channel) => {
    expect(receivers('all', ofChannel(channel))).toEqual(['history', `test-${channel}`]);
  });

  it('the label of a channel alone changes nothing', () => {
    expect(receivers('all', 'alertname=A severity=critical test_channel=slack')).toEqual(['history', 'critical-team']);
  });

  it('lead to the history where nothing is set up', () => {
    for (const [labels] of TABLE) expect(receivers('none', labels), labels).toEqual(['history']);
  });
});

describe('times', () => {
  const routes = all.config.route.routes ?? [];
  it.each([
    ['emergency', '0s', '1m', '30m'],
    ['critical-team', '10s', '1m', '1h'],
    ['warning-team', '5m', '1m', '12h'],
    ['security-team', '20s', '1m', '2h'],
    ['dba-team', '1m', '1m', '3h'],
    ['ml-team', '1m', '1m', '3h'],
    ['team-webhook', '1m', '1m', '3h'],
  ])('%s is notified after %s, of more alerts after %s, and again after %s', (receiver, wait, more, repeat) => {
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
      ['severity!~"emergency|warning|info"', '10s', undefined, '1h'],
      ['severity="warning"', '5m', undefined, '12h'],
    ]);
  });

  it('group by alert name, cluster and service; what wakes people also by server, instance and Compose project', () => {
    const base = ['alertname', 'cluster', 'service'];
    const grouped = routes.filter((route) => route['group_by'] !== undefined && route.receiver?.startsWith('test-') !== true);
    expect(all.config.route['group_by']).toEqual(base);
    expect(grouped.map(({ receiver }) => receiver)).toEqual(['sms', 'emergency', 'critical-team']);
    for (const route of grouped)
      expect(route['group_by']).toEqual([...base, 'server', 'instance', 'container_label_com_docker_compose_project']);
  });

  it('leave time for Prometheus to send what has recovered again before people hear of its group', async () => {
    const again = sentAgainSeconds(await readTree(ROOT, 'prometheus'), readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8'));
    expect(again).toBeGreaterThanOrEqual(35);
    for (const route of [all.config.route, ...routes.filter(({ receiver = '' }) => !/^(history|test-.*)$/.test(receiver))])
      expect(seconds(String(route['group_interval'] ?? all.config.route['group_interval'])), route.receiver).toBeGreaterThanOrEqual(again);
  });
});

const seconds = (duration: string): number => parseInt(duration, 10) * (duration.endsWith('m') ? 60 : 1);

/** The longest time between two sends of the same alert: Prometheus sends at the first evaluation later than resend-delay. */
function sentAgainSeconds(prometheus: ReadonlyMap<string, string>, compose: string): number {
  const delay = seconds(/--rules\.alert\.resend-delay=(\w+)/.exec(compose)?.[1] ?? '');
  const files = [...prometheus].filter(([path]) => /^prometheus\/(prometheus|rules\/[\w-]+)\.yml$/.test(path)).map(([, text]) => text);
  const intervals = files.flatMap((text) =>
    [...text.matchAll(/^ +(?:evaluation_)?interval: (\w+)$/gm)].map(([, value = '']) => seconds(value)),
  );
  return Math.max(...intervals.map((interval) => (Math.floor(delay / interval) + 1) * interval));
}
