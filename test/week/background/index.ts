import type { Target } from '../shared/event.ts';
import { appTargets } from './apps.ts';
import { containerTargets } from './containers.ts';
import { databaseTargets } from './databases.ts';
import { nodeTargets } from './node.ts';
import { stackTargets } from './stack.ts';

/** A healthy server in an ordinary hour: everything that the events change, and everything that rules read. */
export const background: readonly Target[] = [...nodeTargets, ...containerTargets, ...appTargets, ...databaseTargets, ...stackTargets];
