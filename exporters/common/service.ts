import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { EnvironmentError, type Variables } from './environment.ts';
import { log, type Entry } from './log.ts';

/**
 * Reads the environment and runs a service. What it throws becomes one line in the log and the exit code: 2 where the environment is wrong, which
 * no restart heals, else 1.
 */
export async function main<E>(read: (variables: Variables) => E, run: (environment: E) => unknown): Promise<void> {
  try {
    await run(read(process.env));
  } catch (failure) {
    log({ level: 'error', msg: failure instanceof Error ? failure.message : String(failure) });
    process.exit(failure instanceof EnvironmentError ? 2 : 1);
  }
}

/** Calls the function once, when the engine or Ctrl-C asks the process to stop. */
export function onStop(stop: () => void): void {
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, stop);
}

/** A client that takes longer for its headers, or for the whole request (48 MB at most), hangs. */
const TIMEOUTS = { headersTimeout: 10_000, requestTimeout: 60_000 };
/** Prometheus, a health check, Alertmanager and some readers; beyond that something leaks connections, and each costs memory. */
const MAX_CONNECTIONS = 256;
/** Requests may end within this time after a signal; the engine kills after 30 s (stop_grace_period in exporters/service.yml). */
const STOP_MS = 20_000;

interface ServeOptions {
  readonly port: number;
  readonly app: (request: IncomingMessage, response: ServerResponse) => unknown;
  /** What the log's first line says beside the port. */
  readonly about?: Entry;
  /** Ends what the service does, once the last request has its answer. */
  readonly stop?: () => void;
}

/** Serves until a signal, then ends the process. Resolves when it listens; throws where the port is taken. */
export async function serve({ port, app, about = {}, stop }: ServeOptions): Promise<void> {
  const server = createServer(TIMEOUTS, (request, response) => void app(request, response));
  server.maxConnections = MAX_CONNECTIONS;
  await once(server.listen(port), 'listening');
  log({ msg: 'listening', port, ...about });
  onStop(() => {
    server.close(() => {
      stop?.();
      process.exit(0);
    });
    setTimeout(() => server.closeAllConnections(), STOP_MS).unref();
  });
}

/** A page of text. */
interface Page {
  readonly status: number;
  readonly body: string;
}

export const page = (status: number, body: string): Page => ({ status, body });

/** An exporter as a function of requests: pages by path, for GET and HEAD only. */
export function readOnlyApp(pages: Readonly<Record<string, (query: URLSearchParams) => Page | Promise<Page>>>) {
  return async ({ method, url = '/' }: IncomingMessage, response: ServerResponse): Promise<void> => {
    // Only the path counts; what is no address (`//`) finds no page.
    const [path = '', query] = url.split('?', 2);
    const found = pages[path];
    const allowed = method === 'GET' || method === 'HEAD';
    const { status, body } = !allowed
      ? page(405, 'GET and HEAD only\n')
      : ((await found?.(new URLSearchParams(query))) ?? page(404, `see ${Object.keys(pages).join(', ')}\n`));
    // The version is that of Prometheus' text format; for every other page it means nothing.
    response.writeHead(status, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8', 'cache-control': 'no-store' });
    response.end(method === 'HEAD' ? undefined : body);
  };
}
