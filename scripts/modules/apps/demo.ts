import type { Demo } from '../parts.ts';

const BACKEND = 'demo-backend';
const LABELS = { instance: BACKEND };

/** The example application, and the load on it. */
export const appsDemo: Demo = {
  compose: 'exporters/apps/example/compose.yml',
  services: [BACKEND, 'demo-load'],
  exporters: [],
  targets: [
    { module: 'apps', of: BACKEND, targets: [`${BACKEND}:3000`], labels: LABELS },
    { module: 'blackbox', of: BACKEND, targets: [`http://${BACKEND}:3000/health/ready`], labels: {} },
  ],
  images: { DEMO_NODE_IMAGE: { service: 'history', of: BACKEND } },
  bundles: { 'server.mjs': 'exporters/apps/example/server.ts', 'load.mjs': 'exporters/apps/example/load.ts' },
  dashboards: ['applications'],
  entry: { service: BACKEND, port: 3000 },
  optional: false,
};
