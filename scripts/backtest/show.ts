import pc from 'picocolors';
import { readableSpan, readableTime } from '../base/span.ts';
import type { AlertResult, Backtest } from './result.ts';
import type { Firing } from './simulate.ts';

/** Lines of one alert before the rest is only counted. */
const SHOWN = 10;
/** Labels that are the same for every line of an alert. */
const RULE_LABELS = ['alertname', 'alertstate', 'severity', 'category', 'notify_sms'];

/** The backtest as text. */
export function renderBacktest({ start, end, askedStart, alerts, skipped, computed }: Backtest): string {
  const firing = alerts.filter(({ firings, gone }) => firings.length + gone.length > 0);
  const steps = [...new Set(alerts.map(({ step }) => step))].sort((a, b) => a - b).map(readableSpan);
  const sum = (of: 'pages' | 'pagesInForce'): number => alerts.reduce((total, alert) => total + alert[of], 0);
  return [
    `${alerts.length} alerts as they are on disk, from ${readableTime(start * 1000)} to ${readableTime(end * 1000)} (${readableSpan(end - start)}), looked at every ${steps.join(' or ') || '–'}.`,
    ...(askedStart === undefined ? [] : [pc.yellow(`Prometheus has no older data: ${readableTime(askedStart * 1000)} was asked for.`)]),
    ...(computed.length === 0 ? [] : [`Computed from their sources, because they were not recorded all the time: ${computed.join(', ')}.`]),
    ...firing.flatMap((alert) => ['', ...alertLines(alert, end)]),
    '',
    `${alerts.length - firing.length} alerts would not have fired and did not.`,
    ...(skipped.length === 0 ? [] : [pc.yellow(`Skipped (${skipped.length}):`), ...skipped.map(({ alert, why }) => `  ${alert}: ${why}`)]),
    `A person would have been woken ${times(sum('pages'))}; the rules in force woke one ${times(sum('pagesInForce'))}.`,
    pc.dim('Silences, maintenance windows and inhibitions are not considered.'),
  ].join('\n');
}

function alertLines({ alert, severity, wakes, firings, added, gone, remark }: AlertResult, end: number): readonly string[] {
  const counts = [
    firings.length === 0 ? 'would not have fired' : `would have fired ${times(firings.length)}`,
    ...(added.length === 0 ? [] : [pc.red(`${added.length} new`)]),
    ...(gone.length === 0 ? [] : [pc.green(`${gone.length} no longer`)]),
    ...(wakes && firings.length > 0 ? ['wakes a person'] : []),
  ];
  const rows = [
    ...firings.map((firing) => ({ firing, mark: added.includes(firing) ? pc.red('+') : ' ' })),
    ...gone.map((firing) => ({ firing, mark: pc.green('-') })),
  ].sort((a, b) => a.firing.from - b.firing.from);
  return [
    `${wakes ? pc.red(severity) : pc.yellow(severity)}  ${pc.bold(alert)}: ${counts.join(', ')}`,
    ...(remark === undefined ? [] : [pc.dim(`    ${remark}`)]),
    ...rows.slice(0, SHOWN).map(({ firing, mark }) => `  ${mark} ${firingText(firing, end)}`),
    ...(rows.length > SHOWN ? [`    … and ${rows.length - SHOWN} more: --json has all`] : []),
  ];
}

function firingText({ labels, from, until }: Firing, end: number): string {
  const lasted = until === undefined ? `for ${readableSpan(end - from)}, still` : `for ${readableSpan(until - from)}`;
  const where = Object.entries(labels)
    .filter(([label]) => !RULE_LABELS.includes(label))
    .map(([label, value]) => `${label}="${value}"`);
  return `${readableTime(from * 1000)} ${lasted}  ${pc.dim(where.join(' '))}`;
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}
