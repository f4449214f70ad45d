import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Log } from '../../exporters/common/log.ts';
import { Forbidden, json, TooLarge, type Answer } from './http.ts';
import { BadRequest } from './payload.ts';
import { read } from './reads.ts';
import { createService, type Service, type ServiceOptions } from './service.ts';
import { write } from './writes.ts';

const HEADERS = {
  'content-security-policy': "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  // Other sites get no referrer; the page's own forms still send their origin, which distinguishes them from other sites' requests.
  'referrer-policy': 'same-origin',
  'cache-control': 'no-store',
};

/** The service as a function of requests. */
export function createApp(options: ServiceOptions) {
  const service = createService(options);
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method, url = '/' } = request;
    const answer = await answerOf(service, request).catch((failure: unknown) => refusal(failure, url, service.log));
    // The rest of an oversized body is not read, so the connection cannot be reused.
    response.writeHead(answer.status, { ...HEADERS, ...answer.headers, ...(answer.status === 413 ? { connection: 'close' } : {}) });
    await send(answer, method === 'HEAD', response).catch((failure: unknown) => {
      service.log({ msg: 'answer cut off', path: url, error: String(failure) });
      response.destroy();
    });
  };
}

async function answerOf(service: Service, request: IncomingMessage): Promise<Answer> {
  const { method = '', url = '/' } = request;
  const target = targetOf(url);
  if (method === 'GET' || method === 'HEAD') return read(service, target);
  return (await write(service, request, target.pathname)) ?? json(405, { error: `${method} is not possible here` });
}

/** The requested address. Only the path counts, so that `//x` is not another host; throws `BadRequest` if it is invalid. */
function targetOf(url: string): URL {
  const address = url.startsWith('/') ? `http://history${url}` : url;
  if (!URL.canParse(address)) throw new BadRequest('this is not an address');
  return new URL(address);
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
  return json(500, { error: 'the alert history failed; see its log' });
}
