import { createServer } from 'node:http';
import type { Notification } from './notifications.ts';

/** What the stack sent to the outside. */
export interface Receiver {
  readonly port: number;
  /** Where containers reach it; empty until the network of the stack is chosen. */
  url: string;
  /** The first notification of every alert and of every end of it, as the critical team's webhook got it. */
  readonly messages: readonly Message[];
  /** When a dead-man's switch was pinged last, in milliseconds since 1970; 0 where it never was. */
  readonly lastPing: (path: string) => number;
  /** What the SMS gateway answers. */
  smsStatus: number;
  readonly close: () => void;
}

interface Message extends Notification {
  readonly status: 'firing' | 'resolved';
}

interface Alert {
  readonly status: 'firing' | 'resolved';
  readonly fingerprint: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly startsAt: string;
}

/** Starts a server in this process for all channels, distinguished by path; containers reach it by the gateway of their network. */
export async function startReceiver(): Promise<Receiver> {
  const messages: Message[] = [];
  const pings = new Map<string, number>();
  const known = new Set<string>();
  const note = ({ status, fingerprint, labels, startsAt }: Alert): void => {
    const key = `${status} ${fingerprint} ${startsAt}`;
    if (known.has(key)) return;
    known.add(key);
    messages.push({ status, fingerprint, labels, startsAt: Date.parse(startsAt), at: Date.now() });
  };
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      response.statusCode = path === '/sms' ? receiver.smsStatus : 200;
      response.end();
      if (path.startsWith('/deadman')) pings.set(path, Date.now());
      if (path === '/critical') for (const alert of (JSON.parse(body) as { alerts: Alert[] }).alerts) note(alert);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  const address = server.address();
  const receiver: Receiver = {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    url: '',
    messages,
    lastPing: (path) => pings.get(path) ?? 0,
    smsStatus: 200,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  return receiver;
}
