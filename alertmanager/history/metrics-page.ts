import type { AlertCount } from './alert.ts';
import { renderMetrics, type Family } from './metrics.ts';
import type { TestAlert } from './test-alerts.ts';

/** What the service says of itself. Times in milliseconds. */
export interface Numbers {
  readonly tests: readonly TestAlert[];
  readonly counts: readonly AlertCount[];
  readonly notifications: Readonly<Record<string, number>>;
  /** Events of Alertmanager's recorder, by what became of them. */
  readonly events: Readonly<Record<string, number>>;
  /** SMS, by what became of them. */
  readonly sms: Readonly<Record<string, number>>;
  readonly lastNotificationMs: number;
  readonly sizeBytes: number;
  readonly corrupt: number;
  readonly startedAtMs: number;
}

/** The page that Prometheus scrapes. */
export function metricsText(numbers: Numbers): string {
  const gauge = (name: string, help: string, value: number): Family => ({ name, help, type: 'gauge', samples: [{ value }] });
  return renderMetrics([
    {
      name: 'pharos_test_alert',
      help: 'A test alert of npm run test-alert, while it is on.',
      type: 'gauge',
      samples: numbers.tests.map(({ labels }) => ({ labels, value: 1 })),
    },
    {
      name: 'pharos_history_alerts',
      help: 'Stored alerts.',
      type: 'gauge',
      samples: numbers.counts.map(({ status, severity, count }) => ({ labels: { status, severity }, value: count })),
    },
    {
      name: 'pharos_history_notifications_total',
      help: 'Notifications received, by what became of them.',
      type: 'counter',
      samples: Object.entries(numbers.notifications).map(([result, value]) => ({ labels: { result }, value })),
    },
    {
      name: 'pharos_history_events_total',
      help: "Events of Alertmanager's recorder received, by what became of them.",
      type: 'counter',
      samples: Object.entries(numbers.events).map(([result, value]) => ({ labels: { result }, value })),
    },
    {
      name: 'pharos_history_sms_total',
      help: 'SMS, by what became of them.',
      type: 'counter',
      samples: Object.entries(numbers.sms).map(([result, value]) => ({ labels: { result }, value })),
    },
    gauge(
      'pharos_history_last_notification_timestamp_seconds',
      'When the last notification was stored.',
      numbers.lastNotificationMs / 1000,
    ),
    gauge('pharos_history_database_bytes', 'Size of the database.', numbers.sizeBytes),
    gauge('pharos_history_corrupt_databases', 'Databases set aside at the start because they could not be read.', numbers.corrupt),
    gauge('process_start_time_seconds', 'When the process started.', numbers.startedAtMs / 1000),
  ]);
}
