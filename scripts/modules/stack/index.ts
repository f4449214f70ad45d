import type { ModuleSpec } from '../spec.ts';

/** The stack itself: always on. */
export const stack: ModuleSpec = {
  name: 'stack',
  about: 'Prometheus, Alertmanager, the alert history and Grafana, watching themselves',
  profiles: () => [],
  services: () => ['prometheus', 'alertmanager', 'history', 'grafana'],
  essential: [],
  reaches: [],
  thresholds: [],
};
