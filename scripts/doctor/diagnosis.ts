import type { AlertCheck } from './blind.ts';

/** How one integration of a receiver did in the last hour, by Alertmanager's own counters. */
export interface ChannelHealth {
  /** Such as `critical-team slack`. */
  readonly channel: string;
  readonly sent: number;
  readonly failed: number;
}

/** The dead-man's switch: whether a ping address is set, and how many seconds ago the Watchdog last reached it. */
export interface DeadmanHealth {
  readonly configured: boolean;
  /** Undefined where no ping went out in the last hour. */
  readonly lastPingSeconds: number | undefined;
}

/** What the doctor finds in a running stack. */
export interface Diagnosis {
  readonly alerts: readonly AlertCheck[];
  readonly channels: readonly ChannelHealth[];
  readonly deadman: DeadmanHealth;
}

/** The ping is due every minute (repeat_interval of its route); three in a row may be lost before somebody should look. */
const PING_LATE_SECONDS = 240;

/** The switch is set and its ping is late: then the service at the other end is calling already. */
export function isPingLate({ configured, lastPingSeconds }: DeadmanHealth): boolean {
  return configured && (lastPingSeconds === undefined || lastPingSeconds > PING_LATE_SECONDS);
}
