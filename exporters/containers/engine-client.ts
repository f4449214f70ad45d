import type { IncomingMessage } from 'node:http';
import Docker from 'dockerode';

/** An answer of the engine that is not 200. */
export class EngineRefusal extends Error {
  readonly status: number;
  constructor(path: string, status: number) {
    super(`${path.split('?')[0] ?? ''} was answered with ${status}`);
    this.status = status;
  }
}

export interface EngineClient {
  /** JSON of a path. Throws an `EngineRefusal`, or an `Error` where the engine does not answer within the time (milliseconds). */
  readonly json: <T>(path: string, timeoutMs?: number) => Promise<T>;
  /** Reads a path as text until its end, which need not come: resolves at the end, throws where it cannot be read. */
  readonly stream: (path: string, onOpen: () => void, onText: (text: string) => void, signal: AbortSignal) => Promise<void>;
}

/** An engine that answers nothing for this long is gone; a busy one needs up to a second. */
const TIMEOUT_MS = 5000;
/** No answer that is read here is larger: 16 MiB are a list of some 10,000 containers. */
const MAX_BYTES = 16 * 1024 * 1024;

/**
 * Reads the engine's API at `http://host:port` or `unix:///path`. Paths carry no API version: every engine then answers with its newest, and there is
 * no version that both Docker 20.10 and Docker 29 accept.
 */
export function engineClient(address: string): EngineClient {
  const url = new URL(address);
  // A connection for each request: the proxy closes idle ones at its own time, and one that is taken up at that very moment looks like an engine
  // that is gone.
  const headers = { connection: 'close' };
  const docker = new Docker(
    url.protocol === 'unix:'
      ? { socketPath: url.pathname, headers }
      : { protocol: 'http', host: url.hostname, port: url.port || '2375', headers },
  );
  return {
    json: async <T>(path: string, timeoutMs = TIMEOUT_MS) => {
      const response = await open(docker, path, AbortSignal.timeout(timeoutMs));
      response.setEncoding('utf8');
      let text = '';
      for await (const chunk of response as AsyncIterable<string>) {
        text += chunk;
        if (text.length > MAX_BYTES) throw new Error(`${path} has an answer of more than ${MAX_BYTES} bytes`);
      }
      return JSON.parse(text) as T;
    },
    stream: async (path, onOpen, onText, signal) => {
      const response = await open(docker, path, signal);
      onOpen();
      response.setEncoding('utf8');
      for await (const chunk of response as AsyncIterable<string>) onText(chunk);
    },
  };
}

/** Every answer is taken as a stream, so that none fills the memory: dockerode's own methods hold an answer of any size. */
function open(docker: Docker, path: string, signal: AbortSignal): Promise<IncomingMessage> {
  const [route = '', query] = path.split('?');
  // dockerode writes the query behind a trailing question mark.
  const request =
    query === undefined ? { path: route } : { path: `${route}?`, options: Object.fromEntries(new URLSearchParams(query).entries()) };
  const dial = { ...request, method: 'GET', isStream: true, abortSignal: signal, statusCodes: { 200: true } };
  return new Promise((resolve, reject) => {
    docker.modem.dial(dial, (failure: (Error & { readonly statusCode?: number }) | null, response) => {
      if (failure === null) resolve(response as IncomingMessage);
      else reject(failure.statusCode === undefined ? failure : new EngineRefusal(path, failure.statusCode));
    });
  });
}
