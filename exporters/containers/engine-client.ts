import { get, type IncomingMessage, type RequestOptions } from 'node:http';

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
  const agent = false;
  const place: RequestOptions =
    url.protocol === 'unix:'
      ? { agent, socketPath: url.pathname, host: 'engine' }
      : { agent, host: url.hostname, port: url.port || '2375' };
  return {
    json: async <T>(path: string, timeoutMs = TIMEOUT_MS) => {
      const signal = AbortSignal.timeout(timeoutMs);
      const response = await open({ ...place, path, signal });
      response.setEncoding('utf8');
      let text = '';
      for await (const chunk of response as AsyncIterable<string>) {
        text += chunk;
        if (text.length > MAX_BYTES) throw new Error(`${path} has an answer of more than ${MAX_BYTES} bytes`);
      }
      if (response.statusCode !== 200) throw new EngineRefusal(path, response.statusCode ?? 0);
      return JSON.parse(text) as T;
    },
    stream: async (path, onOpen, onText, signal) => {
      const response = await open({ ...place, path, signal });
      if (response.statusCode !== 200) {
        response.destroy();
        throw new EngineRefusal(path, response.statusCode ?? 0);
      }
      onOpen();
      response.setEncoding('utf8');
      for await (const chunk of response as AsyncIterable<string>) onText(chunk);
    },
  };
}

function open(options: RequestOptions): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(options, resolve).on('error', reject);
  });
}
