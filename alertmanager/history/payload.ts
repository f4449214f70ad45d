/** One alert of a notification, as it is stored. Times are ISO 8601 in UTC. */
export interface IncomingAlert {
  readonly fingerprint: string;
  readonly status: 'firing' | 'resolved';
  readonly startsAt: string;
  /** Empty while it fires. */
  readonly endsAt: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly generatorURL: string;
  /** The alert as it was sent. */
  readonly raw: Readonly<Record<string, unknown>>;
}

/** A notification of Alertmanager's webhook, version 4. */
export interface Notification {
  readonly receiver: string;
  readonly groupKey: string;
  readonly externalURL: string;
  readonly alerts: readonly IncomingAlert[];
}

/** The request is not what Alertmanager sends; the message explains why. */
export class BadRequest extends Error {}

/** Reads a webhook body. Throws `BadRequest` naming the first thing that is not as Alertmanager sends it. */
export function parseNotification(body: string): Notification {
  const value = parseJson(body);
  if (!isRecord(value)) throw new BadRequest('the body is not a JSON object');
  if (value['version'] !== '4') throw new BadRequest(`version is ${JSON.stringify(value['version'])}, not "4"`);
  const alerts = value['alerts'];
  if (!Array.isArray(alerts)) throw new BadRequest('alerts is not a list');
  return {
    receiver: textOf(value, 'receiver'),
    groupKey: textOf(value, 'groupKey'),
    externalURL: textOf(value, 'externalURL'),
    alerts: alerts.map((alert: unknown, index) => parseAlert(alert, `alerts[${index}]`)),
  };
}

function parseAlert(value: unknown, place: string): IncomingAlert {
  if (!isRecord(value)) throw new BadRequest(`${place} is not an object`);
  const { status } = value;
  if (status !== 'firing' && status !== 'resolved') throw new BadRequest(`${place}.status is neither "firing" nor "resolved"`);
  const fingerprint = textOf(value, 'fingerprint');
  if (!/^[0-9a-f]{1,64}$/.test(fingerprint)) throw new BadRequest(`${place}.fingerprint is not a hexadecimal number`);
  const labels = stringMap(value['labels'], `${place}.labels`);
  if (labels['alertname'] === undefined) throw new BadRequest(`${place}.labels has no alertname`);
  return {
    fingerprint,
    status,
    startsAt: timeOf(value['startsAt'], `${place}.startsAt`),
    endsAt: status === 'firing' ? '' : timeOf(value['endsAt'], `${place}.endsAt`),
    labels,
    annotations: stringMap(value['annotations'] ?? {}, `${place}.annotations`),
    generatorURL: textOf(value, 'generatorURL'),
    raw: value,
  };
}

/** Parses JSON; `BadRequest` if it is invalid. */
export function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new BadRequest('the body is not JSON');
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A map of strings to strings; `BadRequest` naming the place where it is something else. */
export function stringMap(value: unknown, place: string): Record<string, string> {
  if (!isRecord(value) || !Object.values(value).every((entry) => typeof entry === 'string'))
    throw new BadRequest(`${place} is not a map of strings`);
  return value as Record<string, string>;
}

function textOf(value: Record<string, unknown>, key: string): string {
  const text = value[key] ?? '';
  if (typeof text !== 'string') throw new BadRequest(`${key} is not a string`);
  return text;
}

/** A time as ISO 8601 in UTC; `BadRequest` naming the place where it is none. */
export function timeOf(value: unknown, place: string): string {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(time)) throw new BadRequest(`${place} is not a time`);
  return new Date(time).toISOString();
}
