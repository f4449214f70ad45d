import { instanceOf, nameOf } from '../../base/instances.ts';
import { listOf } from '../../base/kinds.ts';
import { setting } from '../../base/setting.ts';

/** Settings of the module. */
export const nginxSettings = {
  NGINX_INSTANCES: setting(
    listOf(
      instanceOf({
        module: 'nginx',
        schemes: ['http:', 'https:'],
        port: 80,
        example: 'web=http://shop-web/stub_status',
        needsUser: false,
      }),
      nameOf,
    ),
    '',
  ),
};
