import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { renderAlertmanager, type Route } from '../../scripts/alertmanager/render.ts';
import { ROOT } from '../../scripts/base/files.ts';
import { messagesAbout, type Message } from '../drills/shared/messages.ts';
import { startReceiver, type Receiver } from '../drills/shared/receiver.ts';
import { AlertmanagerContainer } from '../support/alertmanager.ts';
import { makeNetwork } from '../support/cleanup.ts';
import { eventually, removeEverything } from '../support/e2e-stack.ts';
import { bridgeAddress, describeWithEngine } from '../support/engine.ts';

const NAME = 'pharos-messages';
/** All times are divided by this. Alertmanager only compares them with each other, so what it sends stays the same. */
const FASTER = 6;
/** When Prometheus sends an alert again: at the first evaluation, one every 5 s, later than 30 s (docker-compose.yml). */
const [EVALUATION, AGAIN] = [5, 35];

/** From when to when each alert fires, in seconds. Three containers of a project recover, each at another time; one does not until the end. */
const CONTAINERS = { a: [0, 60], b: [5, 240], c: [10, 108], d: [0, 80] } as const;
/** The second server goes down while the first one still is. */
const SERVERS = { first: [0, 150], second: [90, 170] } as const;
const END = 300;

interface Episode {
  readonly labels: Readonly<Record<string, string>>;
  readonly from: number;
  readonly to: number;
}
const episodes: readonly Episode[] = [
  ...Object.entries(CONTAINERS).map(([name, [from, to]]) => ({
    ...{ labels: { alertname: 'ContainerDown', instance: 'host', container_label_com_docker_compose_project: 'shop', name }, from, to },
  })),
  ...Object.entries(SERVERS).map(([instance, [from, to]]) => ({ labels: { alertname: 'ServerDown', instance }, from, to })),
];

let receiver: Receiver;
let folder: string;
const alertmanager = new AlertmanagerContainer(NAME);

beforeAll(async () => {
  await removeEverything(NAME);
  await makeNetwork(NAME, `${NAME}-net`);
  receiver = await startReceiver();
  folder = mkdtempSync(join(tmpdir(), `${NAME}-`));
  await alertmanager.start(await config(), folder, `${NAME}-net`);
  const began = Date.now();
  await play(began);
  await eventually('the last container is well again', 60, async () => counts('critical-team', 'b').includes('resolved'));
});
afterAll(async () => {
  receiver.close();
  await removeEverything(NAME);
  rmSync(folder, { recursive: true });
});

/** The stack's own routes, faster; and a receiver with the old times of the critical team, to show that these alerts can make a storm. */
async function config(): Promise<object> {
  const source: unknown = parse(readFileSync(join(ROOT, 'alertmanager/alertmanager.yml'), 'utf8'), { merge: true });
  const { route } = renderAlertmanager(source, new Set(['WEBHOOK_URL']), {}).config;
  const hasty: Route = { receiver: 'hasty', group_wait: '10s', group_interval: '15s', repeat_interval: '1h', continue: true };
  const url = `http://${await bridgeAddress()}:${receiver.port}/critical`;
  const used = ['history', 'hasty', 'critical-team', 'emergency', 'team-webhook'];
  const routes = [hasty, ...(route.routes ?? [])].filter((one) => used.includes(one.receiver ?? ''));
  return {
    route: faster({ ...route, routes }),
    receivers: used.map((name) => ({ name, webhook_configs: [{ url, send_resolved: true }] })),
  };
}

function faster(route: Route): Route {
  const times = Object.entries(route).filter(([key]) => /^group_(wait|interval)$/.test(key));
  const scaled = times.map(([key, value]) => {
    const seconds = parseInt(String(value), 10) * (String(value).endsWith('m') ? 60 : 1);
    return [key, `${Math.round((seconds * 1000) / FASTER)}ms`] as const;
  });
  return { ...route, ...Object.fromEntries(scaled), routes: (route.routes ?? []).map(faster) };
}

/** Sends the alerts as Prometheus does: a firing one with an end in the future, a recovered one with its end, each again and again. */
async function play(began: number): Promise<void> {
  const iso = (second: number): string => new Date(began + (second * 1000) / FASTER).toISOString();
  const sent = new Map<Episode, { at: number; over: boolean }>();
  for (let now = 0; now < END; now = ((Date.now() - began) * FASTER) / 1000) {
    const due = episodes.filter((episode) => {
      const last = sent.get(episode);
      return now >= episode.from && (last === undefined || now >= last.at + AGAIN || (now >= episode.to && !last.over));
    });
    for (const episode of due) sent.set(episode, { at: now, over: now >= episode.to });
    const alerts = due.map(({ labels, from, to }) => ({
      labels: { ...labels, severity: 'critical', service: 'shop' },
      startsAt: iso(from),
      endsAt: iso(now >= to ? to : now + 4 * AGAIN),
    }));
    if (alerts.length > 0) await alertmanager.post('alerts', alerts);
    await sleep((EVALUATION * 1000) / FASTER);
  }
}

/** The states that the messages tell of an alert, known by a label, those without any news included. */
function counts(of: string, value: string): readonly string[] {
  // Only receivers that wake people are counted.
  const messages = receiver.messages.flatMap((message) => (message.receiver === of ? [{ ...message, receiver: 'critical-team' }] : []));
  const is = ({ labels }: Message['alerts'][number]): boolean => labels['name'] === value || labels['instance'] === value;
  const fingerprint = messages.flatMap(({ alerts }) => alerts).find(is)?.fingerprint ?? '';
  return messagesAbout(fingerprint, messages).map(({ alerts }) => alerts.find(is)?.status ?? '');
}

describeWithEngine('messages of a real Alertmanager', () => {
  it.each([...Object.keys(CONTAINERS), ...Object.keys(SERVERS)])('a plain incident is two: %s', (name) => {
    expect(counts('critical-team', name)).toEqual(['firing', 'resolved']);
  });

  it('an interval shorter than the time until Prometheus sends a recovered alert again makes a storm of them', () => {
    expect(counts('hasty', 'b').length).toBeGreaterThan(4);
  });

  it('a second server is a group of its own: it waits for no flush of the first', () => {
    const about = receiver.messages.filter(
      ({ receiver: to, alerts }) => to === 'critical-team' && alerts[0]?.labels['alertname'] === 'ServerDown',
    );
    expect(about.map(({ alerts }) => alerts.map(({ labels, status }) => `${labels['instance'] ?? ''} ${status}`))).toEqual([
      ['first firing'],
      ['second firing'],
      ['first resolved'],
      ['second resolved'],
    ]);
  });
});
