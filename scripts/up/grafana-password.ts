import { compose } from '../engine/compose.ts';
import type { Workspace } from '../engine/workspace.ts';

/** Sets the running Grafana's administrator password to that of the settings, through standard input, never an argument. */
export async function resetGrafanaPassword({ exec, root, report }: Workspace, password: string): Promise<void> {
  const command = [
    'exec',
    '-T',
    'grafana',
    'grafana',
    'cli',
    '--homepath',
    '/usr/share/grafana',
    'admin',
    'reset-admin-password',
    '--password-from-stdin',
  ];
  const { code } = await compose(exec, root, command, { input: `${password}\n`, timeoutMs: 60_000 });
  if (code === 0) report.note('\n  Grafana had another administrator password than .env; it now has the one of .env.');
}
