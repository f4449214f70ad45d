import { createServer } from 'node:http';
import type { Told } from './told.ts';

/** What the outside world was told by the stack. */
export interface Receiver {
  readonly port: number;
  /** The first word of every alert and every end of it, as the critical team's webhook got it. */
  readonly messages: readonly (Told & { readonly status: 'firing' | 'resolved' })[];
  /** When the dead-man's switch was pinged last, in milliseconds since 1970. */
  readonly lastPing: () => number;
  /** What the SMS gateway answers. */
  smsStatus: number;
  readonly close: () => void;
}

interface Alert {
  readonly status: 'firing' | 'resolved';
  readonly fingerprint: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly startsAt: string;
}

/** Starts a server in this process for all channels, told apart by path; containers reach it by the gateway of their network. */
export async function startReceiver(): Promise<Receiver> {
  const messages: (Told & { readonly status: 'firing' | 'resolved' })[] = [];
  let ping = 0;
  let smsStatus = 200;
  const seen = new Set<string>();
  const note = ({ status, fingerprint, labels, startsAt }: Alert): void => {
    const key = `${status} ${fingerprint} ${startsAt}`;
    if (seen.has(key)) return;
    seen.add(key);
    messages.push({ status, fingerprint, labels, startsAt: Date.parse(startsAt), at: Date.now() });
  };
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      response.statusCode = request.url === '/sms' ? smsStatus : 200;
      response.end();
      if (request.url === '/deadman') ping = Date.now();
      if (request.url === '/critical') for (const alert of (JSON.parse(body) as { alerts: Alert[] }).alerts) note(alert);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    messages,
    lastPing: () => ping,
    get smsStatus() {
      return smsStatus;
    },
    set smsStatus(status) {
      smsStatus = status;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
