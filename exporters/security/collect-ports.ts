import { readFile } from 'node:fs/promises';
import { counter, gauge, type Family, type Sample } from '../common/text.ts';
import { orState, type Collected, type Collector } from './collected.ts';
import { listenersOf, remember, type Listener, type PortMemory } from './ports.ts';
import type { State } from './state.ts';

/** Ports that are shown one by one; what a port scan of one's own opens beyond that is only counted. */
const MAX_PORTS = 200;

/** The host's own tables of sockets, mounted from its process 1. */
const TABLES = '/proc/1/net';

/** Listening ports and when each began to listen. */
export class PortCollector implements Collector {
  readonly name = 'ports';
  readonly #host: string;
  #memory: PortMemory | undefined;

  constructor(host: string, state: State) {
    this.#host = host;
    this.#memory = state.ports;
  }

  get state(): State {
    return this.#memory === undefined ? {} : { ports: this.#memory };
  }

  async collect(now: number): Promise<Collected> {
    const found = await orState(async () => {
      const [tcp, udp] = await Promise.all([this.#read('tcp'), this.#read('udp')]);
      return [...tcp, ...udp];
    });
    if ('state' in found) return { sources: [{ path: TABLES, state: found.state }], families: [] };
    this.#memory = remember(this.#memory, found.value, now);
    return { sources: [{ path: TABLES, state: 'ok' }], families: familiesOf(this.#memory) };
  }

  async #read(protocol: 'tcp' | 'udp'): Promise<readonly Listener[]> {
    const four = await readFile(`${this.#host}${TABLES}/${protocol}`, 'utf8');
    // A host without IPv6 has no such table.
    const six = await orState(async () => readFile(`${this.#host}${TABLES}/${protocol}6`, 'utf8'));
    return [...listenersOf(protocol, four), ...('value' in six ? listenersOf(protocol, six.value) : [])];
  }
}

function familiesOf({ ports, open, opened, closed }: PortMemory): readonly Family[] {
  const parts = open.map((key) => key.split('/') as [string, string, string]);
  const count = (protocol: string, scope: string): Sample => ({
    labels: { protocol, scope },
    value: parts.filter(([itsProtocol, , itsScope]) => itsProtocol === protocol && itsScope === scope).length,
  });
  // New ones first: they are what the bound must not cut off.
  const shown = [...open].sort((a, b) => (ports[b]?.first ?? 0) - (ports[a]?.first ?? 0)).slice(0, MAX_PORTS);
  return [
    gauge(
      'security_listening_ports',
      'Ports that listen, by protocol, and by whether other hosts can reach them (network) or not (loopback).',
      ['tcp', 'udp'].flatMap((protocol) => ['network', 'loopback'].map((scope) => count(protocol, scope))),
    ),
    gauge(
      'security_listening_port_since_timestamp_seconds',
      'When a port was first seen listening; 0 where it did within the first looks.',
      shown.map((key) => {
        const [protocol = '', port = '', scope = ''] = key.split('/');
        return { labels: { protocol, port, scope }, value: ports[key]?.first ?? 0 };
      }),
    ),
    counter('security_listening_port_changes_total', 'Ports that began or ended to listen since the watch began.', [
      { labels: { change: 'opened' }, value: opened },
      { labels: { change: 'closed' }, value: closed },
    ]),
    gauge('security_listening_ports_hidden', 'Listening ports beyond those that are shown one by one.', open.length - shown.length),
  ];
}
