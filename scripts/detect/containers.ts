import type Docker from 'dockerode';
import type { ContainerInspectInfo } from 'dockerode';
import { ASKED_ENV, metricsPath, type Answer, type EngineFacts } from '../modules/facts.ts';
import { bestPage, commandPort, httpPorts, setsRedisPassword } from './answers.ts';
import { inspect } from '../engine/inspect.ts';
import { askHttp, knock } from './io.ts';

const DATABASE_PORTS = [
  [5432, 'postgres'],
  [6379, 'redis'],
] as const;
/** Networks of the engine itself, on which containers have no names. */
const NAMELESS: ReadonlySet<string> = new Set(['bridge', 'host', 'none']);

/** Every running container but this stack's own, with what its ports answer. Containers of other copies of this stack are not among them. */
export async function runningContainers(docker: Docker, project: string): Promise<readonly EngineFacts[]> {
  const listed = await docker.listContainers();
  const foreign = listed.filter(
    ({ Labels }) =>
      Labels['com.docker.compose.project'] !== project &&
      Labels['com.docker.compose.oneoff'] !== 'True' &&
      !/\.effective\/compose\.yml$/.test(Labels['com.docker.compose.project.config_files'] ?? ''),
  );
  const facts = await Promise.all(foreign.map(async ({ Id }) => look(docker, Id)));
  return facts.filter((fact) => fact !== undefined).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Names of the Compose projects that the engine knows, running or not, by containers or by kept volumes. */
export async function composeProjects(docker: Docker): Promise<ReadonlySet<string>> {
  const [containers, volumes] = await Promise.all([docker.listContainers({ all: true }), docker.listVolumes()]);
  const labels = [...containers.map(({ Labels }) => Labels), ...volumes.Volumes.map(({ Labels }) => Labels ?? {})];
  return new Set(labels.flatMap((label) => label['com.docker.compose.project'] ?? []));
}

async function look(docker: Docker, id: string): Promise<EngineFacts | undefined> {
  const info = await inspect(docker, id);
  return info === undefined ? undefined : factsOf(info);
}

async function factsOf({ Name, Config, HostConfig, NetworkSettings }: ContainerInspectInfo): Promise<EngineFacts> {
  const entries = Object.entries(NetworkSettings.Networks ?? {});
  const named = entries.filter(([name]) => !NAMELESS.has(name));
  const env = Object.fromEntries((Config.Env ?? []).map((line) => [line.split('=')[0] ?? '', line.slice(line.indexOf('=') + 1)]));
  const command = [...asList(Config.Entrypoint), ...asList(Config.Cmd)].join(' ');
  const ports = portsOf({ ...Config.ExposedPorts, ...NetworkSettings.Ports });
  const labels = Config.Labels ?? {};
  const ip = entries.map(([, { IPAddress }]) => IPAddress).find((address) => address !== undefined && address !== '');
  const mode = HostConfig.NetworkMode ?? '';
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
    env: Object.fromEntries(ASKED_ENV.flatMap((key) => ((env[key] ?? '') === '' ? [] : [[key, env[key] ?? '']]))),
    redisPassword: setsRedisPassword(command, env),
    ...(ip === undefined ? { answers: [], refused: [] } : await ask(ip, labels, ports)),
  };
}

async function ask(ip: string, labels: Readonly<Record<string, string>>, ports: readonly number[]) {
  const databases = await Promise.all(DATABASE_PORTS.map(async ([port, as]) => [port, await knock(ip, port, as)] as const));
  const pages = await Promise.all(httpPorts(labels, ports).map((port) => askPages(ip, port, metricsPath(labels) ?? '/metrics')));
  const answers: Answer[] = [
    ...databases.flatMap(([port, speaks]) => (speaks === undefined || speaks === 'refused' ? [] : [{ port, speaks }])),
    ...pages.filter((page) => page !== undefined),
  ];
  return { answers, refused: databases.flatMap(([port, speaks]) => (speaks === 'refused' ? [port] : [])) };
}

async function askPages(ip: string, port: number, metricsPath: string): Promise<Answer | undefined> {
  const metrics = await askHttp(ip, port, metricsPath);
  // No HTTP at all, or metrics: the pages need no asking.
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

/** Names of the containers that run, and have done so since before a time: one that comes and goes, or restarts in a loop, is not among them. */
export async function runningSince(docker: Docker, beforeMs: number): Promise<readonly string[]> {
  const listed = await docker.listContainers();
  const found = await Promise.all(listed.map(async ({ Id }) => inspect(docker, Id)));
  return found.flatMap((info) => {
    if (info === undefined || !info.State.Running || info.State.Restarting || Date.parse(info.State.StartedAt) > beforeMs) return [];
    return [info.Name.slice(1)];
  });
}
