import type { ContainerFacts, EngineFacts } from '../modules/facts.ts';
import { isNetworkWritable } from './oddities.ts';

/** What the names of containers must not collide with. */
export interface NamingContext {
  /** Networks that the stack is on already. */
  readonly attached: readonly string[];
  /** Names of the stack's own services: on the stack's network they mean something else. */
  readonly reserved: ReadonlySet<string>;
}

/** Lower-case letters, digits and single dashes, as names of instances and target files are. */
export function slug(text: string): string {
  const plain = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return plain === '' ? 'container' : plain;
}

/** Assigns every container its network, address and title in the stack; the order of the containers does not matter. */
export function nameContainers(containers: readonly EngineFacts[], context: NamingContext): readonly ContainerFacts[] {
  const sharedBy = (of: (container: EngineFacts) => string): ReadonlyMap<string, number> => count(containers.map(of));
  const services = sharedBy(serviceTitle);
  const projects = sharedBy(projectTitle);
  const aliases = count(containers.flatMap((container) => [...new Set(container.networks.flatMap((network) => network.aliases))]));
  const crowded = count(containers.flatMap(({ networks }) => networks.map(({ name }) => name)));
  return containers.map((container) => {
    const network = chooseNetwork(container, context.attached, crowded);
    const title = [serviceTitle(container), projectTitle(container)].find(
      (name, index) => (index === 0 ? services : projects).get(name) === 1,
    );
    return {
      ...container,
      network,
      address: chooseAddress(container, network, aliases, context.reserved),
      title: title ?? slug(container.name),
    };
  });
}

function serviceTitle({ composeService, name }: EngineFacts): string {
  return slug(composeService ?? name);
}

function projectTitle({ composeProject, composeService, name }: EngineFacts): string {
  return slug(composeProject === undefined || composeService === undefined ? name : `${composeProject}-${composeService}`);
}

/** A network that the stack has joined already, else the one with the most containers: the stack joins as few as possible. */
function chooseNetwork({ networks }: EngineFacts, attached: readonly string[], crowded: ReadonlyMap<string, number>): string | undefined {
  const names = networks.map(({ name }) => name);
  const sorted = names.toSorted(
    (a, b) =>
      Number(isNetworkWritable(b)) - Number(isNetworkWritable(a)) || (crowded.get(b) ?? 0) - (crowded.get(a) ?? 0) || (a < b ? -1 : 1),
  );
  return attached.find((name) => names.includes(name)) ?? sorted[0];
}

/**
 * The Compose service's name if only this container has it: two projects may both have a `db`, and a service's replicas share one.
 * Else the container's name, which is unique; with the network appended if a service of the stack has the same name.
 */
function chooseAddress(
  { composeService, name, networks }: EngineFacts,
  network: string | undefined,
  aliases: ReadonlyMap<string, number>,
  reserved: ReadonlySet<string>,
): string {
  const here = networks.find((candidate) => candidate.name === network)?.aliases ?? [];
  const service = composeService ?? '';
  if (here.includes(service) && aliases.get(service) === 1 && !reserved.has(service)) return service;
  return reserved.has(name) && network !== undefined ? `${name}.${network}` : name;
}

function count(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
