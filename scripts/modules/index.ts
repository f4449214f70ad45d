import type { ModuleSpec } from '../core/module-spec.ts';
import { apps } from './apps.ts';
import { blackbox } from './blackbox.ts';
import { containers } from './containers.ts';
import { logs } from './logs.ts';
import { node } from './node.ts';
import { postgres } from './postgres.ts';
import { pushgateway } from './pushgateway.ts';
import { redis } from './redis.ts';
import { security } from './security.ts';
import { stack } from './stack.ts';
import { vector } from './vector.ts';

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
