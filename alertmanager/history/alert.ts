import type { AlertQuery } from './query.ts';
import type { IncomingAlert, Notification } from './payload.ts';

/** An alert in the list. Times are ISO 8601 in UTC. */
export interface StoredAlert {
  readonly id: string;
  readonly fingerprint: string;
  readonly status: 'firing' | 'resolved';
  readonly alertname: string;
  readonly instance: string;
  readonly severity: string;
  readonly category: string;
  readonly service: string;
  readonly startsAt: string;
  readonly endsAt: string | null;
  readonly summary: string;
  readonly description: string;
  readonly impact: string;
  readonly runbook: string;
  readonly generatorURL: string;
  readonly groupKey: string;
  readonly externalURL: string;
  /** Who was notified. Empty: Alertmanager knows the alert and has notified no one. */
  readonly receivers: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** The alert as Alertmanager sent it last. */
  readonly raw: Readonly<Record<string, unknown>>;
  readonly acknowledgedAt: string | null;
  readonly acknowledgedBy: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** What the noise page counts by. */
export type AlertTimes = Pick<StoredAlert, 'alertname' | 'severity' | 'startsAt' | 'endsAt' | 'acknowledgedAt'>;

/** A list with how many there are in all. */
export interface Found {
  readonly total: number;
  readonly alerts: readonly StoredAlert[];
}

/** Number of alerts per status and severity. */
export interface AlertCount {
  readonly status: string;
  readonly severity: string;
  readonly count: number;
}

/** Values that occur, newest first: what the filters offer. */
export type KnownValues = Readonly<Record<'alertname' | 'instance' | 'service', readonly string[]>>;

/** Where alerts are stored. Every method may throw; only what it returned from is stored. */
export interface AlertStore {
  /**
   * Stores a notification completely or not at all. When this returns, it is durable. An alert that fires anew ends what is stored as firing of its
   * earlier episodes: their notice of the end was lost.
   */
  save(notification: Notification, nowMs: number): void | Promise<void>;
  /** Stores an alert without any notification, unless it exists. */
  learn(alert: IncomingAlert, nowMs: number): void | Promise<void>;
  /** Stores the end of an alert without any notification. */
  end(alert: IncomingAlert, nowMs: number): void | Promise<void>;
  /** Ends what fires and was last heard of before a time, unless it is known by its fingerprint. Returns how many. */
  endUnknown(isKnown: (fingerprint: string) => boolean, beforeMs: number, nowMs: number): number | Promise<number>;
  /** Alerts that match, newest start first. */
  find(query: AlertQuery): Found | Promise<Found>;
  /** Every alert that matches, in batches, newest start first, whatever the query's limit. */
  each(query: AlertQuery): Iterable<readonly StoredAlert[]> | AsyncIterable<readonly StoredAlert[]>;
  /** What the noise page needs of every alert that matches. */
  times(query: AlertQuery): readonly AlertTimes[] | Promise<readonly AlertTimes[]>;
  get(id: string): StoredAlert | undefined | Promise<StoredAlert | undefined>;
  /** Stores who handles an alert. The first one stays; returns whether this was the first. */
  acknowledge(id: string, by: string, nowMs: number): boolean | Promise<boolean>;
  counts(): readonly AlertCount[] | Promise<readonly AlertCount[]>;
  known(): KnownValues | Promise<KnownValues>;
  /** Bytes stored here; 0 if stored elsewhere. */
  sizeBytes(): number;
  /** Removes at most `limit` alerts that ended, or were last seen, before the time. Returns how many. */
  prune(beforeMs: number, limit: number): number | Promise<number>;
  /** Throws if the store cannot be written. */
  probe(): void | Promise<void>;
  close(): void;
}

/** Seconds between two times; null if one is missing. */
export function secondsBetween(from: string, to: string | null): number | null {
  return to === null ? null : Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1000));
}

/** An alert as the API returns it, with derived durations. */
export function withTimes(alert: StoredAlert): StoredAlert & Readonly<Record<'secondsToAcknowledge' | 'secondsToResolve', number | null>> {
  return {
    ...alert,
    secondsToAcknowledge: secondsBetween(alert.startsAt, alert.acknowledgedAt),
    secondsToResolve: secondsBetween(alert.startsAt, alert.endsAt),
  };
}
