import { compose } from '../engine/compose.ts';
import type { Workspace } from '../engine/workspace.ts';

/** Gives the running Grafana's administrator the password of the settings. It goes in through standard input, never through an argument. */
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
  if (code === 0) report.note('\n  Grafana had another administrator password than .env; it has been set to the one of .env.');
}
