/** Where a port can be reached from: by programs of this host only, or by others too. */
type Scope = 'loopback' | 'network';

/** A port on which something listens. */
export interface Listener {
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
  readonly scope: Scope;
}

/** States of `/proc/net/{tcp,udp}`: LISTEN, and of UDP an unconnected socket. */
const LISTENING = { tcp: '0A', udp: '07' } as const;

/**
 * Linux hands these out to programs that did not ask for a port (`net.ipv4.ip_local_port_range`). A UDP socket there is a question that waits
 * for its answer, such as that of a resolver, and no service: they come and go by the second.
 */
const EPHEMERAL_FROM = 32_768;

/** The listeners of one table of `/proc/net` (`tcp`, `tcp6`, `udp`, `udp6`). Throws where the text is no such table. */
export function listenersOf(protocol: 'tcp' | 'udp', table: string): readonly Listener[] {
  const [head = '', ...lines] = table.split('\n');
  if (!head.includes('local_address')) throw new Error(`the table of ${protocol} sockets has an unknown form`);
  return lines.flatMap((line) => {
    const [, local = '', , state] = line.trim().split(/\s+/);
    const [address = '', hex = ''] = local.split(':');
    const port = Number.parseInt(hex, 16);
    if (state !== LISTENING[protocol] || !(port > 0)) return [];
    if (protocol === 'udp' && port >= EPHEMERAL_FROM) return [];
    return [{ protocol, port, scope: isLoopback(address) ? 'loopback' : 'network' } as const];
  });
}

/** The kernel prints addresses as 32-bit words in the byte order of the machine: little-endian on every machine that has this stack's images. */
function isLoopback(hex: string): boolean {
  if (hex.length === 8) return hex.endsWith('7F');
  if (hex === '00000000000000000000000001000000') return true;
  return hex.startsWith('0000000000000000FFFF0000') && hex.endsWith('7F');
}

/** A listener's name in the memory: `tcp/22/network`. */
function keyOf({ protocol, port, scope }: Listener): string {
  return `${protocol}/${port}/${scope}`;
}

/** What is remembered of a port. Times are seconds since 1970. */
interface KnownPort {
  /** When it was first seen; 0 where it was there when the watch began. */
  readonly first: number;
  readonly last: number;
}

/** What is known of the ports of a host. */
export interface PortMemory {
  readonly ports: Readonly<Record<string, KnownPort>>;
  /** How often a port began or ended to listen since the watch began. */
  readonly opened: number;
  readonly closed: number;
  /** The ports of the last look. */
  readonly open: readonly string[];
  /** Looks so far; counted up to where it matters. */
  readonly looks: number;
}

/** A service that was stopped for less than this is not new when it listens again: 7 days hold a maintenance. */
const FORGET_SECONDS = 7 * 86_400;

/** What the first looks see was there before: the stack's own services start beside the watch, and three looks, 15 s apart, outlast their start. */
const FIRST_LOOKS = 3;

/** Takes a look at the listeners into the memory; the first looks are what all others are compared with. `now`: seconds since 1970. */
export function remember(memory: PortMemory | undefined, listeners: readonly Listener[], now: number): PortMemory {
  const open = [...new Set(listeners.map(keyOf))].sort();
  const before = new Set(memory?.open ?? open);
  const kept = Object.entries(memory?.ports ?? {}).filter(([, { last }]) => now - last <= FORGET_SECONDS);
  const ports: Record<string, KnownPort> = Object.fromEntries(kept);
  const looks = Math.min(memory?.looks ?? 0, FIRST_LOOKS) + 1;
  for (const key of open) ports[key] = { first: ports[key]?.first ?? (looks <= FIRST_LOOKS ? 0 : now), last: now };
  return {
    ports,
    open,
    looks,
    opened: (memory?.opened ?? 0) + open.filter((key) => !before.has(key)).length,
    closed: (memory?.closed ?? 0) + [...before].filter((key) => !open.includes(key)).length,
  };
}
