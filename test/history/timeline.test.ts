import { afterAll, beforeAll, expect, it } from 'vitest';
import { AlertmanagerContainer, stackConfig } from '../support/alertmanager.ts';
import { makeNetwork } from '../support/cleanup.ts';
import { eventually, sh } from '../support/e2e-stack.ts';
import { describeWithEngine } from '../support/engine.ts';
import { HistoryContainer } from '../support/history.ts';

const NAME = 'pharos-test-history-why';
const alertmanager = new AlertmanagerContainer(NAME);
let history: HistoryContainer;

const { event_recorder, receivers } = stackConfig();
const webhook = (name: string, url: string): object => ({ name, webhook_configs: [{ url }] });
const CONFIG = {
  event_recorder,
  route: {
    ...{ receiver: 'history', group_by: ['alertname'], group_wait: '0s', group_interval: '2s', repeat_interval: '1h' },
    routes: [
      { receiver: 'history', continue: true },
      { receiver: 'team', matchers: ['severity="critical"'] },
      { receiver: 'later', matchers: ['severity="warning"'], group_wait: '1h' },
      { receiver: 'broken', matchers: ['severity="broken"'] },
    ],
  },
  receivers: [
    ...receivers.filter(({ name }) => name === 'history'),
    webhook('team', 'http://history:9095/api/v1/webhook'),
    webhook('later', 'http://history:9095/api/v1/webhook'),
    webhook('broken', 'http://127.0.0.1:1/'),
  ],
  inhibit_rules: [{ source_matchers: ['alertname="ServerDown"'], target_matchers: ['alertname="DiskFull"'], equal: ['instance'] }],
};

const network = ['--network', `${NAME}-net`, '--network-alias', 'history', '-p', '127.0.0.1::9095'];

beforeAll(async () => {
  history = await HistoryContainer.prepare(NAME);
  await makeNetwork(NAME, `${NAME}-net`);
  await history.start({}, network);
  await alertmanager.start(CONFIG, history.folder, `${NAME}-net`);
});

afterAll(async () => {
  await history.destroy();
});

interface Story {
  readonly answer: readonly string[];
  readonly entries: readonly { readonly kind: string; readonly text: string; readonly at: string; readonly until?: string }[];
}

/** Fires an alert, or ends it, as Prometheus does. */
async function fire(alertname: string, severity: string, ended = false, instance = 'web-1'): Promise<void> {
  const endsAt = ended ? { endsAt: new Date().toISOString() } : {};
  const annotations = { summary: `About ${alertname}` };
  await alertmanager.post('alerts', [{ labels: { alertname, severity, instance }, annotations, startsAt: STARTED, ...endsAt }]);
}
const STARTED = new Date(Date.now() - 30_000).toISOString();

async function story(alertname: string): Promise<Story> {
  const { alerts } = await history.list(`alertname=${alertname}`);
  expect(alerts).toHaveLength(1);
  return history.json<Story>(`/api/v1/alerts/${alerts[0]?.id ?? ''}/timeline`);
}
const answers = async (alertname: string): Promise<string> => (await story(alertname)).answer.join('\n');
const within = { timeout: 120_000, interval: 500 };

describeWithEngine('why was I not paged?', () => {
  it('you were: when, how long after, and through what', async () => {
    await fire('Told', 'critical');
    await expect
      .poll(async () => answers('Told'), within)
      .toMatch(/^team was notified through webhook, first at .* UTC, \d+ s after it began\.$/);
    const { entries } = await story('Told');
    expect(entries.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['began', 'known', 'grouped', 'told']));
    expect(entries.map(({ at }) => at)).toEqual(entries.map(({ at }) => at).sort());
  });

  it('a silence covered it: whose, why, from when to when; and its end is known though no one was notified', async () => {
    await alertmanager.post('silences', {
      ...{ matchers: [{ name: 'alertname', value: 'Quiet', isRegex: false }], createdBy: 'anna', comment: 'moving disks' },
      ...{ startsAt: new Date().toISOString(), endsAt: new Date(Date.now() + 3_600_000).toISOString() },
    });
    await fire('Quiet', 'critical');
    await expect.poll(async () => (await history.list('alertname=Quiet')).total, within).toBe(1);
    await expect
      .poll(async () => answers('Quiet'), within)
      .toMatch(/^team was not notified: a silence by anna \(“moving disks”, set until .* UTC\) kept it quiet\.$/);
    const { alerts } = await history.list('alertname=Quiet');
    expect(alerts[0]).toMatchObject({ status: 'firing', receivers: [], summary: 'About Quiet', severity: 'critical' });
    expect(await history.text('/')).toContain('<span class="tag quiet">silenced</span>');
    await expect.poll(async () => (await story('Quiet')).entries.find(({ kind }) => kind === 'silenced')?.until, within).toBeDefined();
    await fire('Quiet', 'critical', true);
    await expect
      .poll(async () => (await history.list('alertname=Quiet')).alerts[0], within)
      .toMatchObject({ status: 'resolved', receivers: [] });
  });

  it('another alert inhibited it: which, by what rule', async () => {
    await fire('ServerDown', 'critical');
    await expect.poll(async () => (await history.list('alertname=ServerDown')).total, within).toBe(1);
    await fire('DiskFull', 'critical');
    await expect.poll(async () => (await history.list('alertname=DiskFull')).total, within).toBe(1);
    await expect
      .poll(async () => answers('DiskFull'), within)
      .toBe('team was not notified: ServerDown on web-1, which fired too, kept it quiet.');
    const entry = (await story('DiskFull')).entries.find(({ kind }) => kind === 'inhibited');
    expect(entry?.text).toBe(
      'ServerDown on web-1 kept it quiet: while alertname="ServerDown" fires, alertname="DiskFull" is not sent where instance is the same.',
    );
    const [source] = (await history.list('alertname=ServerDown')).alerts;
    const [target] = (await history.list('alertname=DiskFull')).alerts;
    expect(await history.text(`/alerts/${target?.id ?? ''}`)).toContain(`/?fingerprint=${String(source?.['fingerprint'])}`);
  });

  it('its group is still gathering; and it was over before it was due', async () => {
    await fire('Slow', 'warning');
    await expect.poll(async () => answers('Slow'), within).toMatch(/^later has not been notified yet: .*group_wait/);
    await fire('Slow', 'warning', true);
    await expect.poll(async () => answers('Slow'), within).toMatch(/^later was not notified: it was over after \d+ s, before/);
  });

  it('the message could not be delivered', async () => {
    await fire('Lost', 'broken');
    await expect.poll(async () => answers('Lost'), within).toMatch(/^broken has not been notified yet: .*cannot be delivered/);
  });

  it('no channel is set up for it', async () => {
    await fire('Orphan', 'none');
    await expect.poll(async () => answers('Orphan'), within).toMatch(/^No one: its route leads to this history only/);
  });

  it('is answered although the history was killed when it happened', async () => {
    await sh(['docker', 'kill', '--signal', 'KILL', `${NAME}-1`]);
    const failed = await alertmanager.failedRequests();
    await fire('Missed', 'critical');
    await eventually('the notification fails', 120, async () => (await alertmanager.failedRequests()) > failed);
    await history.start({}, network);
    await expect.poll(async () => (await history.list('alertname=Missed')).total, within).toBe(1);
    await expect.poll(async () => answers('Missed'), within).toMatch(/^team was notified through webhook/);
    expect((await story('Told')).entries.map(({ kind }) => kind)).toContain('told');
  });
});
