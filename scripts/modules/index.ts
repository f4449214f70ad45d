import type { SettingsTable } from '../base/setting.ts';
import type { AnyModule } from './spec.ts';
import { apps } from './apps/index.ts';
import { blackbox } from './blackbox/index.ts';
import { containers } from './containers/index.ts';
import { logs } from './logs/index.ts';
import { mysql } from './mysql/index.ts';
import { nginx } from './nginx/index.ts';
import { node } from './node/index.ts';
import { postgres } from './postgres/index.ts';
import { pushgateway } from './pushgateway/index.ts';
import { redis } from './redis/index.ts';
import { security } from './security/index.ts';
import { stack } from './stack/index.ts';
import { vector } from './vector/index.ts';

/**
 * Every module, the always-on `stack` first. A container is watched by the first module that recognises it. Adding a module is its files, an
 * import and one entry here.
 */
const REGISTRY = [stack, node, containers, postgres, redis, mysql, nginx, apps, blackbox, vector, logs, pushgateway, security] as const;

/** Every module. */
export const modules: readonly AnyModule[] = REGISTRY;

/** Names that `MODULES` may hold; `stack` is always on, whether it is named or not. */
export const MODULE_NAMES: readonly string[] = modules.map(({ name }) => name).filter((name) => name !== 'stack');

type Union<T> = T extends { readonly settings: infer S extends SettingsTable } ? (S extends unknown ? (value: S) => void : never) : never;
type Intersection<T> = Union<T> extends (value: infer S) => void ? S : never;

/** The settings of all modules as one table. */
export type ModuleSettings = Intersection<(typeof REGISTRY)[number]>;

/** The settings of all modules as one table. */
export const MODULE_SETTINGS = Object.assign({}, ...modules.map(({ settings }) => settings as object)) as ModuleSettings;
