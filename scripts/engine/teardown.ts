import type Docker from 'dockerode';
import { error, type Problem } from '../base/problem.ts';
import { modules } from '../modules/index.ts';

export interface Removed {
  readonly containers: number;
  readonly networks: number;
  readonly volumes: number;
  readonly failed: readonly Problem[];
}

/** Seconds that a container gets to stop; the longest `stop_grace_period` of the Compose files. */
const GRACE_SECONDS = 60;

/** Others send their remaining data to these when they stop; without them they retry for long and lose it. */
const STOPS_LAST = new Set(modules.flatMap(({ stopsLast = [] }) => stopsLast));

/**
 * Removes everything with the project's label. It asks the engine, not the Compose files,
 * so that it also removes leftovers of an interrupted start or an edited file.
 * Throws if it is interrupted: stops in progress are completed, and nothing else is touched.
 */
export async function removeStack(docker: Docker, project: string, withVolumes: boolean, signal: AbortSignal): Promise<Removed> {
  const label = [`com.docker.compose.project=${project}`];
  const failed: Problem[] = [];
  const containers = await docker.listContainers({ all: true, filters: { label } });
  signal.throwIfAborted();
  const stop = async ({ Id, Names }: Docker.ContainerInfo): Promise<void> => {
    const container = docker.getContainer(Id);
    await gone(async () => container.stop({ t: GRACE_SECONDS }), `container ${(Names[0] ?? Id).slice(1)}`, failed);
    signal.throwIfAborted();
    await gone(async () => container.remove({ force: true }), `container ${(Names[0] ?? Id).slice(1)}`, failed);
  };
  const stopsLast = ({ Labels }: Docker.ContainerInfo): boolean => STOPS_LAST.has(Labels['com.docker.compose.service'] ?? '');
  await Promise.all(containers.filter((container) => !stopsLast(container)).map(stop));
  signal.throwIfAborted();
  await Promise.all(containers.filter(stopsLast).map(stop));
  const networks = await docker.listNetworks({ filters: { label } });
  for (const { Id, Name } of networks) {
    signal.throwIfAborted();
    await gone(async () => docker.getNetwork(Id).remove(), `network ${Name}`, failed);
  }
  const volumes = withVolumes ? (await docker.listVolumes({ filters: { label } })).Volumes : [];
  for (const { Name } of volumes) {
    signal.throwIfAborted();
    await gone(async () => docker.getVolume(Name).remove(), `volume ${Name}`, failed);
  }
  return { containers: containers.length, networks: networks.length, volumes: volumes.length, failed };
}

/** 304: already stopped; 404: already removed; 409: removal in progress. All of these are fine. */
const DONE_ALREADY = new Set([304, 404, 409]);

async function gone(remove: () => Promise<unknown>, place: string, failed: Problem[]): Promise<void> {
  try {
    await remove();
  } catch (failure) {
    const status = failure instanceof Error && 'statusCode' in failure ? failure.statusCode : undefined;
    if (typeof status === 'number' && DONE_ALREADY.has(status)) return;
    failed.push(
      error(
        place,
        failure instanceof Error ? failure.message : String(failure),
        'Something else still uses it; disconnect that, then npm run down again.',
      ),
    );
  }
}
