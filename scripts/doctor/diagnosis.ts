import type { AlertCheck } from './blind.ts';

/** Deliveries of one integration of a receiver in the last hour, by Alertmanager's counters. */
export interface ChannelHealth {
  /** Such as `critical-team slack`. */
  readonly channel: string;
  readonly sent: number;
  readonly failed: number;
}

/** The dead-man's switch: whether a ping address is set, and how many seconds ago the Watchdog last reached it. */
export interface DeadmanHealth {
  readonly configured: boolean;
  /** Undefined if no ping was sent in the last hour. */
  readonly lastPingSeconds: number | undefined;
}

/** What the doctor finds in a running stack. */
export interface Diagnosis {
  readonly alerts: readonly AlertCheck[];
  readonly channels: readonly ChannelHealth[];
  readonly deadman: DeadmanHealth;
}

/** The ping is due every minute (repeat_interval of its route); three missed in a row are late. */
const PING_LATE_SECONDS = 240;

/** The switch is set and its ping is late: the external service is already alarming. */
export function isPingLate({ configured, lastPingSeconds }: DeadmanHealth): boolean {
  return configured && (lastPingSeconds === undefined || lastPingSeconds > PING_LATE_SECONDS);
}
