import type { IncomingMessage } from 'node:http';
import type { AlertStore, StoredAlert } from './alert.ts';
import type { EventStore } from './event-store.ts';
import { parseEvent } from './events.ts';
import { json, readBody, type Answer } from './http.ts';
import { parseQuery } from './query.ts';
import type { Service } from './service.ts';
import { timelineOf, type Timeline } from './timeline.ts';

/** Prometheus stamps an alert when a rule fires and sends it a moment later; clocks of two hosts differ by as much. */
const SLACK_MS = 60_000;

/** Takes an event of Alertmanager's recorder. */
export async function takeEvent({ events, store, now, received }: Service, request: IncomingMessage): Promise<Answer> {
  try {
    const recorded = parseEvent(await readBody(request));
    events.save(recorded);
    for (const { kind, fingerprint, alert } of recorded) {
      if (kind === 'over' && alert?.status === 'resolved') await store.end(alert, now());
      // A muted alert reaches no one, this history included: it is known only from its events.
      const muted = kind === 'silenced' || kind === 'inhibited' ? events.alert(fingerprint) : undefined;
      if (muted?.status === 'firing') await store.learn(muted, now());
    }
    received.stored += 1;
    return json(200, { stored: recorded.length });
  } catch (failure) {
    received.refused += 1;
    throw failure;
  }
}

/** What muted the alerts without any notification: `silenced` or `inhibited`, by their IDs. */
export function quietOf(alerts: readonly StoredAlert[], events: EventStore): ReadonlyMap<string, string> {
  return new Map(
    alerts.flatMap(({ id, fingerprint, startsAt, endsAt, receivers }) => {
      const kind = receivers.length > 0 ? undefined : events.quietedBy(fingerprint, sinceBefore(startsAt), endsAt ?? '9999');
      return kind === undefined ? [] : [[id, kind] as const];
    }),
  );
}

const sinceBefore = (startsAt: string): string => new Date(Date.parse(startsAt) - SLACK_MS).toISOString();

/** The timeline of an alert, from its start to the next start of the same alert. */
export async function storyOf(alert: StoredAlert, events: EventStore, store: AlertStore): Promise<Timeline> {
  const from = sinceBefore(alert.startsAt);
  const { alerts } = await store.find(
    parseQuery(new URLSearchParams({ fingerprint: alert.fingerprint, since: alert.startsAt, limit: '1000' })),
  );
  const next = alerts.filter(({ startsAt }) => startsAt > alert.startsAt).at(-1);
  const found = events.of(alert.fingerprint, from, next?.startsAt ?? '9999');
  return timelineOf(alert, found, (fingerprint) => {
    const { alertname = 'an alert', instance = '' } = events.alert(fingerprint)?.labels ?? {};
    return instance === '' ? alertname : `${alertname} on ${instance}`;
  });
}
