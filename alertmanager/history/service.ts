import type { Log } from '../../exporters/common/log.ts';
import type { AlertStore } from './alert.ts';
import type { EventStore } from './event-store.ts';
import type { Environment } from './environment.ts';
import { createTwilio } from './twilio.ts';
import { createTestAlerts } from './test-alerts.ts';

export interface ServiceOptions {
  readonly store: AlertStore;
  readonly events: EventStore;
  readonly environment: Environment;
  readonly now: () => number;
  readonly log: Log;
  /** Databases that were set aside because they could not be read. */
  readonly corrupt: number;
}

/** Shared by all requests: the store, and counters since the start. */
export function createService(options: ServiceOptions) {
  return {
    ...options,
    tests: createTestAlerts(),
    startedAtMs: options.now(),
    notifications: { stored: 0, refused: 0, failed: 0 },
    lastNotificationMs: 0,
    sendSms: options.environment.twilio === undefined ? undefined : createTwilio(options.environment.twilio, options.now),
    sms: { sent: 0, failed: 0 },
    received: { stored: 0, refused: 0 },
  };
}

export type Service = ReturnType<typeof createService>;
