import pc from 'picocolors';
import type { StackStatus } from './stack-status.ts';

/** The status as text. */
export function renderStatus({ project, services, targets, firing }: StackStatus): string {
  const width = Math.max(...services.map(({ service }) => service.length), 8);
  const rows = services.map(({ service, state, health, image, restarts }) => {
    const well = state === 'running' && (health === 'healthy' || health === 'no check');
    const again = restarts > 0 ? pc.yellow(`, restarted ${restarts} times`) : '';
    return `  ${well ? pc.green('✓') : pc.red('✗')} ${service.padEnd(width)}  ${state}, ${health}${again}  ${pc.dim(image)}`;
  });
  const scraped = targets.map(({ job, up, total }) => (up === total ? `${job} ${up}/${total}` : pc.red(`${job} ${up}/${total}`)));
  const alerts = firing.map(
    ({ alertname, severity, summary, since }) =>
      `  ${severity === 'critical' || severity === 'emergency' ? pc.red(severity) : pc.yellow(severity)}  ${alertname}  ${summary}  ${pc.dim(`since ${since.slice(0, 19)}Z`)}`,
  );
  return [
    `${pc.bold(project)}: ${services.length} services`,
    ...rows,
    `Targets up: ${scraped.join(', ') || 'none'}`,
    firing.length === 0 ? 'No alert is firing.' : `Firing (${firing.length}):`,
    ...alerts,
  ].join('\n');
}
