import type { ModuleSpec } from '../spec.ts';
import { detectRedis } from './detect.ts';

/** Redis servers: one exporter asks every instance of `REDIS_INSTANCES`. */
export const redis: ModuleSpec = {
  name: 'redis',
  about: 'Redis servers named in REDIS_INSTANCES',
  profiles: () => ['redis'],
  services: () => ['redis-exporter'],
  essential: ['redis-exporter'],
  reaches: ['redis-exporter'],
  thresholds: [],
  detect: detectRedis,
};
