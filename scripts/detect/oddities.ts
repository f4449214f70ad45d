import type { ContainerFacts, Proposal } from '../modules/facts.ts';
import { modules } from '../modules/index.ts';
import { SETTINGS } from '../settings/table.ts';
import type { Kind } from '../base/kinds.ts';
import type { SettingsTable } from '../base/setting.ts';
import { isEnvValue } from '../base/env-file.ts';
import { warning, type Problem } from '../base/problem.ts';

/** Names that others chose may not fit into files. Why a container cannot be written; undefined if it can. */
export function unwritable(
  { name, network, networks }: ContainerFacts,
  { module, because, instance, target }: Proposal,
  attached: readonly string[],
): Problem | undefined {
  const leftOut = (why: string, fix: string): Problem => warning(`container ${name}`, `(${because}) is skipped: ${why}`, fix);
  const isOnOurs = networks.some((candidate) => attached.includes(candidate.name));
  if (network !== undefined && !isOnOurs && !isNetworkWritable(network))
    return leftOut(
      `the name of its network, ${JSON.stringify(network)}, cannot stand in .env`,
      `Give it a network with a plain name: docker network create shop; docker network connect shop ${name}`,
    );
  const servers = modules.find(({ name: known }) => known === module)?.servers;
  if (instance !== undefined && servers !== undefined) {
    const parsed = settingKind(servers.setting)(`${instance.name}=${instance.url}`);
    if ('wrong' in parsed || !isEnvValue(instance.url) || instance.url.includes(','))
      return leftOut(
        'wrong' in parsed ? parsed.wrong : `its address ${JSON.stringify(instance.url)} cannot stand in .env`,
        `Add it to ${servers.setting} by hand.`,
      );
  }
  if (target !== undefined && !/^(https?:\/\/)?[\w.-]+:\d+(\/[\x21-\x7e]*)?$/.test(target.address))
    return leftOut(
      `its address ${JSON.stringify(target.address)} is not one that Prometheus can scrape`,
      `Give it a plain alias on its network, or name it by hand in prometheus/targets/${module}/.`,
    );
  return undefined;
}

/** Whether a network can be an item of `APP_NETWORKS`. */
export function isNetworkWritable(network: string): boolean {
  return isEnvValue(network) && !network.includes(',') && network.trim() === network;
}

/** Invalid claims of a container: its labels, variables and command count if they make sense, otherwise the default does. */
export function oddities(container: ContainerFacts, { module }: Proposal): readonly Problem[] {
  const detection = modules.find(({ name }) => name === module)?.detection;
  return (detection?.ignored?.(container) ?? []).map(({ what, text, instead }) =>
    warning(`container ${container.name}`, `has ${what} ${JSON.stringify(text)}, which is ignored`, instead),
  );
}

function settingKind(key: string): Kind<unknown> {
  const { kind } = (SETTINGS as SettingsTable)[key] ?? {};
  if (kind === undefined) throw new Error(`${key} is not a setting`);
  return kind;
}
