import { setTimeout as sleep } from 'node:timers/promises';
import { sh } from './sh.ts';

/** Distinguishes a test's resources from foreign ones of the same name. */
const LABEL = 'pharos.test';

/** Options of `docker run` and `docker network create` by which `removeEverything` of a project knows its own. */
export const mark = (project: string): readonly string[] => ['--label', `${LABEL}=${project}`];

/** What can be left of a project, and what takes it away. Containers first: they hold the rest. */
const KINDS = [
  { kind: 'container', list: ['ps', '-a', '--format', '{{.Names}}'], remove: ['rm', '-f', '-v'] },
  { kind: 'network', list: ['network', 'ls', '--format', '{{.Name}}'], remove: ['network', 'rm'] },
  { kind: 'volume', list: ['volume', 'ls', '--format', '{{.Name}}'], remove: ['volume', 'rm'] },
] as const;

/** A resource that stays longer is in use elsewhere, such as a network by a foreign container. A busy engine takes seconds for a container. */
const STUCK_MS = 15_000;

/**
 * Makes a network of a project, or takes one without containers that an earlier run left: Docker 20.10 may keep endpoints of removed containers.
 * Throws if a foreign one has that name.
 */
export async function makeNetwork(project: string, name: string): Promise<void> {
  const { code, stderr } = await sh(['docker', 'network', 'create', ...mark(project), name]);
  if (code !== 0 && (await isEmptyNetwork(project, name))) return;
  if (code !== 0) throw new Error(taken(stderr, 'network', name, await leftOf(project)));
}

/** Starts a container of a project in the background. @param args what follows `docker run -d --name …`. Throws if a foreign one has that name. */
export async function startContainer(project: string, name: string, ...args: readonly string[]): Promise<void> {
  const { code, stderr } = await sh(['docker', 'run', '-d', '--name', name, ...mark(project), ...args]);
  if (code !== 0) throw new Error(taken(stderr, 'container', name, await leftOf(project)));
}

async function isEmptyNetwork(project: string, name: string): Promise<boolean> {
  const format = `{{len .Containers}} {{index .Labels "${LABEL}"}}`;
  return (await sh(['docker', 'network', 'inspect', '--format', format, name])).stdout.trim() === `0 ${project}`;
}

/** The engine's error with a fix. */
function taken(stderr: string, kind: string, name: string, own: readonly string[]): string {
  const conflict = /already in use by container|already exists/.test(stderr) && stderr.includes(name);
  if (!conflict) return `${kind} ${name}: ${stderr.trim()}`;
  return own.includes(`${kind} ${name}`)
    ? `the ${kind} ${name} of an earlier run cannot be removed: docker ${kind} rm ${name} says why; where nothing uses it, restart the engine`
    : `there is a ${kind} ${name} that was not started here: it is left alone; rename or remove it, because its name is needed`;
}

/**
 * Removes every container, network and volume that carries the label of one of the projects, its own or that of Compose. What only has a name
 * like it is foreign. Projects whose containers are in each other's networks are removed together. Asks again, as a container with a restart policy or one that was just being made may come back.
 */
export async function removeEverything(...projects: readonly string[]): Promise<void> {
  let [least, since] = [Infinity, Date.now()];
  for (;;) {
    let found = 0;
    for (const { list, remove } of KINDS) {
      const names = await labelled(list, projects);
      found += names.length;
      if (names.length > 0) await sh(['docker', ...remove, ...names]);
    }
    if (found < least) [least, since] = [found, Date.now()];
    if (found === 0 || Date.now() - since > STUCK_MS) return;
    await sleep(1000);
  }
}

/** What of projects is still there, as `container pharos-drill-oom`. */
export async function leftOf(...projects: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { kind, list } of KINDS) found.push(...(await labelled(list, projects)).map((name) => `${kind} ${name}`));
  return found;
}

async function labelled(list: readonly string[], projects: readonly string[]): Promise<readonly string[]> {
  const names: string[] = [];
  for (const label of projects.flatMap((project) => [`com.docker.compose.project=${project}`, `${LABEL}=${project}`])) {
    const { stdout } = await sh(['docker', ...list, '--filter', `label=${label}`]);
    names.push(...stdout.split('\n').filter((name) => name !== ''));
  }
  return [...new Set(names)];
}
