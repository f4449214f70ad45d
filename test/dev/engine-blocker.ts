import type { Context } from '../../scripts/base/command.ts';
import { Failure } from '../../scripts/base/failure.ts';
import { debianBuildBlocker } from '../../scripts/images/debian-build.ts';
import { openWorkspace } from '../../scripts/engine/workspace.ts';

/**
 * Why the tests that need an engine cannot run here, or undefined if they can. Installs only with permission: `yes`, or a confirmation
 * at the terminal. Throws a `Failure` where it may and cannot.
 */
export async function engineBlocker(context: Context, yes: boolean): Promise<string | undefined> {
  try {
    const { exec, mayInstall } = await openWorkspace(context, yes);
    if (yes) return undefined;
    // The databases of the tests come from Debian packages wherever the stack's own images come from.
    const blocker = await debianBuildBlocker({ exec, mayInstall });
    return blocker === undefined ? undefined : `images are built from Debian packages, and ${blocker}`;
  } catch (failure) {
    if (!(failure instanceof Failure) || yes) throw failure;
    return failure.problems.map(({ message }) => message).join('; ');
  }
}
