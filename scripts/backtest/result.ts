import type { Firing } from './simulate.ts';

/** What one alert would have done. */
export interface AlertResult {
  readonly alert: string;
  readonly severity: string;
  /** Whether it wakes a person. */
  readonly wakes: boolean;
  /** Seconds between two looks. */
  readonly step: number;
  readonly firings: readonly Firing[];
  /** Those that are new: the rule in force did not fire then. */
  readonly added: readonly Firing[];
  /** What the rule in force fired, and this one would not. */
  readonly gone: readonly Firing[];
  /** Notifications that would have woken a person, and those that did. */
  readonly pages: number;
  readonly pagesInForce: number;
  readonly remark?: string;
}

/** An alert that could not be evaluated. */
export interface Skipped {
  readonly alert: string;
  readonly why: string;
}

/** All of a backtest; times are in seconds since 1970. */
export interface Backtest {
  readonly start: number;
  readonly end: number;
  /** The asked start, if Prometheus has nothing that old. */
  readonly askedStart: number | undefined;
  readonly alerts: readonly AlertResult[];
  readonly skipped: readonly Skipped[];
  /** Recorded metrics that were computed from their sources, because they are new, changed or younger than the range. */
  readonly computed: readonly string[];
}

/** Whether alerts with these labels wake a person. */
export function wakes(labels: Readonly<Record<string, string>>): boolean {
  return ['critical', 'emergency'].includes(labels['severity'] ?? '') || labels['notify_sms'] === 'true';
}
