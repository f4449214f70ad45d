import type Docker from 'dockerode';
import type { ComposeModel } from './compose-model.ts';
import { portSetting } from '../settings/compose-env.ts';
import { bindAddressProblems, diskProblems, memoryProblems, portProblems, type Listener } from './host-checks.ts';
import type { Problem } from '../base/problem.ts';
import { publishedPorts, type PublishedPort } from '../render/compose.ts';
import type { PlainSettings } from '../settings/table.ts';
import type { StackNetwork } from './subnet.ts';
import { freeBytes, listeners, ownAddresses, totalMemory } from './host.ts';
import { inspect } from './inspect.ts';
import { placeOfSetting } from '../settings/io.ts';

/** Looks at what the stack needs of the host: the address to publish on, free ports, disk, memory. Nothing is changed, no port is opened. */
export async function hostProblems(
  docker: Docker,
  root: string,
  settings: PlainSettings,
  { model, network }: { readonly model: ComposeModel; readonly network: StackNetwork },
): Promise<readonly Problem[]> {
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
    ...nodeExporterPort(model, settings, network, own.length > 0),
  ];
  const free = await freeBytes(dataDir);
  return [
    ...bindAddressProblems(await placeOfSetting(root, 'BIND_ADDRESS'), settings.BIND_ADDRESS, ownAddresses()),
    ...portProblems(wanted, named, portSetting),
    ...(free === undefined ? [] : diskProblems(dataDir, free, 0, settings.PROMETHEUS_RETENTION_SIZE)),
    ...memoryProblems(memoryLimit(model), totalMemory()),
  ];
}

/** Host ports that a container asks for. The engine's list shows them only while it runs; one that is restarting holds them now and then. */
async function boundPorts(docker: Docker, id: string): Promise<readonly number[]> {
  const info = await inspect(docker, id);
  const bindings = Object.values((info?.HostConfig.PortBindings ?? {}) as Record<string, readonly { readonly HostPort: string }[] | null>);
  return bindings.flatMap((list) => (list ?? []).map(({ HostPort }) => Number(HostPort)));
}

/** Node exporter listens in the host's network itself; when the stack runs, the listener is its own. */
function nodeExporterPort(model: ComposeModel, settings: PlainSettings, network: StackNetwork, running: boolean): readonly PublishedPort[] {
  if (running || model.services['node-exporter'] === undefined) return [];
  return [{ service: 'node-exporter', address: network.gateway, port: settings.NODE_EXPORTER_PORT }];
}

/** Sum of the services' memory limits in bytes; Compose prints them as numbers of bytes. */
function memoryLimit(model: ComposeModel): number {
  return Object.values(model.services).reduce((sum, { mem_limit: limit }) => sum + Number(limit ?? 0), 0);
}
