import { secondsBetween, type StoredAlert } from './alert.ts';
import type { StoredEvent } from './event-store.ts';
import { spell, time } from './format.ts';

/** One line of an alert's timeline. */
export interface TimelineEntry {
  /** ISO 8601 in UTC. */
  readonly at: string;
  /** When the alert was last muted. */
  readonly until?: string;
  readonly kind: StoredEvent['kind'] | 'began' | 'ended' | 'acknowledged';
  readonly text: string;
  /** Fingerprints of the alerts that muted this one. */
  readonly by?: readonly string[];
}

export interface Timeline {
  /** Who was notified of the alert, and why others were not: one sentence each. */
  readonly answer: readonly string[];
  readonly entries: readonly TimelineEntry[];
}

/** The receiver that is this history. */
const SELF = 'history';

/**
 * Builds an alert's timeline.
 *
 * @param alert the alert
 * @param events its events from Alertmanager's recorder, in order
 * @param nameOf the name of an alert by its fingerprint
 */
export function timelineOf(alert: StoredAlert, events: readonly StoredEvent[], nameOf: (fingerprint: string) => string): Timeline {
  const own: TimelineEntry[] = [{ at: alert.startsAt, kind: 'began', text: 'It began to fire.' }];
  if (alert.endsAt !== null) own.push({ at: alert.endsAt, kind: 'ended', text: `It was over after ${lasted(alert)}.` });
  if (alert.acknowledgedAt !== null)
    own.push({ at: alert.acknowledgedAt, kind: 'acknowledged', text: `${alert.acknowledgedBy ?? ''} took it on.` });
  const others = events.some(({ detail }) => (detail['receiver'] ?? SELF) !== SELF);
  // If there are other receivers, the notification of this history explains nothing.
  const relevant = events.filter(({ detail }) => !others || detail['receiver'] !== SELF);
  const recorded = relevant.map((event): TimelineEntry => ({
    at: event.firstAt,
    ...lastingUntil(event, alert),
    kind: event.kind,
    text: capital(sentence(event, nameOf)),
    ...(event.kind === 'inhibited' ? { by: fingerprints(event) } : {}),
  }));
  const entries = [...own, ...recorded].sort((a, b) => a.at.localeCompare(b.at));
  return { answer: answerOf(alert, events, nameOf), entries };
}

/** The end of an entry: only mutes have one, at most the alert's own end. After a reload Alertmanager reports ended alerts again. */
function lastingUntil({ kind, firstAt, lastAt }: StoredEvent, { endsAt }: StoredAlert): { readonly until?: string } {
  const until = endsAt !== null && endsAt < lastAt ? endsAt : lastAt;
  return (kind === 'silenced' || kind === 'inhibited') && until > firstAt ? { until } : {};
}

const lasted = ({ startsAt, endsAt }: StoredAlert): string => spell(secondsBetween(startsAt, endsAt) ?? 0);
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const quietly = (reasons: readonly string[]): string => reasons.map((reason) => `${reason} kept it quiet`).join(', and ');
const fingerprints = ({ detail }: StoredEvent): readonly string[] => (detail['by'] ?? '').split(',').filter((print) => print !== '');

function sentence(event: StoredEvent, nameOf: (fingerprint: string) => string): string {
  const { detail, count } = event;
  const often = count > 1 ? `, ${count} times` : '';
  switch (event.kind) {
    case 'started':
      return `Alertmanager ${detail['version'] ?? ''} started.`;
    case 'stopped':
      return 'Alertmanager stopped.';
    case 'known':
      return 'Alertmanager received it.';
    case 'grouped':
      return `Grouped for ${detail['receiver'] ?? ''} with what has the same ${groupLabels(detail['groupKey'] ?? '')}.`;
    case 'told':
      return `Notified ${detail['receiver'] ?? ''} that it is ${detail['about'] ?? ''}, through ${detail['integration'] ?? ''} (${detail['reason'] ?? ''}${often}).`;
    case 'over':
      return `It left the group for ${detail['receiver'] ?? ''}: it is over.`;
    case 'silenced':
      return `${silence(event)} kept it quiet (${detail['matchers'] ?? ''}).`;
    case 'inhibited':
      return `${inhibitors(event, nameOf)} kept it quiet: while ${detail['source'] ?? ''} fires, ${detail['target'] ?? ''} is not sent${equal(event)}.`;
  }
}

/** The labels of a group from its key, `{}/{severity="critical"}:{alertname="DiskFull"}`; the rest of it is the route. */
function groupLabels(key: string): string {
  return /:\{(.*)\}$/s.exec(key)?.[1] || 'route';
}

function silence({ detail }: StoredEvent): string {
  const until = Date.parse(detail['until'] ?? '');
  const end = Number.isNaN(until) ? '' : `, set until ${time(new Date(until).toISOString())}`;
  return `a silence by ${detail['by'] || 'an unnamed user'} (“${detail['comment'] ?? ''}”${end})`;
}

function inhibitors(event: StoredEvent, nameOf: (fingerprint: string) => string): string {
  return fingerprints(event).map(nameOf).join(' and ') || 'another alert';
}

function equal({ detail }: StoredEvent): string {
  return (detail['equal'] ?? '') === '' ? '' : ` where ${detail['equal'] ?? ''} is the same`;
}

function answerOf(alert: StoredAlert, events: readonly StoredEvent[], nameOf: (fingerprint: string) => string): readonly string[] {
  const about = events.filter(({ kind }) => kind !== 'started' && kind !== 'stopped');
  if (about.length === 0)
    return ["Alertmanager's event recorder has no events of this alert. It records since it was enabled, and drops some in a storm."];
  const receivers = new Set(
    about.filter(({ kind }) => kind === 'grouped' || kind === 'told').map(({ detail }) => detail['receiver'] ?? ''),
  );
  receivers.delete(SELF);
  const quiet = about.filter(({ kind }) => kind === 'silenced' || kind === 'inhibited');
  const reasons = [
    ...new Set(quiet.map((event) => (event.kind === 'silenced' ? silence(event) : `${inhibitors(event, nameOf)}, which fired too,`))),
  ];
  if (receivers.size === 0) {
    const only = 'No one: its route leads to this history only, because no channel of its receivers is set up in .env.';
    return reasons.length === 0 ? [only] : [only, `Besides, ${quietly(reasons)}.`];
  }
  const heard = (receiver: string): string =>
    about.find(({ kind, detail }) => kind === 'told' && detail['receiver'] === receiver)?.firstAt ?? '9999';
  return [...receivers].sort((a, b) => heard(a).localeCompare(heard(b))).map((receiver) => answerFor(receiver, alert, about, reasons));
}

function answerFor(receiver: string, alert: StoredAlert, events: readonly StoredEvent[], reasons: readonly string[]): string {
  const sent = events.filter(({ kind, detail }) => kind === 'told' && detail['receiver'] === receiver && detail['about'] === 'firing');
  const first = sent[0];
  if (first !== undefined) {
    const ways = [...new Set(sent.map(({ detail }) => detail['integration'] ?? ''))].join(', ');
    return `${receiver} was notified through ${ways}, first at ${time(first.firstAt)}, ${spell(secondsBetween(alert.startsAt, first.firstAt) ?? 0)} after it began.`;
  }
  if (reasons.length > 0) return `${receiver} was not notified: ${quietly(reasons)}.`;
  if (alert.endsAt !== null)
    return `${receiver} was not notified: it was over after ${lasted(alert)}, before the first message of its group was due (group_wait), or the message could not be delivered.`;
  return `${receiver} has not been notified yet: Alertmanager is gathering its group (group_wait), or the message cannot be delivered; then npm run logs -- alertmanager shows why.`;
}
