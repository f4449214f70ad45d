import { contractOfService } from '../builders.ts';
import { defineModule } from '../spec.ts';
import { percent } from '../../base/kinds.ts';
import { setting } from '../../base/setting.ts';
import { appsDemo } from './demo.ts';
import { detection } from './detect.ts';

/** The user's own applications, scraped by Prometheus itself. */
export const apps = defineModule({
  name: 'apps',
  about: 'your applications’ own /metrics, from prometheus/targets/apps/',
  isDefault: true,
  settings: { ALERT_ERROR_RATE_THRESHOLD: setting(percent, '1') },
  thresholds: [
    {
      alert: 'HighErrorRate',
      literal: 1,
      setting: 'ALERT_ERROR_RATE_THRESHOLD',
      critical: { alert: 'CriticalErrorRate', at: 5 },
    },
  ],
  profiles: () => [],
  services: () => [],
  essential: [],
  reaches: ['prometheus'],
  scrapedBy: () => 'prometheus',
  detection,
  demo: appsDemo,
  // Includes the example's metrics from the instrumentation: rules and dashboards for applications use them.
  contracts: [{ ...contractOfService('instrumentation', 'apps', 'demo', 'demo-backend'), own: true }],
});
