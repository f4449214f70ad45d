import { counter, gauge, renderText, type Sample } from '../../exporters/common/text.ts';
import type { AlertCount } from './alert.ts';
import type { TestAlert } from './test-alerts.ts';

/** What the service says of itself. Times in milliseconds. */
interface Numbers {
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
  /** The disk below the volume. */
  readonly disk: { readonly sizeBytes: number; readonly availBytes: number };
  readonly startedAtMs: number;
}

/** The page that Prometheus scrapes. */
export function metricsText(numbers: Numbers): string {
  const byResult = (counts: Readonly<Record<string, number>>): readonly Sample[] =>
    Object.entries(counts).map(([result, value]) => ({ labels: { result }, value }));
  return renderText([
    gauge(
      'pharos_test_alert',
      'A test alert of npm run test-alert, while it is on.',
      numbers.tests.map(({ labels }) => ({ labels, value: 1 })),
    ),
    gauge(
      'pharos_history_alerts',
      'Stored alerts.',
      numbers.counts.map(({ status, severity, count }) => ({ labels: { status, severity }, value: count })),
    ),
    counter('pharos_history_notifications_total', 'Notifications received, by what became of them.', byResult(numbers.notifications)),
    counter('pharos_history_events_total', "Events of Alertmanager's recorder received, by what became of them.", byResult(numbers.events)),
    counter('pharos_history_sms_total', 'SMS, by what became of them.', byResult(numbers.sms)),
    gauge(
      'pharos_history_last_notification_timestamp_seconds',
      'When the last notification was stored.',
      numbers.lastNotificationMs / 1000,
    ),
    gauge('pharos_history_database_bytes', 'Size of the database.', numbers.sizeBytes),
    gauge('pharos_history_corrupt_databases', 'Databases set aside at the start because they could not be read.', numbers.corrupt),
    gauge('pharos_history_volume_size_bytes', 'Size of the disk below the volume.', numbers.disk.sizeBytes),
    gauge('pharos_history_volume_avail_bytes', 'What is free of the disk below the volume.', numbers.disk.availBytes),
    gauge('process_start_time_seconds', 'When the process started.', numbers.startedAtMs / 1000),
  ]);
}
