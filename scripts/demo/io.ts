import type Docker from 'dockerode';
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stackFailure } from '../base/failure.ts';
import { error } from '../base/problem.ts';
import type { Demo } from '../modules/parts.ts';
import { bundle } from '../render/bundle-io.ts';
import { withoutComposeVariables } from '../engine/compose.ts';
import type { Exec } from '../base/exec.ts';
import { publishTree, readIfThere } from '../base/files.ts';
import { generateSecret } from '../settings/io.ts';

const FOLDER = '.demo';

/** Writes what the demo's containers mount: bundled programs, and files with a password of its own. */
export async function writeDemo(root: string, parts: readonly Demo[]): Promise<void> {
  const entries = <T>(of: (part: Demo) => Readonly<Record<string, T>> | undefined): [string, T][] =>
    parts.flatMap((part) => Object.entries(of(part) ?? {}));
  const bundles = entries(({ bundles: own }) => own).map(async ([name, source]) => [name, await bundle(join(root, source))] as const);
  const copies = entries(({ copies: own }) => own).map(
    async ([name, source]) => [name, await readFile(join(root, source), 'utf8')] as const,
  );
  await mkdir(join(root, FOLDER), { recursive: true, mode: 0o700 });
  await publishTree(new Map(await Promise.all([...bundles, ...copies])), join(root, FOLDER, 'app'));
  const password = (await readIfThere(join(root, FOLDER, 'password'))) ?? generateSecret();
  await writeOnce(join(root, FOLDER, 'password'), password);
  for (const [name, text] of entries(({ files }) => files?.(password))) await writeOnce(join(root, FOLDER, name), text);
}

/** A file that containers mount: an existing one is kept. */
async function writeOnce(path: string, text: string): Promise<void> {
  if ((await readIfThere(path)) !== text) await writeFile(path, text);
  // Users of different images read it; the folder keeps others out.
  await chmod(path, 0o444);
}

/** Writes target files, each in one step: Prometheus reads them while they are written. */
export async function writeTargets(root: string, targets: ReadonlyMap<string, string>): Promise<void> {
  for (const [path, text] of targets) {
    const fresh = join(root, `${path}.new`);
    await writeFile(fresh, text);
    await chmod(fresh, 0o644);
    await rename(fresh, join(root, path));
  }
}

/** Removes it, with the target files. */
export async function removeDemo(root: string, targets: Iterable<string>): Promise<void> {
  for (const path of targets) await rm(join(root, path), { force: true });
  await rm(join(root, FOLDER), { recursive: true, force: true });
}

/** What the demo starts. */
export interface DemoStart {
  readonly parts: readonly Demo[];
  /** Values of the variables that name images. */
  readonly images: Readonly<Record<string, string>>;
  readonly services: readonly string[];
}

/** Starts services of the demo as a Compose project of its own. */
export async function composeDemo(exec: Exec, root: string, project: string, { parts, images, services }: DemoStart): Promise<void> {
  const files = [...new Set(parts.map(({ compose }) => compose))].flatMap((file) => ['-f', join(root, file)]);
  const command = ['docker', 'compose', '--env-file', '/dev/null', '--project-directory', root, '-p', project, ...files];
  const { code, stderr } = await exec([...command, 'up', '--detach', '--remove-orphans', ...services], {
    env: { ...withoutComposeVariables(), ...images },
    timeoutMs: 120_000,
  });
  if (code !== 0)
    throw stackFailure([error('the example', stderr.trim().split('\n').at(-1) ?? 'did not start', 'npm run demo -- --stop, then again.')]);
}

/** Attaches containers of the stack to the example's network, if it exists. Already attached ones stay. */
export async function joinNetwork(docker: Docker, network: string, containers: readonly string[]): Promise<void> {
  const found = (await docker.listNetworks({ filters: { name: [network] } })).find(({ Name }) => Name === network);
  if (found === undefined) return;
  const { Containers = {} } = (await docker.getNetwork(found.Id).inspect()) as { Containers?: Record<string, unknown> };
  for (const id of containers) if (!(id in Containers)) await docker.getNetwork(found.Id).connect({ Container: id });
}

/** Takes every container off a network that does not belong to the project; a network with guests cannot be removed. */
export async function freeNetwork(docker: Docker, network: string, own: readonly string[]): Promise<void> {
  const found = (await docker.listNetworks({ filters: { name: [network] } })).find(({ Name }) => Name === network);
  if (found === undefined) return;
  // Also those that are stopped: they would be back on it after a restart.
  const users = await docker.listContainers({ all: true, filters: { network: [found.Id] } });
  for (const { Id } of users.filter((user) => !own.includes(user.Id)))
    await docker.getNetwork(found.Id).disconnect({ Container: Id, Force: true });
}

/** The address at which a container's port is published on this host. */
export async function publishedAddress(docker: Docker, id: string, port: number): Promise<string> {
  const { NetworkSettings } = await docker.getContainer(id).inspect();
  const [binding] = NetworkSettings.Ports[`${port}/tcp`] ?? [];
  return `http://${binding?.HostIp ?? '127.0.0.1'}:${binding?.HostPort ?? ''}`;
}
