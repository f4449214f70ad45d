import { contractOfJob } from '../builders.ts';
import { defineModule } from '../spec.ts';
import { nodeImage } from '../builders.ts';

const NOBODY_UID = 65_534;

/** The stack itself: always on. Its settings are those of `scripts/settings/table.ts`. */
export const stack = defineModule({
  name: 'stack',
  about: 'Prometheus, Alertmanager, the alert history and Grafana, watching themselves',
  settings: {},
  thresholds: [],
  profiles: () => [],
  services: () => ['prometheus', 'alertmanager', 'history', 'grafana'],
  essential: [],
  reaches: [],
  budgeted: ['prometheus', 'grafana', 'alertmanager'],
  // Alertmanager delivers its remaining notifications when it stops.
  stopsLast: ['history'],
  bundles: [{ service: 'history', path: 'history/server.mjs', entry: 'alertmanager/history/server.ts' }],
  readsAtStart: { history: { folders: ['history/'] }, grafana: { folders: ['grafana/provisioning/'] } },
  images: {
    prometheus: {
      package: 'prometheus',
      links: {},
      folders: { '/prometheus': NOBODY_UID, '/etc/prometheus': 0 },
      changes: ['USER 65534:65534', 'WORKDIR /prometheus', 'ENTRYPOINT ["/bin/prometheus"]'],
    },
    alertmanager: {
      package: 'prometheus-alertmanager',
      links: { '/bin/alertmanager': '/usr/bin/prometheus-alertmanager' },
      folders: { '/alertmanager': NOBODY_UID, '/etc/alertmanager': 0 },
      changes: ['USER 65534:65534', 'WORKDIR /alertmanager', 'ENTRYPOINT ["/bin/alertmanager"]'],
    },
    history: nodeImage(NOBODY_UID, ['/app', '/runbooks'], ['/data']),
  },
  contracts: [
    contractOfJob('prometheus', 'prometheus'),
    contractOfJob('alertmanager', 'alertmanager'),
    contractOfJob('grafana', 'grafana'),
    { ...contractOfJob('history', 'history'), own: true, series: ['{job="history"}', 'pharos_test_alert'] },
  ],
});
