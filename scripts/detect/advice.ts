import { modules } from '../modules/index.ts';
import { shellWord, type ContainerFacts, type Proposal } from '../modules/facts.ts';
import { warning, type Problem } from '../base/problem.ts';

/** What to do about a container that the stack cannot reach by name. */
export function unreachable({ name, networkMode, composeService, address }: ContainerFacts, { module, because }: Proposal): Problem {
  const place = `container ${name}`;
  if (networkMode === 'bridge') {
    return warning(
      place,
      `(${because}) is on Docker’s default network only, on which containers have no names`,
      `docker network create shop; docker network connect shop ${shellWord(name)}; npm run detect`,
    );
  }
  if (networkMode === 'host') {
    const own =
      composeService === undefined ? 'Start it with --network and a network of its own' : 'Take network_mode: host out of its Compose file';
    return warning(
      place,
      `(${because}) runs in the host’s network, where it has no name`,
      `${own} and detect again, or name it by an address of this host that it listens on: ${byHand(module)}`,
    );
  }
  return warning(
    place,
    `(${because}) has no network of its own (${address} shares another container’s, or has none)`,
    `Name it by the container whose network it shares: ${byHand(module)}`,
  );
}

function byHand(module: string): string {
  const servers = modules.find(({ name }) => name === module)?.servers;
  return servers === undefined ? `a file in prometheus/targets/${module}/` : `${servers.setting} in .env`;
}
