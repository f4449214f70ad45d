import { instanceOf, nameOf } from '../../base/instances.ts';
import { listOf } from '../../base/kinds.ts';
import { setting } from '../../base/setting.ts';

/** Settings of the module. */
export const mysqlSettings = {
  MYSQL_INSTANCES: setting(
    listOf(
      instanceOf({
        module: 'mysql',
        schemes: ['mysql:'],
        port: 3306,
        example: 'shop=mysql://pharos_monitor@shop-db:3306',
        needsUser: true,
      }),
      nameOf,
    ),
    '',
  ),
};
