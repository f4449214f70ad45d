import type { ModuleSpec } from '../spec.ts';
import { detectEndpoint } from './detect.ts';

/** Endpoints as a client sees them: answer, latency, certificate. */
export const blackbox: ModuleSpec = {
  name: 'blackbox',
  about: 'endpoints of BLACKBOX_TARGETS and prometheus/targets/blackbox/: answer, latency, certificate',
  profiles: () => ['blackbox'],
  services: () => ['blackbox-exporter'],
  essential: ['blackbox-exporter'],
  reaches: ['blackbox-exporter'],
  thresholds: [],
  detect: detectEndpoint,
};
