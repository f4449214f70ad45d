import pc from 'picocolors';
import { shellWord } from '../modules/facts.ts';
import type { NewProject } from './plan.ts';

/** What a copy is called, where it listens, and the three files that one edits first. */
export function renderCopy(folder: string, { project, ports, shift }: NewProject, files: readonly string[]): string {
  const brought = files.filter((path) => /^prometheus\/targets\/.*\.ya?ml$/.test(path));
  return [
    `${pc.bold(folder)} is a stack of its own: project ${project}, every port ${shift} higher (Grafana ${ports['GRAFANA_PORT'] ?? ''}).`,
    'Edit first:',
    '  .env                            what is watched (MODULES, APP_NETWORKS) and who is told; npm run detect proposes the first',
    '  prometheus/targets/apps/        your applications, one file each',
    '  alertmanager/alertmanager.yml   who is told of what',
    ...(brought.length === 0 ? [] : [`Targets of this project came along; remove what is not the next one's: ${brought.join(', ')}`]),
    `Then: cd ${shellWord(folder)} && npm run up`,
  ].join('\n');
}
