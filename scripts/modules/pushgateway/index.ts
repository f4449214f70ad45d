import { contractOfJob } from '../builders.ts';
import { defineModule } from '../spec.ts';
import { exporterImage } from '../builders.ts';
import { port } from '../../base/kinds.ts';
import { setting } from '../../base/setting.ts';

const SERVICE = 'pushgateway';
const NOBODY_UID = 65_534;

/** Metrics of jobs that end before they could be scraped. */
export const pushgateway = defineModule({
  name: 'pushgateway',
  about: 'metrics that short-lived jobs push',
  settings: { PUSHGATEWAY_PORT: setting(port, '9091') },
  ports: ['PUSHGATEWAY_PORT'],
  thresholds: [],
  profiles: () => ['pushgateway'],
  services: () => [SERVICE],
  essential: [SERVICE],
  reaches: [SERVICE],
  budgeted: [SERVICE],
  pages: [{ service: SERVICE, title: 'Pushgateway', port: 'PUSHGATEWAY_PORT', remark: '' }],
  images: {
    [SERVICE]: {
      ...exporterImage('prometheus-pushgateway', '/bin/pushgateway', NOBODY_UID, { '/pushgateway': NOBODY_UID }),
      changes: [`USER ${NOBODY_UID}:${NOBODY_UID}`, 'WORKDIR /pushgateway', 'ENTRYPOINT ["/bin/pushgateway"]'],
    },
  },
  // Pushed series, and their push times, carry the job that pushed them.
  contracts: [{ ...contractOfJob(SERVICE, 'pushgateway'), series: ['{job="pushgateway"}', '{__name__=~"push_(failure_)?time_seconds"}'] }],
});
