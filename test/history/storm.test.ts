import { afterAll, beforeAll, expect, it } from 'vitest';
import { AlertmanagerContainer, stackConfig } from '../support/alertmanager.ts';
import { makeNetwork } from '../support/cleanup.ts';
import { eventually, sh } from '../support/e2e-stack.ts';
import { describeWithEngine } from '../support/engine.ts';
import { HistoryContainer } from '../support/history.ts';

const NAME = 'pharos-test-history-storm';
const alertmanager = new AlertmanagerContainer(NAME);
const network = ['--network', `${NAME}-net`, '--network-alias', 'history', '-p', '127.0.0.1::9095'];
const ALERTS = 10_000;
let history: HistoryContainer;

const { event_recorder, receivers } = stackConfig();
const CONFIG = {
  event_recorder,
  // Half of the alerts are one group, as when a rule goes wrong; the others are fifty. Once sent, an alert is not repeated for a day: what
  // was acknowledged and is not there stays missing.
  route: { receiver: 'history', group_by: ['alertname'], group_wait: '0s', group_interval: '1s', repeat_interval: '24h' },
  receivers: receivers.filter(({ name }) => name === 'history'),
};

beforeAll(async () => {
  history = await HistoryContainer.prepare(NAME);
  await makeNetwork(NAME, `${NAME}-net`);
  await history.start({}, network);
  await alertmanager.start(CONFIG, history.folder, `${NAME}-net`);
});

afterAll(async () => {
  await history.destroy();
});

const startsAt = new Date().toISOString();
const alerts = Array.from({ length: ALERTS }, (_, index) => ({
  labels: { alertname: index % 2 === 0 ? 'Flood' : `Storm${index % 100}`, instance: `host-${index}`, severity: 'critical', storm: 'yes' },
  annotations: { summary: `Alert ${index}`, description: 'It is worse than it was. '.repeat(20), runbook_url: 'http://history/runbooks/x' },
  startsAt,
}));

async function pour(change: object): Promise<void> {
  for (let from = 0; from < ALERTS; from += 500)
    await alertmanager.post(
      'alerts',
      alerts.slice(from, from + 500).map((alert) => ({ ...alert, ...change })),
    );
}
const count = async (query: string): Promise<number> => (await history.list(`label=storm%3Dyes&limit=1&${query}`)).total;

/** Kills the history once `enough` alerts are there and not yet all; returns how many were. */
async function killOnce(query: string, enough: number): Promise<number> {
  let stored = 0;
  await eventually(`${enough} alerts are stored`, 120, async () => (stored = await count(query)) >= enough);
  await sh(['docker', 'kill', '--signal', 'KILL', `${NAME}-1`]);
  await history.start({}, network);
  return stored;
}

describeWithEngine('a storm of 10,000 alerts through Alertmanager', { timeout: 480_000 }, () => {
  it('loses none, however often the history is killed in it', async () => {
    const pouring = pour({});
    const killedAt = [await killOnce('', 1), await killOnce('', 2000), await killOnce('', 5000)];
    await pouring;
    // The kills came while alerts were on their way: Alertmanager saw them, and went on trying.
    expect(killedAt.filter((stored) => stored < ALERTS)).not.toEqual([]);
    await eventually('all are stored', 180, async () => (await count('')) === ALERTS);
    expect(await count('status=firing')).toBe(ALERTS);
    expect(await alertmanager.failedRequests()).toBeGreaterThan(0);
    const csv = await history.text('/api/v1/alerts.csv?label=storm%3Dyes');
    expect(new Set(csv.match(/,host-\d+,/g)).size).toBe(ALERTS);
  });

  it('loses no end of one either', async () => {
    const pouring = pour({ endsAt: new Date().toISOString() });
    await killOnce('status=resolved', 1);
    await killOnce('status=resolved', 3000);
    await pouring;
    await eventually('all are over', 180, async () => (await count('status=resolved')) === ALERTS);
    expect(await count('')).toBe(ALERTS);
  });

  it('fits into one notification and into the memory that the stack gives', async () => {
    const annotations = { summary: 'Everything is down', description: 'It is worse than it was. '.repeat(100) };
    const one = alerts.map((alert, index) => ({
      ...{ ...alert, annotations, labels: { ...alert.labels, storm: 'one' }, generatorURL: 'http://p/graph' },
      ...{ status: 'firing', endsAt: '0001-01-01T00:00:00Z', fingerprint: (0xf0000000 + index).toString(16) },
    }));
    expect((await history.notify(one)).status).toBe(200);
    expect((await history.list('label=storm%3Done&limit=1')).total).toBe(ALERTS);
    const { stdout } = await sh(['docker', 'inspect', '--format', '{{.State.OOMKilled}} {{.State.Running}}', `${NAME}-1`]);
    expect(stdout.trim()).toBe('false true');
  });
});
