import { stringify, type Options } from 'csv-stringify/sync';
import { withTimes, type StoredAlert } from './alert.ts';

const COLUMNS = [
  ...(['id', 'status', 'severity', 'category', 'alertname', 'instance', 'service', 'startsAt', 'endsAt'] as const),
  ...(['secondsToResolve', 'acknowledgedAt', 'acknowledgedBy', 'secondsToAcknowledge'] as const),
  ...(['summary', 'description', 'impact', 'runbook', 'fingerprint', 'groupKey', 'generatorURL', 'externalURL'] as const),
  ...(['receivers', 'labels', 'annotations', 'createdAt', 'updatedAt'] as const),
] as const;

const FORMAT: Options = {
  record_delimiter: 'windows',
  // A line break of one character is no end of a record for the library, but is one for spreadsheets.
  quoted_match: /[\r\n]/,
  cast: { string: harmless },
};

/** Writes alerts as CSV (RFC 4180), part by part, with one line of column names first. */
export async function* csvOf(
  batches: Iterable<readonly StoredAlert[]> | AsyncIterable<readonly StoredAlert[]>,
): AsyncGenerator<string, void, undefined> {
  yield csv([COLUMNS]);
  for await (const batch of batches) yield csv(batch.map((alert) => COLUMNS.map((column) => withTimes(alert)[column])));
}

/** Rows as CSV. Objects and lists become JSON. */
export function csv(rows: readonly (readonly unknown[])[]): string {
  return stringify(rows as unknown[][], FORMAT);
}

/**
 * A text that a spreadsheet would run as a formula is preceded by an apostrophe, which shows it as text: labels and annotations come from whoever
 * can write a metric. The library's own `escape_formulas` misses formulas behind blanks.
 */
function harmless(value: string): string {
  return /^\s*[=+\-@\t\r]/.test(value) && !/^-?\d+(\.\d+)?$/.test(value) ? `'${value}` : value;
}
