import express from 'express';
import Fastify, { type FastifyInstance } from 'fastify';
import { createServer, get, type Server } from 'node:http';
import { connect } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { Registry } from 'prom-client';
import { afterEach, describe, expect, it } from 'vitest';
import { instrumentExpress } from '../../../exporters/apps/instrumentation/express.ts';
import { instrumentFastify } from '../../../exporters/apps/instrumentation/fastify.ts';
import { createInstrumentation, type Instrumentation } from '../../../exporters/apps/instrumentation/instrumentation.ts';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const create = (maxRoutes?: number): Instrumentation =>
  createInstrumentation({ registry: new Registry(), log: quiet, ...(maxRoutes === undefined ? {} : { maxRoutes }) });

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(async () => new Promise((resolve) => server.close(resolve).closeAllConnections()));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function fastify(instrumentation: Instrumentation, routes: (app: FastifyInstance) => void): Promise<string> {
  const app = Fastify();
  instrumentFastify(app, instrumentation);
  routes(app);
  await app.ready();
  open.push(async () => app.close());
  return app.listen({ port: 0, host: '127.0.0.1' });
}

/** Waits until so many requests are in flight. */
async function inFlight(instrumentation: Instrumentation, count: number): Promise<void> {
  const body = async (): Promise<string> => (await instrumentation.scrape()).body;
  await expect.poll(body, { timeout: 20_000 }).toContain(`http_requests_in_flight ${count}`);
}

/** Values of `http_request_duration_seconds_count`, by `METHOD route code`. */
async function counts({ registry }: Instrumentation): Promise<Record<string, number>> {
  const { values } = (await registry.getMetricsAsJSON()).find(({ name }) => name === 'http_request_duration_seconds') as unknown as {
    values: { metricName: string; labels: Record<string, string>; value: number }[];
  };
  return Object.fromEntries(
    values
      .filter(({ metricName }) => metricName.endsWith('_count'))
      .map(({ labels, value }) => [`${labels['method']} ${labels['route']} ${labels['status_code']}`, value]),
  );
}

const ask = async (url: string, init: RequestInit = {}): Promise<number> => {
  const response = await fetch(url, init);
  await response.arrayBuffer();
  return response.status;
};

/** 10,000 URLs, no two alike, twenty at a time. */
async function manyUrls(base: string, path: (n: number) => string): Promise<void> {
  const numbers = Array.from({ length: 10_000 }, (_, n) => n);
  await Promise.all(
    Array.from({ length: 20 }, async () => {
      for (let n = numbers.pop(); n !== undefined; n = numbers.pop()) await ask(base + path(n));
    }),
  );
}

describe('the Fastify adapter', () => {
  it('counts 10,000 different URLs under their patterns', async () => {
    const instrumentation = create();
    const base = await fastify(instrumentation, (app) => {
      app.get('/users/:id', async () => 'ok');
    });
    await manyUrls(base, (n) => (n % 2 === 0 ? `/users/${n}?page=${n}` : `/nothing/${n}/here`));
    expect(await counts(instrumentation)).toEqual({ 'GET /users/:id 200': 5000, 'GET unmatched 404': 5000 });
  }, 60_000);

  it('counts errors, methods and routes of plugins with their prefix', async () => {
    const instrumentation = create();
    const base = await fastify(instrumentation, (app) => {
      void app.register(
        async (shop) => {
          shop.post('/orders/:id', async () => {
            throw new Error('no');
          });
        },
        { prefix: '/shop' },
      );
    });
    expect(await ask(`${base}/shop/orders/7`, { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } })).toBe(400);
    expect(await ask(`${base}/shop/orders/7`, { method: 'POST', body: '{"a":1}', headers: { 'content-type': 'application/json' } })).toBe(
      500,
    );
    expect(await counts(instrumentation)).toEqual({ 'POST /shop/orders/:id 400': 1, 'POST /shop/orders/:id 500': 1 });
    const text = (await instrumentation.scrape()).body;
    expect(text).toMatch(/http_request_size_bytes_sum\{method="POST",route="\/shop\/orders\/:id"\} 8/);
    expect(text).toContain('http_requests_in_flight 0');
  });

  it('counts a client that goes away as 499, and nothing stays in flight', async () => {
    const instrumentation = create();
    let release = (): void => undefined;
    const base = await fastify(instrumentation, (app) => {
      app.get('/slow', async () => new Promise((resolve) => (release = () => resolve('late'))));
    });
    const request = get(`${base}/slow`);
    request.on('error', () => undefined);
    await inFlight(instrumentation, 1);
    request.destroy();
    await inFlight(instrumentation, 0);
    expect(await counts(instrumentation)).toEqual({ 'GET /slow 499': 1 });
    release();
  });

  it('counts requests over HTTP/2, and no sizes of answers that share a socket', async () => {
    const instrumentation = create();
    const app = Fastify({ http2: true });
    instrumentFastify(app as unknown as FastifyInstance, instrumentation);
    app.get('/slow/:ms', async (request) => {
      const { ms } = request.params as { ms: string };
      await new Promise((resolve) => setTimeout(resolve, Number(ms)));
      return 'x'.repeat(5_000);
    });
    const session = connect(await app.listen({ port: 0, host: '127.0.0.1' }));
    open.push(async () => session.destroy());
    open.push(async () => app.close());
    const read = async (ms: number): Promise<void> =>
      new Promise((resolve, reject) =>
        session
          .request({ ':path': `/slow/${ms}` })
          .on('end', resolve)
          .on('error', reject)
          .resume(),
      );
    await Promise.all([read(0), read(30), read(60)]);
    const gone = session.request({ ':path': '/slow/3000' });
    await inFlight(instrumentation, 1);
    gone.on('error', () => undefined).close(8);
    await inFlight(instrumentation, 0);
    expect(await counts(instrumentation)).toEqual({ 'GET /slow/:ms 200': 3, 'GET /slow/:ms 499': 1 });
    expect((await instrumentation.scrape()).body).not.toMatch(/^http_response_size_bytes_\w+\{.* [^0]/m);
  });

  it('does not count probes and scrapes, of which a 503 would look like an error of the service', async () => {
    const instrumentation = create();
    instrumentation.health.add('db', { check: async () => Promise.reject(new Error('no')) });
    const base = await fastify(instrumentation, () => undefined);
    expect(await ask(`${base}/health/ready`)).toBe(503);
    expect(await ask(`${base}/metrics`)).toBe(200);
    expect(await counts(instrumentation)).toEqual({});
  });
});

describe('the Express adapter', () => {
  it('keeps the router in the pattern of a request that ended in the error handler', async () => {
    const instrumentation = create();
    const app = express();
    app.use(instrumentExpress(instrumentation));
    const shop = express.Router();
    shop.get('/broken', () => {
      throw new Error('no');
    });
    app.use('/shop', shop);
    app.use((_failure: unknown, _request: express.Request, response: express.Response, _next: express.NextFunction) => {
      response.status(502).end();
    });
    expect(await ask(`${await listen(createServer(app))}/shop/broken`)).toBe(502);
    expect(await counts(instrumentation)).toEqual({ 'GET /shop/broken 502': 1 });
  });

  it('answers metrics and health, and leaves other methods to the application', async () => {
    const instrumentation = create();
    const app = express();
    app.use(instrumentExpress(instrumentation));
    const base = await listen(createServer(app));
    for (const path of ['/health', '/health/live', '/health/ready', '/api/health', '/api/health/ready', '/metrics'])
      expect(await ask(base + path), path).toBe(200);
    expect(await ask(`${base}/health/nothing`)).toBe(404);
    expect(await ask(`${base}/health`, { method: 'POST' })).toBe(404);
  });
});

describe('labels of routes', () => {
  it('are bounded by a number, whatever the application registers', async () => {
    const instrumentation = create(3);
    const base = await fastify(instrumentation, (app) => {
      for (let n = 0; n < 10; n += 1) app.get(`/route-${n}`, async () => 'ok');
    });
    for (let n = 0; n < 10; n += 1) await ask(`${base}/route-${n}`);
    expect(await counts(instrumentation)).toEqual({
      'GET /route-0 200': 1,
      'GET /route-1 200': 1,
      'GET /route-2 200': 1,
      'GET other 200': 7,
    });
  });
});
