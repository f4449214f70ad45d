import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { error, warning, type Problem } from '../base/problem.ts';
import { modules } from '../modules/index.ts';

export interface Removed {
  readonly containers: number;
  readonly networks: number;
  readonly volumes: number;
  /** Errors: what could not be removed. Warnings: what stays without harm. */
  readonly problems: readonly Problem[];
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
  const problems: Problem[] = [];
  const containers = await docker.listContainers({ all: true, filters: { label } });
  signal.throwIfAborted();
  const stop = async ({ Id, Names }: Docker.ContainerInfo): Promise<void> => {
    const container = docker.getContainer(Id);
    const place = `container ${(Names[0] ?? Id).slice(1)}`;
    problems.push(...(await attempt({ place, ...CONTAINER }, async () => container.stop({ t: GRACE_SECONDS }))));
    signal.throwIfAborted();
    problems.push(...(await attempt({ place, ...CONTAINER }, async () => container.remove({ force: true }))));
  };
  const stopsLast = ({ Labels }: Docker.ContainerInfo): boolean => STOPS_LAST.has(Labels['com.docker.compose.service'] ?? '');
  await Promise.all(containers.filter((container) => !stopsLast(container)).map(stop));
  signal.throwIfAborted();
  await Promise.all(containers.filter(stopsLast).map(stop));
  let networks = 0;
  for (const { Id, Name } of await docker.listNetworks({ filters: { label } })) {
    signal.throwIfAborted();
    const left = await removeNetwork(docker, Id, Name);
    problems.push(...left);
    if (left.length === 0) networks += 1;
  }
  const volumes = withVolumes ? (await docker.listVolumes({ filters: { label } })).Volumes : [];
  for (const { Name } of volumes) {
    signal.throwIfAborted();
    problems.push(...(await attempt({ place: `volume ${Name}`, ...IN_USE }, async () => docker.getVolume(Name).remove())));
  }
  return { containers: containers.length, networks, volumes: volumes.length, problems };
}

interface Removal {
  /** What is removed. */
  readonly place: string;
  readonly fix: string;
  /** HTTP codes that mean that it is removed already. */
  readonly done: readonly number[];
}

/** 304: already stopped; 404: already removed; 409: removal in progress. */
const CONTAINER = { fix: 'See docker ps -a, then run this command again.', done: [304, 404, 409] };
/** Of a volume, 409 says that it is in use. */
const IN_USE = { fix: 'A container still uses it; remove that container, then run this command again.', done: [404] };

const LEAK = 'The next start uses it again. To remove it, restart the engine, then run this command again.';

/** A busy engine may keep an endpoint for some seconds after its container is removed. */
const ENDPOINT_MS = 10_000;

/**
 * Removes a network whose own containers are removed. Endpoints that lost their container are removed; containers that still use it are named.
 * Docker 20.10 may keep an endpoint that it does not even list; such a network can be used again, so that it is a warning.
 */
export async function removeNetwork(docker: Docker, id: string, name: string, patienceMs = ENDPOINT_MS): Promise<readonly Problem[]> {
  const network = docker.getNetwork(id);
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const problems = await attempt({ place: `network ${name}`, ...IN_USE }, async () => network.remove());
    if (problems.length === 0) return [];
    const { Containers = {} } = (await network.inspect()) as { Containers?: Readonly<Record<string, { readonly Name: string }>> };
    const users = Object.entries(Containers).map(([key, { Name }]) => ({ user: Name, isLost: key.startsWith('ep-') }));
    const guests = users.flatMap(({ user, isLost }) => (isLost ? [] : [user]));
    if (Date.now() > deadline) {
      const isLeak = users.length === 0 && problems.every(({ message }) => message.includes('has active endpoints'));
      if (isLeak) return [warning(`network ${name}`, 'stays: the engine keeps an endpoint of a removed container', LEAK)];
      const fixOf = (guest: string): string => `docker network disconnect ${name} ${guest}, then run this command again.`;
      return guests.length === 0 ? problems : guests.map((guest) => error(`network ${name}`, `is still used by ${guest}`, fixOf(guest)));
    }
    for (const { user, isLost } of users) if (isLost) await network.disconnect({ Container: user, Force: true }).catch(() => undefined);
    await sleep(500);
  }
}

async function attempt({ place, fix, done }: Removal, remove: () => Promise<unknown>): Promise<readonly Problem[]> {
  try {
    await remove();
  } catch (failure) {
    const status = failure instanceof Error && 'statusCode' in failure ? failure.statusCode : undefined;
    if (typeof status !== 'number' || !done.includes(status))
      return [error(place, failure instanceof Error ? failure.message : String(failure), fix)];
  }
  return [];
}
