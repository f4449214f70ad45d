import pc from 'picocolors';
import { isPingLate, type DeadmanHealth, type Diagnosis } from './diagnosis.ts';

/** The diagnosis as text. */
export function renderDiagnosis({ alerts, channels, deadman }: Diagnosis): string {
  const blind = alerts.filter((sight) => sight.blind !== undefined);
  const width = Math.max(0, ...blind.map(({ alert }) => alert.length));
  return [
    `${alerts.length - blind.length} of ${alerts.length} alerts can fire here.`,
    ...(blind.length === 0 ? [] : ['Cannot fire on this host; expected if it has nothing of the kind:']),
    ...blind.map(
      ({ alert, severity, blind: reason }) =>
        `  ${pc.yellow(alert.padEnd(width))}  ${pc.dim(severity.padEnd(8))}  ${reason?.kind}: ${reason?.why}`,
    ),
    channels.length === 0 ? 'No notification was sent in the last hour.' : 'Notifications in the last hour:',
    ...channels.map(
      ({ channel, sent, failed }) => `  ${failed > 0 ? pc.red('✗') : pc.green('✓')} ${channel}: ${sent} sent, ${failed} failed`,
    ),
    deadmanLine(deadman),
  ].join('\n');
}

function deadmanLine(deadman: DeadmanHealth): string {
  const { configured, lastPingSeconds } = deadman;
  if (!configured) return `Dead-man's switch: ${pc.yellow('not set')}; no one notices if this whole host fails (DEADMAN_URL in .env).`;
  const last = lastPingSeconds === undefined ? 'no ping in the last hour' : `last ping ${Math.round(lastPingSeconds)} s ago`;
  return `Dead-man's switch: ${isPingLate(deadman) ? pc.red(last) : pc.green(last)}.`;
}
