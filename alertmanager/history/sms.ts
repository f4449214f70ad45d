import type { Notification } from './payload.ts';

/** Two segments: longer messages cost more without helping at night. */
const MAX_LENGTH = 306;
/** Letters that every phone has and that do not halve the length; others are replaced. */
const PLAIN = /[^\n\x20-\x5f\x61-\x7e]/g;
const REPLACED: readonly (readonly [RegExp, string])[] = [
  [/[‘’‚`´]/g, "'"],
  [/[“”„«»]/g, '"'],
  [/[‐-―−]/g, '-'],
  [/…/g, '...'],
  [/[→⇒]/g, '->'],
];

/** A notification as one short message: what, where and how bad; the other alerts of its group as a number. */
export function smsText({ alerts }: Notification): string {
  const firing = alerts.filter(({ status }) => status === 'firing');
  const about = firing.length > 0 ? firing : alerts;
  const first = about[0];
  if (first === undefined) return '';
  const { labels, annotations } = first;
  const severity = firing.length > 0 ? (labels['severity'] ?? 'alert').toUpperCase() : 'OVER';
  const where = labels['instance'] === undefined ? '' : ` on ${labels['instance']}`;
  const others = about.length > 1 ? ` (and ${about.length - 1} more)` : '';
  const head = `${severity} ${labels['alertname'] ?? ''}${where}${others}`;
  const summary = annotations['summary'] ?? '';
  return shorten(plain(summary === '' ? head : `${head}: ${summary}`));
}

function plain(text: string): string {
  const replaced = REPLACED.reduce((so, [pattern, by]) => so.replace(pattern, by), text);
  return replaced.normalize('NFKD').replace(/\p{M}/gu, '').replace(PLAIN, '?');
}

function shorten(text: string): string {
  return text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH - 3)}...`;
}
