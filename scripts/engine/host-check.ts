import { publishedPorts, type PublishedPort } from '../base/compose-model.ts';
import type Docker from 'dockerode';
import type { ComposeModel } from '../base/compose-model.ts';
import { portSetting } from '../settings/settings.ts';
import { bindAddressProblems, diskProblems, memoryProblems, portProblems, type Listener } from './host-checks.ts';
import type { Problem } from '../base/problem.ts';
import { modules } from '../modules/index.ts';
import type { PlainSettings } from '../settings/table.ts';
import type { StackNetwork } from '../base/subnet.ts';
import { freeBytes, listeners, ownAddresses, totalMemory } from './host.ts';
import { inspect } from './inspect.ts';
import { placesOf } from '../settings/io.ts';

/** What the stack needs of the host. */
export interface HostNeeds {
  readonly model: ComposeModel;
  readonly settings: PlainSettings;
  readonly network: StackNetwork;
}

/** Checks what the stack needs of the host: the address to publish on, free ports, disk, memory. Nothing is changed, no port is opened. */
export async function hostProblems(docker: Docker, root: string, { model, settings, network }: HostNeeds): Promise<readonly Problem[]> {
  const [{ DockerRootDir: dataDir }, containers, sockets] = await Promise.all([
    docker.info() as Promise<{ DockerRootDir: string }>,
    docker.listContainers(),
    listeners(),
  ]);
  const own = containers.filter(({ Labels }) => Labels['com.docker.compose.project'] === settings.COMPOSE_PROJECT_NAME);
  const ownPorts = new Set((await Promise.all(own.map(async ({ Id }) => boundPorts(docker, Id)))).flat());
  const published = containers.flatMap(({ Names, Ports }) =>
    Ports.map(({ PublicPort }) => [PublicPort, (Names[0] ?? '').slice(1)] as const),
  );
  const named = sockets.map((socket): Listener => {
    const container = published.find(([port]) => port === socket.port)?.[1];
    return container === undefined ? socket : { ...socket, holder: `container ${container}` };
  });
  const wanted = [
    ...publishedPorts(model).filter(({ port }) => !ownPorts.has(port)),
    ...(own.length > 0 ? [] : unpublishedPorts(model, settings, network)),
  ];
  const free = await freeBytes(dataDir);
  return [
    ...bindAddressProblems((await placesOf(root))('BIND_ADDRESS'), settings.BIND_ADDRESS, ownAddresses()),
    ...portProblems(wanted, named, portSetting),
    ...(free === undefined ? [] : diskProblems(dataDir, free, 0, settings.PROMETHEUS_RETENTION_SIZE)),
    ...memoryProblems(memoryLimit(model), totalMemory()),
  ];
}

/** Host ports that a container publishes. The engine lists them only while it runs; a restarting one holds them at times. */
async function boundPorts(docker: Docker, id: string): Promise<readonly number[]> {
  const info = await inspect(docker, id);
  const bindings = Object.values((info?.HostConfig.PortBindings ?? {}) as Record<string, readonly { readonly HostPort: string }[] | null>);
  return bindings.flatMap((list) => (list ?? []).map(({ HostPort }) => Number(HostPort)));
}

/** Ports that services use in the host's network; while the stack runs, the listeners are its own. */
function unpublishedPorts(model: ComposeModel, settings: PlainSettings, network: StackNetwork): readonly PublishedPort[] {
  return modules
    .flatMap((module) => module.hostPorts?.(settings) ?? [])
    .filter(({ service }) => service in model.services)
    .map((port) => ({ ...port, address: network.gateway }));
}

/** Sum of the services' memory limits in bytes; Compose prints them as numbers of bytes. */
function memoryLimit(model: ComposeModel): number {
  return Object.values(model.services).reduce((sum, { mem_limit: limit }) => sum + Number(limit ?? 0), 0);
}
