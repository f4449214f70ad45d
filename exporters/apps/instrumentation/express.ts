import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Instrumentation } from './instrumentation.ts';

/** What Express adds to a request; declared here so that no version of its types is needed. */
interface ExpressRequest extends IncomingMessage {
  readonly path: string;
  readonly baseUrl: string;
  readonly params: Readonly<Record<string, string | readonly string[]>>;
}
interface Route {
  readonly path: unknown;
}

/** A middleware that adds metrics to every route, and `/metrics` and the health endpoints. `app.use` it before everything else. */
export function instrumentExpress({ http, health, scrape }: Instrumentation) {
  return (request: ExpressRequest, response: ServerResponse, next: (failure?: unknown) => void): void => {
    const { method, path } = request;
    if (method === 'GET' || method === 'HEAD') {
      const what = /^(?:\/api)?\/health(?:\/([^/]+))?\/?$/.exec(path);
      if (path === '/metrics')
        return void scrape().then(({ status, contentType, body }) => send(response, status, contentType, body), next);
      if (what !== null)
        return void health
          .answer(what[1] ?? '')
          .then(({ status, body }) => send(response, status, 'application/json; charset=utf-8', JSON.stringify(body)), next);
    }
    const matched = watchRoute(request);
    http.track(request, response, matched);
    next();
  };
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

/**
 * Notes the pattern at the moment when Express assigns `request.route`. Later is too late: once an error handler has run, `baseUrl` is that
 * of the application again, and the router's part of the pattern is lost.
 */
function watchRoute(request: ExpressRequest): () => string | undefined {
  let route: Route | undefined;
  let pattern: string | undefined;
  Object.defineProperty(request, 'route', {
    configurable: true,
    enumerable: true,
    get: () => route,
    set: (value: Route | undefined) => {
      // It is assigned a second time by the route itself, when the mount point's parameters are gone.
      if (value !== undefined && value !== route) pattern = mountPattern(request.baseUrl, request.params) + pathPattern(value.path);
      route = value;
    },
  });
  return () => pattern;
}

function pathPattern(path: unknown): string {
  return Array.isArray(path) ? path.map(String).join('|') : String(path);
}

/**
 * A router's mount point as a pattern. `baseUrl` is the real address (`/users/17`), never the pattern: segments that are values of the
 * mount's parameters get their names back, and what looks like an id is `:id`.
 */
export function mountPattern(baseUrl: string, params: Readonly<Record<string, string | readonly string[]>> | undefined): string {
  if (baseUrl === '') return '';
  const names = new Map(Object.entries(params ?? {}).map(([name, value]) => [String(value), name]));
  return baseUrl
    .split('/')
    .map((segment) => {
      const name = names.get(decoded(segment));
      if (name !== undefined) return `:${name}`;
      return /^\d+$|^[0-9a-f-]{16,}$|[^\w.~-]|.{33}/i.test(segment) ? ':id' : segment;
    })
    .join('/');
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
