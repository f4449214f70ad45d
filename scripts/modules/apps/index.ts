import type { ModuleSpec } from '../spec.ts';
import { detectApp } from './detect.ts';

/** The user's own applications, scraped by Prometheus itself. */
export const apps: ModuleSpec = {
  name: 'apps',
  about: 'your applications’ own /metrics, from prometheus/targets/apps/',
  profiles: () => [],
  services: () => [],
  essential: [],
  reaches: ['prometheus'],
  thresholds: [{ alert: 'HighErrorRate', literal: 1, setting: 'ALERT_ERROR_RATE_THRESHOLD' }],
  detect: detectApp,
};
