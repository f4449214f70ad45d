import pc from 'picocolors';
import type { Delivery } from './deliveries.ts';
import type { Problem } from '../base/problem.ts';

/** The result of a test alert. Times in milliseconds since the epoch. */
export interface Outcome {
  readonly nonce: string;
  readonly sentAt: number;
  readonly deliveries: readonly Delivery[];
  readonly problems: readonly Problem[];
}

/** A line per channel: reached or not, after how many seconds, and the error. */
export function renderDeliveries({ nonce, sentAt, deliveries, problems }: Outcome): string {
  const width = Math.max(...deliveries.map(({ receiver }) => receiver.length), 8);
  const lines = deliveries.map(({ receiver, integration, deliveredAt: first, resolvedAt, error, sendsResolved }) => {
    const name = `${receiver.padEnd(width)}  ${integration.padEnd(14)}`;
    if (first === undefined) return `  ${pc.red('✗')} ${name} not reached${error === undefined ? '' : `: ${error}`}`;
    const resolved = sendsResolved
      ? resolvedAt !== undefined
        ? 'resolved notice sent'
        : pc.yellow('no resolved notice')
      : pc.dim('resolved is not sent here');
    return `  ${pc.green('✓')} ${name} reached after ${((first - sentAt) / 1000).toFixed(1)} s, ${resolved}`;
  });
  const verdict =
    problems.length === 0
      ? pc.green('The alert arrived at every channel it is routed to.')
      : pc.red('The alert did not arrive at every channel it is routed to.');
  return [`Test alert ${nonce}:`, ...lines, verdict].join('\n');
}
