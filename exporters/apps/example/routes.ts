import type { FastifyError, FastifyInstance } from 'fastify';
import type { BusinessMetrics } from '../instrumentation/business.ts';
import { DIMENSIONS, type Database } from './database.ts';
import { chance, type Faults } from './faults.ts';
import type { Queues } from './queues.ts';
import { isSigned } from './signature.ts';

interface Parts {
  readonly database: Database;
  readonly queues: Queues;
  readonly business: BusinessMetrics;
  readonly faults: Faults;
  readonly paymentSecret: string;
}

/** What a column of type int holds: a larger number is the client's mistake, not the database's failure. */
const INT = { type: 'integer', minimum: 0, maximum: 2_147_483_647 } as const;
const ID = { params: { type: 'object', properties: { id: INT } } } as const;
const body = (properties: Record<string, object>) => ({
  body: { type: 'object', required: Object.keys(properties), properties },
});

/** A small shop: products, orders, segments, broadcasts, parsing jobs, payments and the provider's callbacks. */
export function addRoutes(app: FastifyInstance, { database, queues, business, faults, paymentSecret }: Parts): void {
  const { pool } = database;

  // Texts of drivers name hosts, users and tables: they are for the log.
  app.setErrorHandler(async (failure: FastifyError, request, reply) => {
    const status = failure.statusCode ?? 500;
    if (status < 500) return reply.code(status).send({ error: failure.message });
    request.log.error({ err: failure }, failure.message);
    return reply.code(status).send({ error: 'the service failed; its log says why' });
  });

  app.get('/products/:id', { schema: ID }, async (request, reply) => {
    const { id } = request.params as { id: number };
    const { rows } = await pool.query('SELECT id, name, price FROM products WHERE id = $1', [id]);
    return rows[0] ?? reply.code(404).send({ error: 'there is no such product' });
  });

  app.get('/search', async (request) => {
    const { like = '1' } = request.query as { like?: string };
    if (!database.vectors())
      return (await pool.query<{ id: number; name: string }>('SELECT id, name FROM products WHERE name LIKE $1 LIMIT 10', [`%${like}%`]))
        .rows;
    const vector = JSON.stringify(Array.from({ length: DIMENSIONS }, (_, d) => Math.sin(Number(like) * (d + 2)) || 0));
    return (await pool.query<{ id: number; name: string }>('SELECT id, name FROM products ORDER BY embedding <=> $1 LIMIT 10', [vector]))
      .rows;
  });

  app.post('/orders', { schema: body({ product: INT }) }, async (request, reply) => {
    const { product } = request.body as { product: number };
    const { rows } = await pool.query('INSERT INTO orders (product) VALUES ($1) RETURNING id', [product]);
    return reply.code(201).send(rows[0]);
  });

  app.post('/segments', { schema: body({ name: { type: 'string', maxLength: 100 } }) }, async (request, reply) => {
    const { name } = request.body as { name: string };
    try {
      const { rows } = await pool.query('INSERT INTO segments (name) VALUES ($1) RETURNING id', [name]);
      business.segment({ operation: 'create', result: 'succeeded' });
      return await reply.code(201).send(rows[0]);
    } catch (failure) {
      business.segment({ operation: 'create', result: 'failed' });
      throw failure;
    }
  });

  app.post('/broadcasts', { schema: body({ recipients: { type: 'integer', minimum: 1, maximum: 1000 } }) }, async (request, reply) =>
    reply.code(202).send({ job: await queues.broadcast((request.body as { recipients: number }).recipients) }),
  );

  app.post('/parsing-jobs', { schema: body({ text: { type: 'string', maxLength: 10_000 } }) }, async (request, reply) =>
    reply.code(202).send({ job: await queues.parse((request.body as { text: string }).text) }),
  );

  app.post('/payments', { schema: body({ provider: { type: 'string' }, cents: INT }) }, async (request, reply) => {
    const { provider, cents } = request.body as { provider: string; cents: number };
    const { rows } = await pool.query('INSERT INTO payments (provider, cents) VALUES ($1, $2) RETURNING id', [provider, cents]);
    return reply.code(201).send(rows[0]);
  });

  app.post(
    '/payments/callbacks/:provider',
    { schema: body({ id: { type: 'string', pattern: '^[0-9]{1,18}$' }, paid: { type: 'boolean' } }) },
    async (request, reply) => {
      const { provider } = request.params as { provider: string };
      const { id, paid } = request.body as { id: string; paid: boolean };
      if (!isSigned(String(request.headers['x-signature']), id, paymentSecret)) {
        business.paymentCallback({ provider, result: 'rejected' });
        return reply.code(401).send({ error: 'the signature is wrong' });
      }
      try {
        if (chance(faults['payment-callback'])) throw new Error('misbehaving on request: payment-callback');
        await pool.query('UPDATE payments SET status = $2 WHERE id = $1', [id, paid ? 'paid' : 'failed']);
      } catch (failure) {
        business.paymentCallback({ provider, result: 'failed' });
        throw failure;
      }
      business.paymentCallback({ provider, result: 'succeeded' });
      business.payment({ provider, result: paid ? 'succeeded' : 'failed' });
      return reply.code(204).send();
    },
  );
}
