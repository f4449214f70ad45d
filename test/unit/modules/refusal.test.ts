import { describe, expect, it } from 'vitest';
import { REFUSED, refusal as postgres } from '../../../scripts/modules/postgres/refusal.ts';
import { redis, refusal } from '../../../scripts/modules/redis/index.ts';

it.each([
  [REFUSED, 'pq: password authentication failed for user "m"', true],
  [redis.servers?.refused, 'NOAUTH Authentication required.', true],
  [REFUSED, 'pq: the database system is starting up', false],
  [REFUSED, 'dial tcp 10.0.0.1:5432: connect: connection refused', false],
])('%s in %s: %s', (refused, log, final) => {
  expect(refused?.test(log)).toBe(final);
});

describe('the fix for a server that refuses its exporter', () => {
  it.each([
    ['pq: password authentication failed for user "m"', 'GRANT pg_monitor TO m'],
    ['pq: role "m" does not exist', 'CREATE ROLE m'],
    ['pq: no pg_hba.conf entry for host', 'pg_hba.conf'],
    ['pq: SSL is not enabled on the server', 'sslmode=disable'],
    ['dial tcp: lookup db: no such host', 'APP_NETWORKS'],
  ])('%s → %s', (log, fix) => {
    const problem = postgres({ name: 'shop', user: 'm' }, log);
    expect(problem.place).toBe('postgres shop');
    expect(problem.fix).toContain(fix);
  });
  it('names the password file of a Redis that wants a password', () => {
    expect(refusal({ name: 'cache' }, 'NOAUTH Authentication required.').fix).toContain('secrets/redis_cache_password');
  });
});
