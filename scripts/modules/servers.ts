import { passwordFile, type Instance } from '../base/instances.ts';
import { error, warning, type Problem } from '../base/problem.ts';
import type { TimedSample } from '../clients/prometheus.ts';
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
  /** The exporter asks all servers at every scrape, as one target whose `instance` is the exporter's name. */
  readonly oneTarget?: true;
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

interface NamedServers {
  readonly module: string;
  /** The setting that names them, and its place. */
  readonly key: string;
  readonly place: string;
  readonly instances: readonly unknown[];
  /** Modules that are on. */
  readonly enabled: readonly string[];
  /** Other modules that use these servers. */
  readonly usedBy?: readonly string[];
}

/** A module that is on without servers, or off with servers that no other module uses. */
export function serverRules({ module, key, instances, enabled, place, usedBy = [] }: NamedServers): readonly Problem[] {
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
 * Lines of an exporter's log about one server. Among several servers these are the lines that name its host; some errors name no server, so where
 * there is no such line, those that name none of them.
 */
export function linesAbout(log: string, { host }: Pick<Instance, 'host'>, all: readonly Pick<Instance, 'host'>[]): string {
  const lines = log.split('\n');
  if (all.length === 1) return log;
  const own = lines.filter((line) => names(line, host));
  return (own.length > 0 ? own : lines.filter((line) => !all.some((other) => names(line, other.host)))).join('\n');
}

/** Whether a line has a host as a word of its own: `mysqld` does not name the host `mysql`. */
function names(line: string, host: string): boolean {
  return line.split(/[^\w.-]+/).some((word) => word.replace(/\.$/, '') === host);
}

/** Samples of `up` that are newer than the start of the exporter. Those of one target carry the names of servers in its place. */
async function currentUp(module: string, { exporter, up, oneTarget }: Servers, context: CheckContext): Promise<readonly TimedSample[]> {
  if (oneTarget !== true) return (await context.current(module, exporter, up)).samples;
  const { samples } = await context.current(module, exporter, 'up');
  const scraped = samples.find(({ labels }) => labels['instance'] === exporter);
  // All samples of a scrape have its time.
  return scraped === undefined ? [] : (await context.prometheus.timed(up)).filter(({ atMs }) => atMs >= scraped.atMs);
}

/**
 * Every server accepts its exporter, by the exporter's current samples. What the exporter logged since the checks began is about the current
 * settings: a refusal there is final once a sample says that this server refuses, because a line may be about another one. Older lines only explain.
 */
export function serverCheck(module: string, servers: Servers, instances: readonly Instance[], context: CheckContext): SmokeCheck {
  const { exporter, refused, refusal } = servers;
  const run = async (): Promise<readonly Finding[]> => {
    const samples = await currentUp(module, servers, context);
    const sampleOf = ({ name }: Instance) => samples.find(({ labels }) => labels['instance'] === name)?.value;
    const down = instances.filter((instance) => sampleOf(instance) !== 1);
    if (down.length === 0) return [];
    const { recent, all } = await context.log(exporter);
    return down.map((instance) => {
      const now = linesAbout(recent, instance, instances);
      const final = sampleOf(instance) !== undefined && refused.test(now);
      return { ...refusal(instance, final ? now : linesAbout(all, instance, instances)), final };
    });
  };
  return { title: module, service: exporter, run };
}
