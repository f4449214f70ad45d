import pc from 'picocolors';
import { shellWord } from '../modules/facts.ts';
import type { NewProject } from './plan.ts';

/** The copy's name and ports, and the three files to edit first. */
export function renderCopy(folder: string, { project, ports, shift }: NewProject, files: readonly string[]): string {
  const brought = files.filter((path) => /^prometheus\/targets\/.*\.ya?ml$/.test(path));
  return [
    `${pc.bold(folder)} is a separate stack: project ${project}, every port ${shift} higher (Grafana ${ports['GRAFANA_PORT'] ?? ''}).`,
    'Edit first:',
    '  .env                            what is watched (MODULES, APP_NETWORKS; npm run detect proposes it) and who is notified',
    '  prometheus/targets/apps/        your applications, one file each',
    '  alertmanager/alertmanager.yml   who is notified of what',
    ...(brought.length === 0 ? [] : [`Targets of this project came along; remove what is not the next one's: ${brought.join(', ')}`]),
    `Then: cd ${shellWord(folder)} && npm run up`,
  ].join('\n');
}
