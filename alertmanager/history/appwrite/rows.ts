import type { StoredAlert } from '../alert.ts';
import type { IncomingAlert, Notification } from '../payload.ts';

const SHORT = 255;
/** Maximum length of a stored text, in characters. */
const LONG = 16_000;
/** Up to 16381 characters Appwrite puts a text into the row itself, which may be 64 KiB wide: seven such columns would not fit. */
const LONG_COLUMN = 20_000;
/** Alerts as JSON: far more than Alertmanager sends. */
const JSON_SIZE = 1_000_000;

const text = (key: string, size: number) => ({ key, type: 'string', size, required: false });
const time = (key: string) => ({ key, type: 'datetime', required: false });

/** The columns of the table, as Appwrite's createTable takes them. */
export const COLUMNS: readonly object[] = [
  ...['fingerprint', 'status', 'alertname', 'instance', 'severity', 'category', 'service'].map((key) => text(key, SHORT)),
  ...['summary', 'description', 'impact', 'runbook', 'generatorURL', 'groupKey', 'externalURL'].map((key) => text(key, LONG_COLUMN)),
  ...['labels', 'annotations', 'raw'].map((key) => text(key, JSON_SIZE)),
  ...['startsAt', 'endsAt', 'acknowledgedAt', 'createdAt', 'updatedAt'].map(time),
  text('acknowledgedBy', SHORT),
  // Every label again as name=value: Appwrite cannot query JSON.
  { ...text('pairs', SHORT), array: true },
  { ...text('receivers', SHORT), array: true },
  // Whether the topic of its severity was notified.
  { key: 'pushed', type: 'boolean', required: false },
];

const index = (key: string, ...attributes: readonly string[]) => ({ key, type: 'key', attributes });

/** The indexes of the table: what the filters, the order and the retention ask for. */
export const INDEXES: readonly object[] = [
  index('by_start', 'startsAt'),
  index('by_status', 'status', 'startsAt'),
  index('by_name', 'alertname', 'startsAt'),
  index('by_fingerprint', 'fingerprint', 'startsAt'),
  index('by_end', 'endsAt'),
  index('by_update', 'updatedAt'),
];

/** A row of the table, as it is written. */
export type Row = Readonly<Record<string, string | boolean | readonly string[] | null>> & { readonly $id: string };

/** The id of an alert's row: by fingerprint and start, so that an alert sent twice is one row. */
export function rowId(fingerprint: string, startsAt: string): string {
  return `${fingerprint.slice(0, 24)}-${Date.parse(startsAt).toString(36)}`;
}

/** Pairs of labels as they are stored and queried. */
export function pair(name: string, value: string): string {
  return clip(`${name}=${value}`, SHORT);
}

const clip = (value: string, size: number): string => (value.length <= size ? value : value.slice(0, size));

/**
 * The row of an alert after a notification, given the one before. A late "firing" never reopens a resolved alert; who
 * acknowledged it and when it was first seen are kept.
 */
export function mergedRow(before: StoredAlert | undefined, alert: IncomingAlert, sent: Notification | undefined, now: string): Row {
  const over = before?.status === 'resolved' && alert.status === 'firing';
  const { labels: l, annotations: a } = alert;
  const short = (name: string): string => clip(l[name] ?? '', SHORT);
  const receivers = new Set([...(before?.receivers ?? []), ...(sent === undefined ? [] : [clip(sent.receiver, SHORT)])]);
  return {
    $id: rowId(alert.fingerprint, alert.startsAt),
    fingerprint: alert.fingerprint,
    startsAt: alert.startsAt,
    status: over ? 'resolved' : alert.status,
    endsAt: over ? before.endsAt : alert.endsAt === '' ? null : alert.endsAt,
    ...{ alertname: short('alertname'), instance: short('instance'), severity: short('severity') },
    ...{ category: short('category'), service: short('service') },
    ...{ summary: clip(a['summary'] ?? '', LONG), description: clip(a['description'] ?? '', LONG) },
    ...{ impact: clip(a['impact'] ?? '', LONG), runbook: clip(a['runbook_url'] ?? '', LONG) },
    generatorURL: clip(alert.generatorURL, LONG),
    groupKey: clip(sent?.groupKey ?? before?.groupKey ?? '', LONG),
    externalURL: clip(sent?.externalURL ?? before?.externalURL ?? '', LONG),
    labels: JSON.stringify(l),
    annotations: JSON.stringify(a),
    raw: JSON.stringify(over ? before.raw : alert.raw),
    pairs: Object.entries(l).map(([name, value]) => pair(name, value)),
    receivers: [...receivers],
    acknowledgedAt: before?.acknowledgedAt ?? null,
    acknowledgedBy: before?.acknowledgedBy ?? null,
    createdAt: before?.createdAt ?? now,
    updatedAt: now,
  };
}

/** Which firing alerts ended because a later episode of the same alert began, and when that was. */
export function endedByNext(
  open: readonly Pick<StoredAlert, 'id' | 'fingerprint' | 'startsAt'>[],
  alerts: readonly Pick<IncomingAlert, 'fingerprint' | 'startsAt'>[],
): readonly { readonly id: string; readonly endsAt: string }[] {
  const starts = new Map<string, string[]>();
  for (const { fingerprint, startsAt } of [...open, ...alerts]) starts.set(fingerprint, [...(starts.get(fingerprint) ?? []), startsAt]);
  return open.flatMap(({ id, fingerprint, startsAt }) => {
    const [endsAt] = (starts.get(fingerprint) ?? []).filter((start) => start > startsAt).sort();
    return endsAt === undefined ? [] : [{ id, endsAt }];
  });
}

/** An alert from Appwrite's row. */
export function toAlert(row: Readonly<Record<string, unknown>>): StoredAlert {
  const iso = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? new Date(value).toISOString() : null);
  const times = Object.fromEntries(['startsAt', 'endsAt', 'acknowledgedAt', 'createdAt', 'updatedAt'].map((key) => [key, iso(row[key])]));
  const parsed = Object.fromEntries(['labels', 'annotations', 'raw'].map((key) => [key, JSON.parse(String(row[key] ?? '{}')) as unknown]));
  const own = Object.entries(row).filter(([key]) => !key.startsWith('$') && key !== 'pairs' && key !== 'pushed');
  return { ...Object.fromEntries(own), ...times, ...parsed, id: String(row['$id']) } as unknown as StoredAlert;
}
