import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Forbidden, json, TooLarge, type Answer } from './http.ts';
import { BadRequest } from './payload.ts';
import { read } from './reads.ts';
import { createService, type Log, type ServiceOptions } from './service.ts';
import { write } from './writes.ts';

const HEADERS = {
  'content-security-policy': "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  // Other sites learn nothing; the page's own forms still name their origin, which is how a request of another site is told apart.
  'referrer-policy': 'same-origin',
  'cache-control': 'no-store',
};

/** The service as a function of requests. */
export function createApp(options: ServiceOptions) {
  const service = createService(options);
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method, url = '/' } = request;
    const target = new URL(url, 'http://history');
    const reading = method === 'GET' || method === 'HEAD';
    const answer = await (reading ? read(service, target) : write(service, request, target.pathname))
      .then((done) => done ?? json(405, { error: `${method ?? ''} is not possible here` }))
      .catch((failure: unknown) => refusal(failure, url, service.log));
    // The rest of a body that is too large is not read, so the connection is of no further use.
    response.writeHead(answer.status, { ...HEADERS, ...answer.headers, ...(answer.status === 413 ? { connection: 'close' } : {}) });
    await send(answer, method === 'HEAD', response).catch((failure: unknown) => {
      service.log({ msg: 'answer cut off', path: url, error: String(failure) });
      response.destroy();
    });
  };
}

async function send({ body }: Answer, headOnly: boolean, response: ServerResponse): Promise<void> {
  if (headOnly) response.end();
  else if (typeof body === 'string') response.end(body);
  else await pipeline(Readable.from(body), response);
}

function refusal(failure: unknown, path: string, log: Log): Answer {
  if (failure instanceof TooLarge) return json(413, { error: failure.message });
  if (failure instanceof BadRequest) return json(400, { error: failure.message });
  if (failure instanceof Forbidden) return json(403, { error: failure.message });
  // Alertmanager sends a notification again when it is answered with 5xx.
  log({ msg: 'request failed', path, error: String(failure) });
  return json(500, { error: 'the alert history could not do that; its log says why' });
}
