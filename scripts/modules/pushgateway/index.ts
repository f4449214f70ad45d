import type { ModuleSpec } from '../spec.ts';

/** Metrics of jobs that end before they could be scraped. */
export const pushgateway: ModuleSpec = {
  name: 'pushgateway',
  about: 'metrics that short-lived jobs push',
  profiles: () => ['pushgateway'],
  services: () => ['pushgateway'],
  essential: ['pushgateway'],
  reaches: ['pushgateway'],
  thresholds: [],
};
