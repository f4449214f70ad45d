import type { Drill } from './drill.ts';

/**
 * A service of the stack that is killed: `docker stop` would be a deployment, which is held back. Drills of the main batch may need it, so it
 * comes after them unless `more` says otherwise.
 */
export const stoppedService = (alert: string, service: string, fault: string, more: Partial<Drill> = {}): Drill => ({
  alert,
  severity: 'critical',
  fault,
  down: true,
  batch: 2,
  needs: service,
  targets: [],
  inject: async (context) => context.service('kill', service),
  remove: async (context) => context.service('start', service),
  back: 180,
  ...more,
});
