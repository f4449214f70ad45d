import type Docker from 'dockerode';
import { inputFailure } from '../base/failure.ts';
import { error, type Problem } from '../base/problem.ts';
import { chooseSubnet, conflictOf, stackNetwork, type StackNetwork } from '../base/subnet.ts';
import type { PlainSettings } from '../settings/table.ts';
import { routes } from './host.ts';

interface EngineNetwork {
  readonly name: string;
  readonly driver: string;
  readonly subnets: readonly string[];
}

type NetworkSettings = Pick<PlainSettings, 'COMPOSE_PROJECT_NAME' | 'STACK_SUBNET'>;

/** The stack's own network as Compose names it. */
export function ownNetwork(settings: NetworkSettings): string {
  return `${settings.COMPOSE_PROJECT_NAME}_monitoring`;
}

/** The subnet of the stack's network: the present one, the one in `STACK_SUBNET`, or the first free one. */
export async function planNetwork(docker: Docker, settings: NetworkSettings): Promise<StackNetwork> {
  const networks = await engineNetworks(docker);
  const own = networks.find(({ name }) => name === ownNetwork(settings));
  const wanted = settings.STACK_SUBNET;
  if (own?.subnets[0] !== undefined) {
    if (wanted === undefined || wanted === own.subnets[0]) return stackNetwork(own.subnets[0]);
    throw inputFailure([
      error(
        '.env',
        `STACK_SUBNET is ${wanted}, but the running stack's network is ${own.subnets[0]}`,
        'npm run down, then npm run up (data is kept).',
      ),
    ]);
  }
  const taken = [...networks.flatMap(({ subnets }) => subnets), ...(await routes())];
  if (wanted !== undefined) {
    const conflict = conflictOf(wanted, taken);
    if (conflict === undefined) return stackNetwork(wanted);
    throw inputFailure([
      error('.env', `STACK_SUBNET=${wanted} overlaps ${conflict}, which this host uses`, 'Choose another, or leave STACK_SUBNET empty.'),
    ]);
  }
  const free = chooseSubnet(taken, settings.COMPOSE_PROJECT_NAME);
  if (free === undefined)
    throw inputFailure([
      error('.env', 'no free network was found for the stack', 'Set STACK_SUBNET to an IPv4 network that this host does not use.'),
    ]);
  return stackNetwork(free);
}

/** A problem per network of `APP_NETWORKS` that is missing or that containers cannot join. */
export async function appNetworkProblems(docker: Docker, settings: PlainSettings): Promise<readonly Problem[]> {
  const networks = await engineNetworks(docker);
  const names = networks.map(({ name }) => name).filter((name) => !['bridge', 'host', 'none', ownNetwork(settings)].includes(name));
  return settings.APP_NETWORKS.flatMap((name) => {
    if (['bridge', 'host', 'none'].includes(name)) {
      return [
        error(
          '.env',
          `APP_NETWORKS names "${name}", on which containers have no names`,
          'Put your containers on a network of their own: docker network create shop; docker network connect shop <container>',
        ),
      ];
    }
    if (names.includes(name)) return [];
    const known = names.length === 0 ? 'there are none yet' : `there are ${names.join(', ')}`;
    return [
      error(
        '.env',
        `APP_NETWORKS names the network "${name}", which does not exist (${known})`,
        `Start the project that makes it, correct the name (docker network ls), or: docker network create ${name}`,
      ),
    ];
  });
}

async function engineNetworks(docker: Docker): Promise<readonly EngineNetwork[]> {
  const networks = await docker.listNetworks();
  return networks.map(({ Name, Driver, IPAM }) => ({
    name: Name,
    driver: Driver,
    subnets: (IPAM?.Config ?? []).flatMap(({ Subnet }) => (Subnet === undefined ? [] : [Subnet])),
  }));
}
