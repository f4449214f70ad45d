import { describe, expect, it } from 'vitest';
import { postgresSettings } from '../../../scripts/modules/postgres/settings.ts';
import { redisSettings } from '../../../scripts/modules/redis/index.ts';

const KINDS = { postgres: postgresSettings.POSTGRES_INSTANCES.kind, redis: redisSettings.REDIS_INSTANCES.kind };

describe('instanceOf', () => {
  it('reads name, host, port and user', () => {
    expect(KINDS.postgres('shop=postgresql://pharos_monitor@shop-db/postgres?sslmode=disable')).toEqual({
      value: [
        {
          name: 'shop',
          url: 'postgresql://pharos_monitor@shop-db/postgres?sslmode=disable',
          host: 'shop-db',
          port: 5432,
          user: 'pharos_monitor',
        },
      ],
    });
    expect(KINDS.redis('cache=rediss://cache:6380')).toMatchObject({ value: [{ name: 'cache', port: 6380, user: '' }] });
  });

  it.each([
    ['postgres', 'postgresql://u@h/db', 'does not start with a name'],
    ['postgres', 'Shop=postgresql://u@h/db', 'does not start with a name'],
    ['postgres', 'shop=shop-db:5432', 'does not start with postgresql://'],
    ['postgres', 'shop=not a url', 'is not a URL'],
    ['postgres', 'shop=postgresql://h/db', 'names no user'],
    ['postgres', 'shop=postgresql://u:secret@h/db', 'holds a password'],
    ['postgres', 'shop=postgresql://u@h/db?sslmode=disable&password=secret@', 'holds a password'],
    ['postgres', 'postgresql://u:my@very/secret@h/db', 'does not start with a name'],
    ['postgres', 'shop=postgresql://u%zz@h/db', 'no part of an encoded character'],
    ['postgres', 'shop=postgresql://u@h/100%', 'no part of an encoded character'],
    ['redis', 'cache=http://cache', 'does not start with redis://'],
    ['redis', 'cache=redis://:secret@cache', 'holds a password'],
  ] as const)('%s: %s %s', (module, item, message) => {
    const parsed = KINDS[module](item);
    expect(parsed).toMatchObject({ wrong: expect.stringContaining(message) });
    expect(JSON.stringify(parsed)).not.toMatch(/secret@|very/);
  });
});
