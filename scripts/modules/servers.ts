import { passwordFile, type Instance } from '../base/instances.ts';
import { error, warning, type Problem } from '../base/problem.ts';
import type { CheckContext, Finding, SmokeCheck } from './check.ts';

/** A module that watches servers by address: `name=url` items of one setting, one exporter for all of them. */
export interface Servers {
  /** The setting that names them, such as `REDIS_INSTANCES`. */
  readonly setting: string;
  /** The Compose service that queries them. */
  readonly exporter: string;
  /** The default TCP port, for target files. */
  readonly port: number;
  /** URL schemes without `:`; the user name in such an address is shown. */
  readonly schemes: readonly string[];
  /** The metric that is 1 for every server that accepts the exporter. */
  readonly up: string;
  /** Text in the exporter's log if a server refuses it. The refusal lasts until someone changes a setting. */
  readonly refused: RegExp;
  /** What is wrong with a server whose `up` is 0, given the exporter's log lines about it. */
  readonly refusal: (instance: Instance, log: string) => Problem;
  /** The exporter has its own user, whose password `detect` generates. */
  readonly hasUser: boolean;
}

/** The servers that the settings name. */
export function instancesOf({ setting }: Servers, settings: Readonly<Record<string, unknown>>): readonly Instance[] {
  return settings[setting] as readonly Instance[];
}

/** Names of the password files under `secrets/`. */
export function passwordFiles(module: string, instances: readonly Instance[]): readonly string[] {
  return instances.map(({ name }) => passwordFile(module, name));
}

/** The passwords of instances by name, from the files under `secrets/`, and a problem per file that is missing. */
export function passwordsOf(module: string, instances: readonly Instance[], existing: ReadonlyMap<string, string>) {
  const passwords = new Map<string, string>();
  const missing: Problem[] = [];
  for (const { name, user } of instances) {
    const file = passwordFile(module, name);
    const content = existing.get(file);
    if (content !== undefined) passwords.set(name, content.replace(/\r?\n$/, ''));
    else
      missing.push(
        error(`secrets/${file}`, `is missing: the password of ${user} on ${name}`, `(umask 077; printf %s '<password>' > secrets/${file})`),
      );
  }
  return { passwords, missing };
}

/** A module that is on without servers, or off with servers that no other module uses. */
export function serverRules(
  module: string,
  key: string,
  instances: readonly unknown[],
  enabled: readonly string[],
  place: string,
  usedBy: readonly string[] = [],
): readonly Problem[] {
  const on = enabled.includes(module);
  if (on && instances.length === 0)
    return [
      error(
        place,
        `${key} is empty, but MODULES turns ${module} on`,
        `Name the servers in ${key} (npm run detect finds them), or remove ${module} from MODULES.`,
      ),
    ];
  if (!on && instances.length > 0 && !usedBy.some((other) => enabled.includes(other)))
    return [warning(place, `${key} is set, but the module is off`, `Add ${module} to MODULES.`)];
  return [];
}

/** Static targets of servers: the address for the exporter to query, and the name as `instance`. */
export function serverTargets(job: string, instances: readonly Instance[], addressOf = ({ url }: Instance): string => url) {
  return [
    {
      job,
      groups: instances.map((instance) => ({
        targets: [addressOf(instance)],
        labels: { instance: instance.name, service: instance.name },
      })),
    },
  ];
}

/**
 * Every server accepts its exporter, by the exporter's current samples. Log lines since the start of the checks are about the current
 * settings: a refusal there is final. Older lines only explain.
 */
export function serverCheck(module: string, servers: Servers, instances: readonly Instance[], context: CheckContext): SmokeCheck {
  const { exporter, up, refused, refusal } = servers;
  const run = async (): Promise<readonly Finding[]> => {
    const { samples } = await context.current(module, exporter, up);
    const down = instances.filter(({ name }) => samples.find(({ labels }) => labels['instance'] === name)?.value !== 1);
    if (down.length === 0) return [];
    const { recent, all } = await context.log(exporter);
    return down.map((instance) => {
      const about = (log: string): string =>
        log
          .split('\n')
          .filter((line) => line.includes(instance.host) || instances.length === 1)
          .join('\n');
      const final = refused.test(about(recent));
      return { ...refusal(instance, about(final ? recent : all)), final };
    });
  };
  return { title: module, service: exporter, run };
}
