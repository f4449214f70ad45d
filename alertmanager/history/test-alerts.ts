import { BadRequest, isRecord, parseJson, stringMap } from './payload.ts';

/** A test alert ends by itself after this long, so that a forgotten one does not alert forever. */
const MAX_TTL_SECONDS = 600;
/** Prometheus accepts longer ones, but the notification would be unreadable. */
const MAX_VALUE_LENGTH = 200;
/** Labels that Prometheus sets itself. */
const RESERVED = new Set(['alertname', 'job', 'instance', 'cluster']);

export interface TestAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly endsAtMs: number;
}

/** Reads the request for a test alert. Throws `BadRequest` naming what is wrong. */
export function parseTestAlert(body: string, nowMs: number): TestAlert {
  const value = parseJson(body);
  if (!isRecord(value)) throw new BadRequest('the body is not a JSON object');
  const labels = stringMap(value['labels'], 'labels');
  for (const required of ['nonce', 'severity', 'category'])
    if ((labels[required] ?? '') === '') throw new BadRequest(`labels.${required} is missing`);
  for (const [name, text] of Object.entries(labels)) {
    if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) || name.startsWith('__')) throw new BadRequest(`"${name}" is not a label name`);
    if (RESERVED.has(name)) throw new BadRequest(`the label ${name} is set by Prometheus`);
    if (text.length > MAX_VALUE_LENGTH) throw new BadRequest(`labels.${name} is longer than ${MAX_VALUE_LENGTH} characters`);
  }
  const ttl = value['ttlSeconds'] ?? 300;
  if (typeof ttl !== 'number' || !(ttl >= 1 && ttl <= MAX_TTL_SECONDS))
    throw new BadRequest(`ttlSeconds is not a number from 1 to ${MAX_TTL_SECONDS}`);
  return { labels, endsAtMs: nowMs + ttl * 1000 };
}

/** The test alerts that are on, by nonce. They live in memory: a restart ends them all. */
export function createTestAlerts() {
  const alerts = new Map<string, TestAlert>();
  return {
    add: (alert: TestAlert): void => void alerts.set(alert.labels['nonce'] ?? '', alert),
    remove: (nonce: string): boolean => alerts.delete(nonce),
    active: (nowMs: number): readonly TestAlert[] => {
      for (const [nonce, { endsAtMs }] of alerts) if (endsAtMs <= nowMs) alerts.delete(nonce);
      return [...alerts.values()];
    },
  };
}
