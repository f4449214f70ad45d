import { describe, expect, it } from 'vitest';
import type { StoredAlert } from '../../../alertmanager/history/alert.ts';
import type { StoredEvent } from '../../../alertmanager/history/event-store.ts';
import { parseEvent } from '../../../alertmanager/history/events.ts';
import { timelineOf } from '../../../alertmanager/history/timeline.ts';

const set = (labels: Record<string, string>) => ({ labels: Object.entries(labels).map(([key, value]) => ({ key, value })) });
const details = {
  ...{ fingerprint: '11883087041541269502', name: 'A', labels: set({ alertname: 'A' }), annotations: {} },
  ...{ startsAt: '2026-11-21T08:30:56.769746444Z', endsAt: '2026-11-21T08:35:56Z' },
};
const groupInfo = { groupKey: '{}:{}', groupLabels: {}, receiverName: 'team' };
const wrap = (data: object): string => JSON.stringify({ '@timestamp': '2026-11-21T08:30:57.5Z', instance: 'vm', data });

describe('parseEvent', () => {
  it('reads an alert with its fingerprint as the rest of Alertmanager writes it', () => {
    expect(parseEvent(wrap({ alertCreated: { alert: details } }))).toMatchObject([
      {
        ...{ kind: 'known', at: '2026-11-21T08:30:57.500Z', fingerprint: 'a4e934b47a1d67fe' },
        alert: { status: 'firing', startsAt: '2026-11-21T08:30:56.769Z', endsAt: '', labels: { alertname: 'A' }, annotations: {} },
      },
    ]);
    const small = parseEvent(wrap({ alertCreated: { alert: { ...details, fingerprint: '10' } } }));
    expect(small[0]?.fingerprint).toBe('000000000000000a');
  });
  it('reads a notification as one event per alert, each with its kind', () => {
    const alerts = [
      { hash: '1', details },
      { hash: '2', details: { ...details, fingerprint: '11', resolved: true } },
    ];
    const integration = { name: 'slack', index: '1' };
    expect(
      parseEvent(wrap({ notification: { alerts, groupInfo, integration, reason: 'NOTIFY_REASON_FIRST_NOTIFICATION' } })),
    ).toMatchObject([
      { kind: 'told', detail: { receiver: 'team', integration: 'slack', index: '1', reason: 'first notification', about: 'firing' } },
      { kind: 'told', fingerprint: '000000000000000b', detail: { about: 'resolved' }, alert: { status: 'resolved' } },
    ]);
  });
  it('passes over kinds that it does not know', () => {
    expect(parseEvent(wrap({ silenceCreated: { silence: {} } }))).toEqual([]);
    expect(parseEvent(wrap({ somethingNew: { alert: details } }))).toEqual([]);
  });
  it.each([
    ['{', 'not JSON'],
    ['{}', 'not an event'],
    [JSON.stringify({ '@timestamp': 'x', data: {} }), '@timestamp'],
    [wrap({ alertCreated: { alert: { ...details, fingerprint: 'abc' } } }), 'fingerprint'],
    [wrap({ alertCreated: { alert: { ...details, startsAt: 'x' } } }), 'startsAt'],
  ])('refuses %s', (body, message) => {
    expect(() => parseEvent(body)).toThrow(message);
  });
});

describe('timelineOf', () => {
  const at = (second: number): string => `2026-01-01T00:00:${String(second).padStart(2, '0')}.000Z`;
  const alert = { startsAt: at(0), endsAt: null, acknowledgedAt: null, acknowledgedBy: null } as unknown as StoredAlert;
  const event = (kind: StoredEvent['kind'], second: number, detail: Record<string, string> = {}, count = 1): StoredEvent => ({
    ...{ kind, firstAt: at(second), lastAt: at(second), count, detail },
  });
  const answer = (...events: readonly StoredEvent[]): readonly string[] => timelineOf(alert, events, (print) => `alert ${print}`).answer;
  const grouped = event('grouped', 1, { receiver: 'team' });

  it('admits that it knows nothing', () => {
    expect(answer()).toEqual([expect.stringContaining('no events of this alert')]);
    expect(answer(event('started', 1))).toEqual([expect.stringContaining('no events of this alert')]);
  });
  it('names every receiver for itself', () => {
    const told = event('told', 7, { receiver: 'team', integration: 'slack', about: 'firing' });
    const mail = event('told', 9, { receiver: 'team', integration: 'email', about: 'firing' });
    expect(answer(grouped, event('grouped', 1, { receiver: 'dba' }), event('grouped', 1, { receiver: 'history' }), told, mail)).toEqual([
      'team was notified through slack, email, first at 2026-01-01 00:00:07 UTC, 7 s after it began.',
      expect.stringMatching(/^dba has not been notified yet/),
    ]);
  });
  it('does not take the news of its end for the news of it', () => {
    expect(answer(grouped, event('told', 7, { receiver: 'team', about: 'resolved' }))[0]).toContain('not been notified');
  });
  it('lists the first notified receiver first', () => {
    const of = (receiver: string, second: number): StoredEvent =>
      event('told', second, { receiver, integration: 'slack', about: 'firing' });
    expect(
      answer(event('grouped', 1, { receiver: 'dba' }), grouped, of('team', 11), of('dba', 30)).map((line) => line.split(' ')[0]),
    ).toEqual(['team', 'dba']);
  });
  it('skips this history, unless it is the only receiver', () => {
    const self = event('grouped', 1, { receiver: 'history', groupKey: '{}/{}:{}' });
    const kinds = (...events: readonly StoredEvent[]): readonly string[] =>
      timelineOf(alert, events, String).entries.map(({ text }) => text);
    const team = event('grouped', 1, { receiver: 'team', groupKey: '{}/{severity="critical"}:{alertname="DiskFull", cluster="shop"}' });
    expect(kinds(self)).toEqual(['It began to fire.', 'Grouped for history with what has the same route.']);
    expect(kinds(self, team)).toEqual([
      'It began to fire.',
      'Grouped for team with what has the same alertname="DiskFull", cluster="shop".',
    ]);
  });
  it('says how long it was kept quiet, and never longer than it fired', () => {
    const quiet = { ...event('silenced', 2, { by: 'anna', comment: 'c', until: 'never' }), lastAt: at(50) };
    const again = { ...event('grouped', 1, { receiver: 'team' }), lastAt: at(50) };
    const until = (endsAt: string | null) => timelineOf({ ...alert, endsAt }, [again, quiet], String).entries.map((entry) => entry.until);
    expect(until(null)).toEqual([undefined, undefined, at(50)]);
    expect(until(at(30))).toEqual([undefined, undefined, at(30), undefined]);
  });
  it('gives each reason once, whichever came first', () => {
    const inhibited = event('inhibited', 2, { by: 'a,b' });
    const silenced = event('silenced', 3, { by: '', comment: 'c', until: 'never' });
    expect(answer(grouped, inhibited, inhibited, silenced)).toEqual([
      'team was not notified: alert a and alert b, which fired too, kept it quiet, and a silence by an unnamed user (“c”) kept it quiet.',
    ]);
  });
});
