import type { AnyModule } from './spec.ts';
import type { StackSettings } from './parts.ts';

/** A service that does not run, and why. */
export interface LeftOut {
  readonly service: string;
  readonly reason: string;
}

/** Which modules and services run. */
export interface Selection {
  /** Modules that are on and have what they need, `stack` among them. */
  readonly modules: readonly AnyModule[];
  readonly services: ReadonlySet<string>;
  /** Services of the modules in `MODULES` that do not run. */
  readonly leftOut: readonly LeftOut[];
}

/** The Compose profiles of everything that `MODULES` asks for. */
export function wantedProfiles(all: readonly AnyModule[], settings: StackSettings): readonly string[] {
  return [...new Set(wantedModules(all, settings).flatMap((module) => module.profiles(settings)))];
}

/**
 * Drops services without an image, modules that are pointless without them, and services that only those modules used.
 *
 * @param missing the reason for each service without an image
 */
export function select(all: readonly AnyModule[], settings: StackSettings, missing: ReadonlyMap<string, string>): Selection {
  const wanted = wantedModules(all, settings);
  const modules = wanted.filter((module) => !module.essential.some((service) => missing.has(service)));
  const services = new Set(modules.flatMap((module) => module.services(settings)).filter((service) => !missing.has(service)));
  const asked = new Set(wanted.flatMap((module) => module.services(settings)));
  const leftOut = [...asked]
    .filter((service) => !services.has(service))
    .map((service) => ({
      service,
      reason: reasonOf(service, modules, missing.get(service) ?? neededBy(service, wanted, settings, missing)),
    }));
  return { modules, services, leftOut };
}

/** Why a service is skipped, and its substitute if a running module has one. */
function reasonOf(service: string, running: readonly AnyModule[], reason: string): string {
  const instead = running.map((module) => module.instead?.[service]).find((text) => text !== undefined);
  return instead === undefined ? reason : `${instead} (${reason})`;
}

function wantedModules(all: readonly AnyModule[], settings: StackSettings): readonly AnyModule[] {
  return all.filter((module) => module.name === 'stack' || settings.MODULES.some((name) => name === module.name));
}

function neededBy(service: string, wanted: readonly AnyModule[], settings: StackSettings, missing: ReadonlyMap<string, string>): string {
  const module = wanted.find((candidate) => candidate.services(settings).includes(service));
  const absent = module?.essential.find((other) => missing.has(other));
  return `only ${module?.name ?? 'a module'} uses it, which is left out without ${absent ?? 'its services'}`;
}
