import { appDrills } from './apps.ts';
import type { Drill } from './drill.ts';
import { endpointDrills } from './endpoints.ts';
import { exporterDrills } from './exporters.ts';
import { hostDrills } from './hosts.ts';
import { postgresDrills } from './postgres.ts';
import { redisDrills } from './redis.ts';
import { securityDrills } from './security.ts';
import { stackDrills } from './stack.ts';
import { vectorDrills } from './vectors.ts';

/** Every drill. */
export const drills: readonly Drill[] = [
  ...redisDrills,
  ...postgresDrills,
  ...vectorDrills,
  ...endpointDrills,
  ...appDrills,
  ...hostDrills,
  ...exporterDrills,
  ...securityDrills,
  ...stackDrills,
];
