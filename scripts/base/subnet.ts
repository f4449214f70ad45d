/** The stack's own network: its subnet, and the host's address in it, on which node exporter listens. */
export interface StackNetwork {
  readonly subnet: string;
  readonly gateway: string;
}

interface Range {
  readonly first: number;
  readonly last: number;
}

/**
 * Where subnets of 256 addresses are picked. The engine takes other networks, also those of the same `compose up`, from
 * 172.17.0.0/16 to 172.31.0.0/16 and 192.168.0.0/16, so the first choice is outside of these; few networks use 10.213.
 */
const POOLS = ['10.213', '172.30'];

/**
 * Picks the first free /24 of the pools. The search starts at an offset from the project's name, so that two stacks that start at the same time
 * do not pick the same one.
 *
 * @param taken IPv4 networks in use (`172.17.0.0/16`): of Docker's networks and of the host's routes; other text is skipped
 * @returns undefined if everything is taken
 */
export function chooseSubnet(taken: readonly string[], project: string): string | undefined {
  const ranges = taken.map(rangeOf).filter((range) => range !== undefined);
  const start = Array.from(project).reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 256, 0);
  const candidates = POOLS.flatMap((pool) => Array.from({ length: 256 }, (_, third) => `${pool}.${(start + third) % 256}.0/24`));
  return candidates.find((candidate) => !ranges.some((range) => overlaps(range, candidate)));
}

/** The first taken network that the subnet overlaps, or undefined. */
export function conflictOf(subnet: string, taken: readonly string[]): string | undefined {
  return taken.find((other) => {
    const range = rangeOf(other);
    return range !== undefined && overlaps(range, subnet);
  });
}

/** The network with its gateway: the first address of the network, which Docker assigns to the host's side of the bridge. */
export function stackNetwork(subnet: string): StackNetwork {
  const range = rangeOf(subnet);
  if (range === undefined) throw new RangeError(`not an IPv4 network: ${subnet}`);
  return { subnet, gateway: toAddress(range.first + 1) };
}

function overlaps(range: Range, candidate: string): boolean {
  const other = rangeOf(candidate);
  return other !== undefined && other.first <= range.last && range.first <= other.last;
}

function rangeOf(network: string): Range | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)(?:\/(\d+))?$/.exec(network);
  if (match === null) return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = match.slice(1, 5).map(Number);
  const size = 2 ** (32 - Number(match[5] ?? 32));
  const address = ((a * 256 + b) * 256 + c) * 256 + d;
  const first = Math.floor(address / size) * size;
  return { first, last: first + size - 1 };
}

function toAddress(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}
