import pc from 'picocolors';
import { readableSpan, readableTime } from '../base/span.ts';
import { silenceLines } from '../silence/show.ts';
import type { ShownAlert, ShownWindow, StackStatus } from './stack-status.ts';

/** The status as text. */
export function renderStatus(status: StackStatus, nowMs: number): string {
  const { project, services, targets, firing, pending, silences, windows } = status;
  const width = Math.max(...services.map(({ service }) => service.length), 8);
  const rows = services.map(({ service, state, health, image, restarts }) => {
    const well = state === 'running' && (health === 'healthy' || health === 'no check');
    const again = restarts > 0 ? pc.yellow(`, restarted ${restarts} times`) : '';
    return `  ${well ? pc.green('✓') : pc.red('✗')} ${service.padEnd(width)}  ${state}, ${health}${again}  ${pc.dim(image)}`;
  });
  const scraped = targets.map(({ job, up, total }) => (up === total ? `${job} ${up}/${total}` : pc.red(`${job} ${up}/${total}`)));
  return [
    `${pc.bold(project)}: ${services.length} services`,
    ...rows,
    `Targets up: ${scraped.join(', ') || 'none'}`,
    firing.length === 0 ? 'No alert is firing.' : `Firing (${firing.length}):`,
    ...firing.map((alert) => alertLine(alert, `since ${alert.since.slice(0, 19)}Z`)),
    ...section(
      'Pending',
      pending.map((alert) => alertLine(alert, `pending, ${isPage(alert) ? 'pages' : 'fires'} in ${readableSpan(alert.firesIn)}`)),
    ),
    ...section('Silenced', silenceLines(silences, nowMs)),
    ...section('Maintenance windows', windows.map(windowLine)),
  ].join('\n');
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`${title} (${lines.length}):`, ...lines];
}

function isPage({ severity }: ShownAlert): boolean {
  return severity === 'critical' || severity === 'emergency';
}

function alertLine(alert: ShownAlert, when: string): string {
  const { severity, alertname, summary } = alert;
  return `  ${isPage(alert) ? pc.red(severity) : pc.yellow(severity)}  ${alertname}  ${summary}  ${pc.dim(when)}`;
}

function windowLine({ name, what, from, until }: ShownWindow): string {
  const end = until === undefined ? 'for more than a day' : `until ${readableTime(Date.parse(until))}`;
  return `  ${pc.bold(name)}  ${what}  ${from === undefined ? 'now' : `from ${readableTime(Date.parse(from))}`} ${end}`;
}
