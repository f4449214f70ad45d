import type { IncomingMessage } from 'node:http';

/** A response. A body of several parts is streamed. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | AsyncIterable<string>;
}

/** The body is larger than the limit. */
export class TooLarge extends Error {}

/** Another site's page made the browser send this. */
export class Forbidden extends Error {}

/** 10,000 alerts with annotations of 2,500 characters, and their labels, are about 32 MB. */
const MAX_BODY_BYTES = 48 * 1024 * 1024;

export const json = (status: number, value: unknown): Answer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: `${JSON.stringify(value)}\n`,
});
export const page = (status: number, body: string): Answer => ({ status, headers: { 'content-type': 'text/html; charset=utf-8' }, body });
export const seeOther = (location: string): Answer => ({ status: 303, headers: { location }, body: '' });

/** Reads a request's body as text. Throws `TooLarge`. */
export async function readBody(request: IncomingMessage, maxBytes = MAX_BODY_BYTES): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw new TooLarge(`the body is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * Throws `Forbidden` if a browser sends the request for a page of another site. Browsers name the page's origin in every POST; programs
 * (curl, scripts) send no such header and have no session, so they pass.
 */
export function demandSameOrigin({ headers }: Pick<IncomingMessage, 'headers'>): void {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') throw new Forbidden('a page of another site may not do this');
  const { origin, host } = headers;
  if (origin !== undefined && (host === undefined || !/^https?:\/\//.test(origin) || origin.replace(/^https?:\/\//, '') !== host))
    throw new Forbidden('a page of another site may not do this');
}
