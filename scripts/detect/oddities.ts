import { metricsPath, portOf, repositoryName, type ContainerFacts, type Proposal } from '../modules/facts.ts';
import { isEnvValue } from '../base/env-file.ts';
import { instanceOf } from '../settings/instances.ts';
import { warning, type Problem } from '../base/problem.ts';

/** What would be written holds names that others chose. Why it cannot be written for one container; undefined where it can. */
export function unwritable(
  { name, network, networks }: ContainerFacts,
  { module, because, instance, target }: Proposal,
  attached: readonly string[],
): Problem | undefined {
  const leftOut = (why: string, fix: string): Problem => warning(`container ${name}`, `(${because}) is left out: ${why}`, fix);
  const isOnOurs = networks.some((candidate) => attached.includes(candidate.name));
  if (network !== undefined && !isOnOurs && !isNetworkWritable(network))
    return leftOut(
      `the name of its network, ${JSON.stringify(network)}, cannot stand in .env`,
      `Give it a network with a plain name: docker network create shop; docker network connect shop ${name}`,
    );
  if (instance !== undefined && (module === 'postgres' || module === 'redis')) {
    const parsed = instanceOf(module)(`${instance.name}=${instance.url}`);
    if ('wrong' in parsed || !isEnvValue(instance.url) || instance.url.includes(','))
      return leftOut(
        'wrong' in parsed ? parsed.wrong : `its address ${JSON.stringify(instance.url)} cannot stand in .env`,
        `Name it by hand in ${module.toUpperCase()}_INSTANCES.`,
      );
  }
  if (target !== undefined && !/^(https?:\/\/)?[\w.-]+:\d+(\/[\x21-\x7e]*)?$/.test(target.address))
    return leftOut(
      `its address ${JSON.stringify(target.address)} is none that Prometheus could ask`,
      `Give it a plain alias on its network, or name it by hand in prometheus/targets/${module}/.`,
    );
  return undefined;
}

/** Whether a network can be an item of `APP_NETWORKS`. */
export function isNetworkWritable(network: string): boolean {
  return isEnvValue(network) && !network.includes(',') && network.trim() === network;
}

/** What a container says of itself and cannot mean: its labels, variables and command are taken where they make sense, else the usual is. */
export function oddities({ name, labels, env, commandPort, image }: ContainerFacts, { module }: Proposal): readonly Problem[] {
  const ignored = (what: string, text: string, instead: string): Problem =>
    warning(`container ${name}`, `has ${what} ${JSON.stringify(text)}, which is ignored`, instead);
  const path = labels['prometheus.path'];
  if (module === 'apps')
    return path === undefined || metricsPath(labels) !== undefined
      ? []
      : [ignored('the label prometheus.path', path, 'A path such as /metrics, on one line and without blanks.')];
  if (module === 'blackbox') return [];
  const isPostgres = module === 'postgres';
  const keys = isPostgres ? ['PGPORT'] : ['REDIS_PORT_NUMBER', 'VALKEY_PORT_NUMBER'];
  const usual = `Taken is port ${isPostgres ? 5432 : 6379}, by the image ${repositoryName(image)}; a port is a number from 1 to 65535.`;
  return [
    ...(commandPort === undefined || portOf(String(commandPort)) !== undefined
      ? []
      : [ignored('in its command the port', String(commandPort), usual)]),
    ...keys.flatMap((key) => {
      const value = env[key];
      return value === undefined || portOf(value) !== undefined ? [] : [ignored(`the variable ${key}`, value, usual)];
    }),
  ];
}
