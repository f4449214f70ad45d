import Docker from 'dockerode';
import type { ContainerState } from './health.ts';
import { inspect } from './inspect.ts';

/** Every container of a Compose project, running or not, by service. */
export async function stackState(docker: Docker, project: string): Promise<readonly ContainerState[]> {
  const listed = await docker.listContainers({
    all: true,
    filters: { label: [`com.docker.compose.project=${project}`, 'com.docker.compose.oneoff=False'] },
  });
  const states = await Promise.all(listed.map(async ({ Id }) => stateOf(docker, Id)));
  return states.filter((state) => state !== undefined).sort((a, b) => (a.service < b.service ? -1 : 1));
}

async function stateOf(docker: Docker, id: string): Promise<ContainerState | undefined> {
  const info = await inspect(docker, id);
  if (info === undefined) return undefined;
  const { Name, Config, State, RestartCount } = info;
  return {
    service: Config.Labels['com.docker.compose.service'] ?? Name,
    id,
    name: Name.replace(/^\//, ''),
    image: Config.Image,
    state: State.Status,
    health: State.Health === undefined || State.Health.Status === 'none' ? undefined : State.Health.Status,
    exitCode: State.ExitCode,
    restarts: RestartCount,
    oomKilled: State.OOMKilled,
    healthTest: Config.Healthcheck?.Test ?? [],
    healthOutput: (State.Health?.Log ?? []).at(-1)?.Output ?? '',
    startedAt: State.StartedAt,
  };
}

/** The last lines that a container wrote, both streams. */
export async function lastLogLines(docker: Docker, id: string, lines: number): Promise<string> {
  const buffer = await docker.getContainer(id).logs({ stdout: true, stderr: true, tail: lines, follow: false });
  return demultiplex(buffer).trimEnd();
}

/** What a container wrote since a time, both streams. */
export async function logSince(docker: Docker, id: string, sinceMs: number): Promise<string> {
  const buffer = await docker.getContainer(id).logs({ stdout: true, stderr: true, since: Math.floor(sinceMs / 1000), follow: false });
  return demultiplex(buffer);
}

/** Removes the 8-byte frame headers from the engine's log stream (Docker Engine API, "Attach to a container: stream format"). */
function demultiplex(buffer: Buffer): string {
  const parts: string[] = [];
  for (let at = 0; at + 8 <= buffer.length;) {
    const size = buffer.readUInt32BE(at + 4);
    parts.push(buffer.subarray(at + 8, at + 8 + size).toString('utf8'));
    at += 8 + size;
  }
  return parts.join('');
}

/** Names of the containers that have been running since before a time; short-lived and restarting ones are excluded. */
export async function runningSince(docker: Docker, beforeMs: number): Promise<readonly string[]> {
  const listed = await docker.listContainers();
  const found = await Promise.all(listed.map(async ({ Id }) => inspect(docker, Id)));
  return found.flatMap((info) => {
    if (info === undefined || !info.State.Running || info.State.Restarting || Date.parse(info.State.StartedAt) > beforeMs) return [];
    return [info.Name.slice(1)];
  });
}
