import type Docker from 'dockerode';
import { finished } from 'node:stream/promises';
import type { ContainerState } from './health.ts';

/** Longer than the `timeout` of every health check of the Compose files. */
const CHECK_MS = 10_000;

/**
 * Runs the health check of every container that is still `starting`; one that passes is `healthy`. The engine itself runs the first check only
 * after its interval, and that is long, because every check starts a process (moby#39388).
 */
export async function checkStarting(docker: Docker, states: readonly ContainerState[]): Promise<readonly ContainerState[]> {
  return Promise.all(
    states.map(async (state) =>
      state.state === 'running' && state.health === 'starting' && (await passes(docker, state)) ? { ...state, health: 'healthy' } : state,
    ),
  );
}

async function passes(docker: Docker, { id, healthTest }: ContainerState): Promise<boolean> {
  const [kind, ...words] = healthTest;
  const command = kind === 'CMD-SHELL' ? ['/bin/sh', '-c', ...words] : words;
  try {
    const check = await docker.getContainer(id).exec({ Cmd: command, AttachStdout: true, AttachStderr: true });
    const output = await check.start({});
    try {
      await finished(output.resume(), { writable: false, signal: AbortSignal.timeout(CHECK_MS) });
    } finally {
      // The connection of a check that hangs would keep the command from ending.
      output.destroy();
    }
    return (await check.inspect()).ExitCode === 0;
  } catch {
    // It ended meanwhile, or the check takes too long: the next look at its state shows which.
    return false;
  }
}
