import type { ServerResponse } from 'node:http';
import { createMountPatterns, watchMounts, type ExpressRequest, type MountPatterns } from './express-mounts.ts';
import type { Instrumentation } from './instrumentation.ts';

interface Route {
  readonly path: unknown;
}

/** A middleware that adds metrics to every route, and `/metrics` and the health endpoints. `app.use` it before everything else. */
export function instrumentExpress({ http, health, scrape }: Instrumentation) {
  const patterns = createMountPatterns();
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
    const matched = watchRoute(request, patterns);
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
function watchRoute(request: ExpressRequest, patterns: MountPatterns): () => string | undefined {
  const mount = watchMounts(request, patterns);
  let route: Route | undefined;
  let pattern: string | undefined;
  Object.defineProperty(request, 'route', {
    configurable: true,
    enumerable: true,
    get: () => route,
    set: (value: Route | undefined) => {
      // It is assigned a second time by the route itself.
      if (value !== undefined && value !== route) pattern = mount() + pathPattern(value.path);
      route = value;
    },
  });
  return () => pattern;
}

function pathPattern(path: unknown): string {
  return Array.isArray(path) ? path.map(String).join('|') : String(path);
}
