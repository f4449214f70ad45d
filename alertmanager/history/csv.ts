import { withTimes, type StoredAlert } from './alert.ts';

const COLUMNS = [
  ...(['id', 'status', 'severity', 'category', 'alertname', 'instance', 'service', 'startsAt', 'endsAt'] as const),
  ...(['secondsToResolve', 'acknowledgedAt', 'acknowledgedBy', 'secondsToAcknowledge'] as const),
  ...(['summary', 'description', 'impact', 'runbook', 'fingerprint', 'groupKey', 'generatorURL', 'externalURL'] as const),
  ...(['receivers', 'labels', 'annotations', 'createdAt', 'updatedAt'] as const),
] as const;

/** Writes alerts as CSV (RFC 4180), part by part, with one line of column names first. */
export async function* csvOf(
  batches: Iterable<readonly StoredAlert[]> | AsyncIterable<readonly StoredAlert[]>,
): AsyncGenerator<string, void, undefined> {
  yield line(COLUMNS);
  for await (const batch of batches) yield batch.map((alert) => line(COLUMNS.map((column) => text(withTimes(alert)[column])))).join('');
}

function text(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function line(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

/**
 * One cell. A text that a spreadsheet would run as a formula is preceded by an apostrophe, which shows it as text: labels and annotations
 * come from whoever can write a metric.
 */
export function csvCell(value: string): string {
  const harmless = /^\s*[=+\-@\t\r]/.test(value) && !/^-?\d+(\.\d+)?$/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
