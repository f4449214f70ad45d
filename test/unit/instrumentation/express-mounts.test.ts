import express, { type Router } from 'express';
import { Agent, createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Registry } from 'prom-client';
import { afterEach, describe, expect, it } from 'vitest';
import { createMountPatterns, mountPattern } from '../../../exporters/apps/instrumentation/express-mounts.ts';
import { instrumentExpress } from '../../../exporters/apps/instrumentation/express.ts';
import { createInstrumentation } from '../../../exporters/apps/instrumentation/instrumentation.ts';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const ok: express.RequestHandler = (_request, response) => void response.send('ok');
const pass: express.RequestHandler = (_request, _response, next) => next();
/** A router with a middleware of its own before its routes, as `express.json()` is one. */
function router(options: express.RouterOptions, fill: (router: Router) => void): Router {
  const made = express.Router(options);
  made.use(pass);
  fill(made);
  return made;
}

/** Asks every path, and gives how many answers there were by route. */
async function routesOf(fill: (app: express.Express) => void, paths: readonly string[]): Promise<Record<string, number>> {
  const instrumentation = createInstrumentation({ registry: new Registry(), log: quiet });
  const app = express();
  app.use(instrumentExpress(instrumentation));
  fill(app);
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(async () => new Promise((resolve) => server.close(resolve).closeAllConnections()));
  const { port } = server.address() as AddressInfo;
  // Cheaper than fetch: 10,000 answers must not take minutes where the machine has other work.
  const agent = new Agent({ keepAlive: true, maxSockets: 20 });
  closing.push(async () => agent.destroy());
  const ask = async (path: string): Promise<void> =>
    new Promise((resolve, reject) =>
      get({ host: '127.0.0.1', port, path, agent }, (response) => response.resume().on('end', resolve)).on('error', reject),
    );
  const waiting = [...paths];
  await Promise.all(
    Array.from({ length: 20 }, async () => {
      for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) await ask(path);
    }),
  );
  const { body } = await instrumentation.scrape();
  return Object.fromEntries(
    [...body.matchAll(/^http_request_duration_seconds_count\{method="GET",route="([^"]+)",status_code="(?:200|404)"\} (\d+)$/gm)].map(
      ([, route = '', count]) => [route, Number(count)],
    ),
  );
}

describe('routes below mount points', () => {
  it('are counted under their patterns by 10,000 URLs, with middleware in the routers and three levels of them', async () => {
    const items = router({}, (of) => of.get('/reviews/:review', ok));
    const shop = router({}, (of) => of.use('/items/:item', items).get('/about', ok));
    const paths = Array.from(
      { length: 10_000 },
      (_, n) =>
        [`/users/name${n}/orders/${n}?page=${n}`, `/shops/shop${n}/items/item${n}/reviews/a${n}`, `/shops/shop${n}/about`][n % 3] ?? '',
    );
    const counted = await routesOf(
      (app) => {
        app.use(pass);
        app.use(
          '/users/:name',
          router({}, (of) => of.get('/orders/:order', ok)),
        );
        app.use('/shops/:shop', pass, shop);
        app.get('/own', ok);
      },
      [...paths, '/own', '/nothing/1', '/shops/nothing/2'],
    );
    expect(counted).toEqual({
      '/users/:name/orders/:order': 3334,
      '/shops/:shop/items/:item/reviews/:review': 3333,
      '/shops/:shop/about': 3333,
      '/own': 1,
      unmatched: 2,
    });
  }, 120_000);

  it('are the same where routers merge the parameters of those above', async () => {
    const inner = router({ mergeParams: true }, (of) => of.get('/x/:id', ok));
    const outer = router({ mergeParams: true }, (of) => of.use('/friends/:friend', inner));
    const paths = Array.from({ length: 300 }, (_, n) => `/users/u${n}/friends/f${n}/x/${n}`);
    expect(await routesOf((app) => void app.use('/users/:user', outer), paths)).toEqual({ '/users/:user/friends/:friend/x/:id': 300 });
  });

  it('keep their own words where a value is the same word', async () => {
    const counted = await routesOf(
      (app) =>
        void app.use(
          '/users/:name',
          router({}, (of) => of.get('/orders', ok)),
        ),
      ['/users/users/orders', '/users/orders/orders', '/users/jo/orders'],
    );
    expect(counted).toEqual({ '/users/:name/orders': 3 });
  });

  it('have a constant in place of a mount point that is no pattern', async () => {
    const inner = router({}, (of) => of.get('/here', ok));
    const counted = await routesOf(
      (app) => {
        app.use(/^\/shop-\w+/, inner);
        app.use(/^\/group-(\w+)/, inner);
        app.use('/from-:from-to-:to', inner);
        app.use('/files/*path/end', inner);
      },
      Array.from({ length: 400 }, (_, n) => [`/shop-${n}`, `/group-g${n}`, `/from-a${n}-to-b${n}`, `/files/a${n}/b/end`][n % 4] + '/here'),
    );
    expect(counted).toEqual({ '/:mount/here': 300, '/files/:path/end/here': 100 });
  });

  it('are one, however an address writes them', async () => {
    const counted = await routesOf(
      (app) =>
        void app.use(
          '/Shops',
          router({}, (of) => of.get('/all', ok)),
        ),
      ['/Shops/all', '/SHOPS/all', '/shops/all'],
    );
    expect(Object.values(counted)).toEqual([3]);
  });

  it('keep the pattern of values that a param callback writes over', async () => {
    const of = express.Router();
    of.param('name', (request, _response, next) => {
      request.params['name'] = 'somebody';
      setImmediate(next);
    });
    of.use(
      '/users/:name',
      router({}, (inner) => inner.get('/x', ok)),
    );
    expect(await routesOf((app) => void app.use(of), ['/users/a/x', '/users/b/x'])).toEqual({ '/users/:name/x': 2 });
  });

  it('are those of an application within the application', async () => {
    const inner = express();
    inner.get('/x/:id', ok);
    expect(await routesOf((app) => void app.use('/tenants/:tenant', inner), ['/tenants/a/x/1', '/tenants/b/x/2'])).toEqual({
      '/tenants/:tenant/x/:id': 2,
    });
  });
});

describe('mountPattern', () => {
  it.each([
    ['/users/17', {}, '/users/:id'],
    ['/users/jo', { user: 'jo' }, '/users/:user'],
    ['/users/a%20b', { user: 'a b' }, '/users/:user'],
    ['/users/a%2Fb', { user: 'a/b' }, '/users/:user'],
    ['/x/6f9619ff-8b86-d011-b42d-00c04fc964ff', {}, '/x/:id'],
    ['/api/v1', {}, '/api/v1'],
    ['/a/%zz', undefined, '/a/:id'],
    ['/users/users', { name: 'users' }, '/users/:name'],
    ['/a/a', { first: 'a', second: 'a' }, '/:first/:second'],
    // Express 4 joins a wildcard's segments, under the name 0.
    ['/files/a/b/c', { 0: 'a/b/c' }, '/files/:0'],
    ['/users/jo', { user: 'jo', none: undefined }, '/users/:user'],
    ['/shop-7', { 0: '7' }, '/:mount'],
  ])('of %s with %j is %s', (address, params, pattern) => {
    expect(mountPattern(address, params as Record<string, string> | undefined)).toBe(pattern);
  });

  it('does not miss what was merged from above', () => {
    expect(mountPattern('/items/i1', { slug: 's1', item: 'i1' }, { slug: 's1' })).toBe('/items/:item');
  });

  it('is a constant for what comes after the limit', () => {
    const patterns = createMountPatterns(2);
    expect(['/a', '/b', '/c', '/B', '/a'].map((address) => patterns('', address, {}))).toEqual(['/a', '/b', '/:mount', '/b', '/a']);
  });
});
