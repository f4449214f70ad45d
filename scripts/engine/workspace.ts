import Docker from 'dockerode';
import type { Context } from '../base/command.ts';
import { confirm } from '../base/prompt.ts';
import type { Report } from '../base/report.ts';
import { ensureEngine } from './io.ts';
import { exec, type Exec } from '../base/exec.ts';
import { ROOT } from '../base/files.ts';
import { interruptible } from '../base/interruptible.ts';

/** What the steps of a command work with. */
export interface Workspace {
  readonly root: string;
  readonly exec: Exec;
  readonly docker: Docker;
  readonly report: Report;
  readonly signal: AbortSignal;
  /** Asks whether packages of the distribution may be installed. */
  readonly mayInstall: () => Promise<boolean>;
}

/** Makes sure that the engine answers. `yes` installs and starts it without a question. */
export async function openWorkspace({ report, signal }: Context, yes = false): Promise<Workspace> {
  await report.step('engine', async (detail) =>
    detail(await ensureEngine({ yes, ask: confirm, exec: interruptible(exec, signal), note: report.note })),
  );
  const mayInstall = async (): Promise<boolean> =>
    yes || (await confirm('Images must be built from Debian packages. May I install mmdebstrap for that?')) === true;
  return { root: ROOT, exec, docker: new Docker(), report, signal, mayInstall };
}
