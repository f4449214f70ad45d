import { instanceOf, nameOf } from '../../base/instances.ts';
import { listOf } from '../../base/kinds.ts';
import { setting } from '../../base/setting.ts';

/** Settings of the module. */
export const redisSettings = {
  REDIS_INSTANCES: setting(
    listOf(
      instanceOf({
        module: 'redis',
        schemes: ['redis:', 'rediss:'],
        port: 6379,
        example: 'cache=redis://shop-cache:6379',
        needsUser: false,
      }),
      nameOf,
    ),
    '',
  ),
};
