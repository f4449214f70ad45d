import { createServer } from 'node:http';
import type { AlertState, Message } from './messages.ts';
import type { Notification } from './notifications.ts';

/** What the stack sent to the outside. */
export interface Receiver {
  readonly port: number;
  /** Where containers reach it; empty until the network of the stack is chosen. */
  url: string;
  /** The first notification of every alert and of every end of it, as the critical team's webhook got it; emergencies go there too. */
  readonly news: readonly News[];
  /** Every message to that webhook, also those that say nothing new. */
  readonly messages: readonly Message[];
  /** When a dead-man's switch was pinged last, in milliseconds since 1970; 0 where it never was. */
  readonly lastPing: (path: string) => number;
  /** What the SMS gateway answers. */
  smsStatus: number;
  readonly close: () => void;
}

interface News extends Notification {
  readonly status: 'firing' | 'resolved';
}

/** Starts a server in this process for all channels, distinguished by path; containers reach it by the gateway of their network. */
export async function startReceiver(): Promise<Receiver> {
  const news: News[] = [];
  const messages: Message[] = [];
  const pings = new Map<string, number>();
  const known = new Set<string>();
  const note = ({ status, fingerprint, labels, startsAt }: AlertState): void => {
    const key = `${status} ${fingerprint} ${startsAt}`;
    if (known.has(key)) return;
    known.add(key);
    news.push({ status, fingerprint, labels, startsAt: Date.parse(startsAt), at: Date.now() });
  };
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      response.statusCode = path === '/sms' ? receiver.smsStatus : 200;
      response.end();
      if (path.startsWith('/deadman')) pings.set(path, Date.now());
      if (path !== '/critical') return;
      const message = JSON.parse(body) as Omit<Message, 'at'>;
      messages.push({ ...message, at: Date.now() });
      message.alerts.forEach(note);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  const address = server.address();
  const receiver: Receiver = {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    url: '',
    news,
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
