import { describe, expect, it } from 'vitest';
import { drillWords } from '../../drills/shared/diagnose.ts';

const targets = (...names: readonly string[]) => names.map((name) => ({ name }));
const words = (module: string, drill: Parameters<typeof drillWords>[0], labels: Readonly<Record<string, string>>) =>
  drillWords(drill, labels, module, 'p');

describe('what somebody fills in who is paged', () => {
  it('is the container that is broken, and the password of its server', () => {
    expect(words('redis', { targets: targets('full') }, { instance: 'full' })).toMatchObject({
      REDIS_CONTAINER: 'p-full',
      REDIS_PASSWORD_FILE: 'redis_full_password',
    });
  });

  it('is what the labels of the alert name', () => {
    expect(words('postgres', { targets: targets('locked') }, { instance: 'locked', datname: 'shop', relname: 'orders' })).toMatchObject({
      POSTGRES_CONTAINER: 'p-locked',
      DATABASE: 'shop',
      TABLE: 'orders',
    });
  });

  it('is a follower where the alert is about one', () => {
    expect(words('mysql', { targets: targets('lead', 'late') }, { instance: 'late' })).toMatchObject({ REPLICA_CONTAINER: 'p-late' });
  });

  it('is of the fleet where the drill broke none of its own', () => {
    expect(words('redis', { targets: [] }, { instance: 'cache' })).toMatchObject({ REDIS_CONTAINER: 'p-shop-cache' });
    expect(words('apps', { targets: [], of: 'demo' }, { service: 'demo' })).toMatchObject({ NAME: 'p-demo-demo-backend-1' });
  });
});
