import { BadRequest, isRecord, parseJson, timeOf, type IncomingAlert } from './payload.ts';

/** The events of Alertmanager's recorder that explain who was notified of an alert and who was not. */
export type EventKind = 'known' | 'grouped' | 'silenced' | 'inhibited' | 'told' | 'over' | 'started' | 'stopped';

export interface RecordedEvent {
  readonly kind: EventKind;
  /** ISO 8601 in UTC. */
  readonly at: string;
  /** The alert; empty for events about all alerts. */
  readonly fingerprint: string;
  /** Events of one kind and subject that follow each other are one entry: a silenced alert is reported at every evaluation. */
  readonly subject: string;
  readonly detail: Readonly<Record<string, string>>;
  /** The full alert, if the event contains it. */
  readonly alert?: IncomingAlert;
}

type Json = Record<string, unknown>;

/** Reads one event of Alertmanager's recorder (eventrecorderpb.Event as JSON). Other kinds return an empty list. */
export function parseEvent(body: string): readonly RecordedEvent[] {
  const value = parseJson(body);
  if (!isRecord(value) || !isRecord(value['data'])) throw new BadRequest('the body is not an event of Alertmanager');
  const at = timeOf(value['@timestamp'], '@timestamp');
  return Object.entries(value['data']).flatMap(([type, data]) => READERS[type]?.(at, record(data)) ?? []);
}

const READERS: Readonly<Record<string, (at: string, data: Json) => readonly RecordedEvent[]>> = {
  alertmanagerStartupEvent: (at, data) => [
    event('started', at, { fingerprint: '', subject: '', detail: { version: text(data['version']) } }),
  ],
  alertmanagerShutdownEvent: (at) => [event('stopped', at, { fingerprint: '', subject: '', detail: {} })],
  alertCreated: (at, data) => [ofAlert('known', at, record(data['alert']), { subject: '', detail: {} })],
  alertGrouped: (at, data) => {
    const detail = groupOf(data);
    return [ofAlert('grouped', at, record(record(data['alert'])['details']), { subject: detail.groupKey, detail })];
  },
  alertResolved: (at, data) => {
    const detail = groupOf(data);
    return [ofAlert('over', at, record(record(data['alert'])['details']), { subject: detail.groupKey, detail })];
  },
  notification: (at, data) => {
    const integration = record(data['integration']);
    const reason = text(data['reason'])
      .replace(/^NOTIFY_REASON_/, '')
      .replaceAll('_', ' ')
      .toLowerCase();
    return list(data['alerts']).map((each) => {
      const details = record(each['details']);
      const about = details['resolved'] === true ? 'resolved' : 'firing';
      const detail = { ...groupOf(data), integration: text(integration['name']), index: text(integration['index'] ?? 0), reason, about };
      return ofAlert('told', at, details, {
        subject: [detail.groupKey, detail.integration, detail.index, reason, about].join('|'),
        detail,
      });
    });
  },
  silenceMutedAlert: (at, data) => {
    const silence = record(data['silence']);
    const detail = {
      silence: text(silence['id']),
      by: text(silence['createdBy']),
      comment: text(silence['comment']),
      until: text(silence['endsAt']),
      matchers: rendered(silence['matchers']),
    };
    return [event('silenced', at, { fingerprint: fingerprintOf(record(data['mutedAlert'])), subject: detail.silence, detail })];
  },
  inhibitionMutedAlert: (at, data) => {
    const rule = record(list(data['inhibitRules'])[0]);
    const by = Array.isArray(data['inhibitingFingerprints']) ? data['inhibitingFingerprints'].map(hex).join(',') : '';
    const equal = Array.isArray(rule['equalLabels']) ? rule['equalLabels'].join(', ') : '';
    const detail = { by, source: rendered(rule['sourceMatchers']), target: rendered(rule['targetMatchers']), equal };
    const fingerprint = fingerprintOf(record(data['mutedAlert']));
    return [event('inhibited', at, { fingerprint, subject: `${by}|${detail.source}|${detail.target}`, detail })];
  },
};

function event(kind: EventKind, at: string, about: Pick<RecordedEvent, 'fingerprint' | 'subject' | 'detail'>): RecordedEvent {
  return { kind, at, ...about };
}

function ofAlert(kind: EventKind, at: string, alert: Json, about: Pick<RecordedEvent, 'subject' | 'detail'>): RecordedEvent {
  const resolved = alert['resolved'] === true;
  const labels = mapOf(alert['labels']);
  const annotations = mapOf(alert['annotations']);
  const fingerprint = fingerprintOf(alert);
  const startsAt = timeOf(alert['startsAt'], 'startsAt');
  const endsAt = resolved ? timeOf(alert['endsAt'], 'endsAt') : '';
  const status = resolved ? 'resolved' : 'firing';
  const raw = { status, labels, annotations, startsAt: alert['startsAt'], endsAt: alert['endsAt'], fingerprint };
  return {
    ...event(kind, at, { fingerprint, ...about }),
    alert: { fingerprint, status, startsAt, endsAt, labels, annotations, generatorURL: '', raw },
  };
}

function groupOf(data: Json): { readonly receiver: string; readonly groupKey: string } {
  const group = record(data['groupInfo']);
  return { receiver: text(group['receiverName']), groupKey: text(group['groupKey']) };
}

/** 64-bit numbers are decimal strings there and hexadecimal everywhere else. */
function hex(number: unknown): string {
  if (typeof number !== 'string' || !/^\d{1,20}$/.test(number)) throw new BadRequest('fingerprint is not a number');
  return BigInt(number).toString(16).padStart(16, '0');
}

const fingerprintOf = (alert: Json): string => hex(alert['fingerprint']);
const record = (value: unknown): Json => (isRecord(value) ? value : {});
const list = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.map(record) : []);
const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');
const rendered = (matchers: unknown): string =>
  list(matchers)
    .map((matcher) => text(matcher['rendered']))
    .join(', ');
const mapOf = (set: unknown): Record<string, string> =>
  Object.fromEntries(list(record(set)['labels']).map((pair) => [text(pair['key']), text(pair['value'])]));
