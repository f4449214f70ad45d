import type { ModuleSpec } from './spec.ts';
import { apps } from './apps/index.ts';
import { blackbox } from './blackbox/index.ts';
import { containers } from './containers/index.ts';
import { logs } from './logs/index.ts';
import { node } from './node/index.ts';
import { postgres } from './postgres/index.ts';
import { pushgateway } from './pushgateway/index.ts';
import { redis } from './redis/index.ts';
import { security } from './security/index.ts';
import { stack } from './stack/index.ts';
import { vector } from './vector/index.ts';

/** Every module, the always-on `stack` first. Adding a module is its files and one line here. */
export const modules: readonly ModuleSpec[] = [
  stack,
  node,
  containers,
  postgres,
  redis,
  vector,
  blackbox,
  apps,
  logs,
  pushgateway,
  security,
];
