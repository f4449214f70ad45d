import { parse } from 'yaml';
import type { ContainerFacts, Proposal } from '../modules/facts.ts';
import { modules } from '../modules/index.ts';
import { instancesOf } from '../modules/servers.ts';
import { hostOf } from '../render/target-labels.ts';
import { slug } from './names.ts';
import type { PlainSettings } from '../settings/table.ts';

/** Already watched: `host:port` of servers by module, and hosts of all other targets. */
export interface Watched {
  readonly servers: ReadonlyMap<string, ReadonlySet<string>>;
  readonly hosts: ReadonlySet<string>;
}

/**
 * Reads what the settings and the target files watch already.
 *
 * @param files texts of the files below `prometheus/targets/`, by their path from the checkout
 */
export function watchedAlready(settings: PlainSettings, files: ReadonlyMap<string, string>): Watched {
  const inFiles = (module: string): string[] =>
    [...files].flatMap(([path, text]) => (path.startsWith(`prometheus/targets/${module}/`) ? targetsOf(text) : []));
  const servers = new Map<string, ReadonlySet<string>>();
  const hosts = new Set<string>();
  for (const { name, servers: own, detection } of modules) {
    if (own !== undefined) {
      const named = instancesOf(own, settings).map(({ host, port }) => `${host}:${port}`);
      servers.set(name, new Set([...named, ...inFiles(name).map((url) => hostPort(url, own.port))]));
    } else if (detection !== undefined)
      for (const target of [...(detection.watched?.(settings) ?? []), ...inFiles(name)]) hosts.add(hostOnly(target));
  }
  return { servers, hosts };
}

/** Whether a module's proposal for a container is watched already, under any name by which the stack can reach it. */
export function isWatched(proposal: Proposal, container: ContainerFacts, watched: Watched, attached: readonly string[]): boolean {
  const { module, instance } = proposal;
  const reachable = container.networks.filter(({ name }) => attached.includes(name));
  const networks = reachable.length === 0 ? container.networks : reachable;
  const names = [container.address, container.name, ...networks.flatMap(({ aliases }) => aliases)];
  // One target per container: a scraped application needs no probe, and a probed one was chosen by the user.
  if (instance === undefined) return names.some((name) => watched.hosts.has(name));
  // A URL leaves out the default port of its scheme.
  const port = new URL(instance.url).port || modules.find(({ name }) => name === module)?.servers?.port;
  return names.some((name) => watched.servers.get(module)?.has(`${name}:${port}`) === true);
}

/** Whether the stack cannot see in an address that it is a container's of this host: its name has a dot, as that of another server has. */
export function needsServer(address: string): boolean {
  return hostOf(address)?.includes('.') === true;
}

/** The file_sd file for a container's target: one per Compose service, whose replicas are entries of it. */
export function targetFile(module: string, { composeProject, composeService, name }: ContainerFacts): string {
  const stem = composeProject === undefined || composeService === undefined ? name : `${composeProject}-${composeService}`;
  return `prometheus/targets/${module}/${slug(stem)}.yml`;
}

/** The text of a file_sd file. */
export function targetText(targets: readonly NonNullable<Proposal['target']>[]): string {
  const entries = targets.map(({ address, labels }) => {
    const lines = Object.entries(labels).map(([key, value]) => `    ${key}: ${scalar(value)}\n`);
    return `- targets: [${quoted(address)}]\n  labels:\n${lines.join('')}`;
  });
  return `# From npm run detect; yours to edit.\n${entries.join('')}`;
}

/** A YAML scalar that stays text: a name such as `1234` or `on` would be read as something else. */
function scalar(text: string): string {
  return /^[A-Za-z_/][\w./-]*$/.test(text) && !/^(true|false|yes|no|on|off|null|y|n)$/i.test(text) ? text : quoted(text);
}

/** Quoted text. Only double quotes can hold a line break; they escape as JSON does. */
function quoted(text: string): string {
  return /[^\x20-\x7e]/.test(text) ? JSON.stringify(text) : `'${text.replaceAll("'", "''")}'`;
}

/** `npm run validate` reports unreadable files. */
function targetsOf(text: string): string[] {
  try {
    const groups: unknown = parse(text);
    if (!Array.isArray(groups)) return [];
    return groups.flatMap((group: { targets?: unknown } | null) => (Array.isArray(group?.targets) ? group.targets.map(String) : []));
  } catch {
    return [];
  }
}

function hostPort(target: string, fallback: number): string {
  const bare = withoutScheme(target);
  return bare.includes(':') ? bare : `${bare}:${fallback}`;
}

function hostOnly(target: string): string {
  return withoutScheme(target).replace(/:\d+$/, '');
}

function withoutScheme(target: string): string {
  return target
    .replace(/^[a-z]+:\/\//, '')
    .replace(/[/?#].*$/, '')
    .replace(/^.*@/, '');
}
