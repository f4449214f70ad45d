import type { DebianImage, Demo } from '../parts.ts';

export const DEMO_REDIS = 'demo-redis';
const EXPORTER = 'demo-redis-exporter';

const image: DebianImage = {
  package: 'redis-server',
  links: {},
  folders: {},
  changes: ['USER 65534:65534', 'WORKDIR /tmp', 'CMD ["redis-server"]'],
};

const demo: Demo = {
  compose: 'exporters/apps/example/compose.yml',
  services: [DEMO_REDIS],
  exporters: [EXPORTER],
  targets: [{ module: 'apps', of: EXPORTER, targets: [`${EXPORTER}:9121`], labels: { job: 'redis', instance: DEMO_REDIS } }],
  images: {
    DEMO_REDIS_IMAGE: { service: DEMO_REDIS, of: DEMO_REDIS },
    DEMO_REDIS_EXPORTER_IMAGE: { service: 'redis-exporter', of: EXPORTER },
  },
  dashboards: [],
  optional: false,
};

/** The example's Redis. */
export const redisDemo = { image, demo };
