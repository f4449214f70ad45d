import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bridgeAddress } from './engine.ts';

/** One request for a message, as Twilio's Messages resource documents it. */
export interface SmsRequest {
  readonly to: string;
  readonly form: Readonly<Record<string, string>>;
}

const SID = `AC${'0123456789abcdef'.repeat(2)}`;
const TOKEN = 'fedcba9876543210'.repeat(2);

/** A server on this host that holds requests to what Twilio documents, and answers as it does. */
export class TwilioServer {
  readonly accountSid = SID;
  readonly token = TOKEN;
  readonly accepted: SmsRequest[] = [];
  readonly refused: string[] = [];
  /** Answers by number instead of 201: status and Twilio's error code. */
  readonly failing = new Map<string, { readonly status: number; readonly code: number }>();
  url = '';
  private server: Server | undefined;

  /** Listens where containers reach it: the engine's bridge. */
  async start(): Promise<void> {
    this.server = createServer((request, response) => {
      void (async () => {
        let body = '';
        for await (const chunk of request as AsyncIterable<Buffer>) body += chunk.toString('utf8');
        const { status, answer } = this.answer(request.method ?? '', request.url ?? '', request.headers, body);
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
      })();
    });
    const host = await bridgeAddress();
    await new Promise<void>((resolve) => this.server?.listen(0, host, resolve));
    this.url = `http://${host}:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve) ?? resolve(undefined));
  }

  private answer(
    method: string,
    url: string,
    headers: Readonly<Record<string, unknown>>,
    body: string,
  ): { status: number; answer: object } {
    const failure = (status: number, code: number, message: string): { status: number; answer: object } => {
      this.refused.push(message);
      return { status, answer: { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status } };
    };
    if (method !== 'POST' || url !== `/2010-04-01/Accounts/${SID}/Messages.json`)
      return failure(404, 20404, `${method} ${url} was not found`);
    if (headers['authorization'] !== `Basic ${Buffer.from(`${SID}:${TOKEN}`).toString('base64')}`)
      return failure(401, 20003, 'Authenticate');
    if (!String(headers['content-type']).startsWith('application/x-www-form-urlencoded')) return failure(400, 21600, 'Content type');
    const form = Object.fromEntries(new URLSearchParams(body));
    const { To: to = '', From: from = '', MessagingServiceSid: service = '', Body: text = '' } = form;
    if (!/^\+[1-9]\d{6,14}$/.test(to)) return failure(400, 21211, "Invalid 'To' Phone Number");
    if ((from === '') === (service === '')) return failure(400, 21603, "A 'From' phone number is required");
    if (text === '' || text.length > 1600) return failure(400, 21617, 'The concatenated message body exceeds the 1600 character limit');
    const planned = this.failing.get(to);
    if (planned !== undefined) return failure(planned.status, planned.code, `planned for ${to}`);
    this.accepted.push({ to, form });
    return { status: 201, answer: { sid: `SM${'0'.repeat(32)}`, status: 'queued', to, from, body: text, error_code: null } };
  }
}
