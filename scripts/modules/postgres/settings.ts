import { instanceOf, nameOf } from '../../base/instances.ts';
import { listOf } from '../../base/kinds.ts';
import { setting } from '../../base/setting.ts';

/** Settings of the module; `vector` uses its servers too. */
export const postgresSettings = {
  POSTGRES_INSTANCES: setting(
    listOf(
      instanceOf({
        module: 'postgres',
        schemes: ['postgresql:', 'postgres:'],
        port: 5432,
        example: 'shop=postgresql://pharos_monitor@shop-db:5432/postgres?sslmode=disable',
        needsUser: true,
      }),
      nameOf,
    ),
    '',
  ),
};
