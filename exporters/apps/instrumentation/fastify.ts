import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Instrumentation } from './instrumentation.ts';

/** Marks the routes that probes and Prometheus ask: they are no work of the service, and a 503 of theirs is no error of it. */
const INTERNAL = { pharos: 'internal' };

/** Adds metrics to every route, and `/metrics` and the health endpoints. Call it before the service's own routes are added. */
export function instrumentFastify(app: FastifyInstance, { http, health, scrape }: Instrumentation): void {
  app.addHook('onRequest', (request, reply, done) => {
    const { config, url } = request.routeOptions;
    if ((config as { pharos?: string } | undefined)?.pharos !== INTERNAL.pharos) http.track(request.raw, reply.raw, () => url);
    done();
  });
  // Probes come every few seconds; their lines would be most of the log.
  const route = { config: INTERNAL, logLevel: 'warn' } as const;
  app.get('/metrics', route, async (_request, reply) => {
    const { status, contentType, body } = await scrape();
    return reply.code(status).type(contentType).send(body);
  });
  const answer = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { status, body } = await health.answer((request.params as { what?: string }).what ?? '');
    return reply.code(status).header('cache-control', 'no-store').send(body);
  };
  for (const prefix of ['/health', '/api/health']) {
    app.get(prefix, route, answer);
    app.get(`${prefix}/:what`, route, answer);
  }
}
