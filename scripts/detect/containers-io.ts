import type Docker from 'dockerode';
import type { ContainerInspectInfo } from 'dockerode';
import { metricsPath, type Answer, type EngineFacts } from '../modules/facts.ts';
import { modules } from '../modules/index.ts';
import { bestPage, commandPort, httpPorts } from './answers.ts';
import { inspect } from '../engine/inspect.ts';
import { askHttp, probePage, probePort, REFUSED } from './probe-io.ts';

const DETECTIONS = modules.flatMap(({ name, detection }) => (detection === undefined ? [] : [{ name, ...detection }]));
const PORT_PROBES = DETECTIONS.flatMap(({ ports = [] }) => ports);
const PAGE_PROBES = DETECTIONS.flatMap(({ pages = [] }) => pages);
const ENV = [...new Set(DETECTIONS.flatMap(({ env = [] }) => env))];
/** Networks of the engine itself, on which containers have no names. */
const NAMELESS: ReadonlySet<string> = new Set(['bridge', 'host', 'none']);

/** Every running container except those of this stack and its copies, with the answers of its ports. */
export async function runningContainers(docker: Docker, project: string): Promise<readonly EngineFacts[]> {
  const listed = await docker.listContainers();
  const foreign = listed.filter(
    ({ Labels }) =>
      Labels['com.docker.compose.project'] !== project &&
      Labels['com.docker.compose.oneoff'] !== 'True' &&
      Labels['com.docker.compose.project.config_files']?.endsWith('.effective/compose.yml') !== true,
  );
  const facts = await Promise.all(foreign.map(async ({ Id }) => factsById(docker, Id)));
  return facts.filter((fact) => fact !== undefined).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Names of the Compose projects that the engine knows, running or not, by containers or by kept volumes. */
export async function composeProjects(docker: Docker): Promise<ReadonlySet<string>> {
  const [containers, volumes] = await Promise.all([docker.listContainers({ all: true }), docker.listVolumes()]);
  const labels = [
    ...containers.map(({ Labels }) => Labels),
    ...volumes.Volumes.map(({ Labels }: { Labels: Labels | null }) => Labels ?? {}),
  ];
  return new Set(labels.flatMap((label) => label['com.docker.compose.project'] ?? []));
}

async function factsById(docker: Docker, id: string): Promise<EngineFacts | undefined> {
  const info = await inspect(docker, id);
  return info === undefined ? undefined : factsOf(info);
}

type Labels = Readonly<Record<string, string>>;

/** The engine answers null, or nothing, where dockerode's types promise a value. */
interface Inspected {
  readonly Env: readonly string[] | null;
  readonly Labels: Labels | null;
}

async function factsOf({ Name, Config, HostConfig, NetworkSettings }: ContainerInspectInfo): Promise<EngineFacts> {
  const { Env, Labels: given } = Config as Inspected;
  const entries = Object.entries((NetworkSettings.Networks as ContainerInspectInfo['NetworkSettings']['Networks'] | null) ?? {});
  const named = entries.filter(([name]) => !NAMELESS.has(name));
  const env = Object.fromEntries((Env ?? []).map((line) => [line.split('=')[0] ?? '', line.slice(line.indexOf('=') + 1)]));
  const command = [...asList(Config.Entrypoint), ...asList(Config.Cmd)].join(' ');
  const ports = portsOf({ ...Config.ExposedPorts, ...NetworkSettings.Ports });
  const labels = given ?? {};
  const ip = entries
    .map(([, { IPAddress }]: readonly [string, { IPAddress?: string }]) => IPAddress)
    .find((address) => (address ?? '') !== '');
  const mode: string | undefined = HostConfig.NetworkMode;
  return {
    name: Name.replace(/^\//, ''),
    image: Config.Image,
    composeProject: labels['com.docker.compose.project'],
    composeService: labels['com.docker.compose.service'],
    networkMode: named.length > 0 ? 'named' : mode === 'host' ? 'host' : entries.some(([name]) => name === 'bridge') ? 'bridge' : 'other',
    networks: named.map(([name, { Aliases }]) => ({ name, aliases: asList(Aliases) })),
    ports,
    commandPort: commandPort(command),
    labels,
    env: Object.fromEntries(ENV.flatMap((key) => ((env[key] ?? '') === '' ? [] : [[key, env[key] ?? '']]))),
    passwords: new Set(DETECTIONS.filter(({ setsPassword }) => setsPassword?.(command, env) === true).map(({ name }) => name)),
    ...(ip === undefined ? { answers: [], refused: [] } : await ask(ip, { image: Config.Image, labels, ports })),
  };
}

interface Asked {
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ports: readonly number[];
}

async function ask(ip: string, { image, labels, ports }: Asked) {
  const probed = await Promise.all(PORT_PROBES.map(async (probe) => ({ port: probe.port, speaks: await probePort(ip, probe) })));
  const pages = await Promise.all(
    httpPorts(labels, ports).map(async (port) => [
      await askPages(ip, port, metricsPath(labels) ?? '/metrics'),
      ...(await Promise.all(PAGE_PROBES.filter(({ applies }) => applies(image)).map(async (probe) => probePage(ip, port, probe)))),
    ]),
  );
  const answers: Answer[] = [
    ...probed.flatMap(({ port, speaks }) => (speaks === undefined || speaks === REFUSED ? [] : [{ port, speaks }])),
    ...pages.flat().filter((page) => page !== undefined),
  ];
  return { answers, refused: probed.flatMap(({ port, speaks }) => (speaks === REFUSED ? [port] : [])) };
}

async function askPages(ip: string, port: number, path: string): Promise<Answer | undefined> {
  const metrics = await askHttp(ip, port, path);
  // No HTTP, or metrics: no need to probe the pages.
  if (metrics === undefined || metrics.speaks === 'metrics') return metrics;
  const pages = [await askHttp(ip, port, '/health'), await askHttp(ip, port, '/')].filter((page) => page !== undefined);
  const best = bestPage(pages);
  return best === undefined ? undefined : { ...best, speaks: 'http' };
}

function portsOf(exposed: Readonly<Record<string, unknown>>): readonly number[] {
  return Object.keys(exposed)
    .filter((key) => key.endsWith('/tcp'))
    .map((key) => Number.parseInt(key, 10))
    .sort((a, b) => a - b);
}

function asList(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : typeof value === 'string' ? [value] : [];
}
