import { contractOfJob } from '../builders.ts';
import { defineModule } from '../spec.ts';
import { setBelow } from '../../base/tree.ts';
import { integer, oneOf, port } from '../../base/kinds.ts';
import { setting } from '../../base/setting.ts';
import { SOCKET_PROXY, socketProxy } from '../socket-proxy.ts';
import { lokiCheck } from './io.ts';
import { lint } from './lint.ts';

const LOKI = 'loki';

/** The logs of every container: a shipper that reads them through the GET-only proxy, and Loki. */
export const logs = defineModule({
  name: 'logs',
  about: 'the logs of every container in Loki',
  isDefault: true,
  settings: {
    LOG_SHIPPER: setting(oneOf('alloy', 'promtail'), 'alloy'),
    LOKI_PORT: setting(port, '3100'),
    LOKI_RETENTION_DAYS: setting(integer(1, 3650, 'days'), '14'),
  },
  ports: ['LOKI_PORT'],
  thresholds: [],
  profiles: ({ LOG_SHIPPER }) => ['logs', LOG_SHIPPER],
  services: ({ LOG_SHIPPER }) => [SOCKET_PROXY, LOKI, LOG_SHIPPER],
  essential: [LOKI],
  reaches: [],
  stopsLast: [LOKI],
  pages: [{ service: LOKI, title: 'Loki', port: 'LOKI_PORT', remark: 'query it in Grafana' }],
  sources: [LOKI, ...socketProxy.sources],
  files: { ...socketProxy.files, 'loki/alloy/': 'alloy/', 'loki/promtail/': 'promtail/', 'loki/': 'loki/' },
  shapes: [
    { path: 'loki/loki.yml', shape: { map: { limits_config: { map: {} } } }, example: 'limits_config:\n  reject_old_samples: true' },
  ],
  placeholders: ['loki/rules/.keep'],
  annotate: {
    'loki/loki.yml': (doc, { LOKI_RETENTION_DAYS }) => setBelow(doc, ['limits_config'], 'retention_period', `${LOKI_RETENTION_DAYS * 24}h`),
  },
  readsAtStart: {
    ...socketProxy.readsAtStart,
    [LOKI]: { folders: ['loki/'] },
    alloy: { folders: ['alloy/'] },
    promtail: { folders: ['promtail/'] },
  },
  exemptions: {
    ...socketProxy.exemptions,
    root: { ...socketProxy.exemptions.root, promtail: 'the image runs as root, and upgraded hosts have position files of root' },
  },
  images: socketProxy.images,
  lint,
  linted: [
    { inside: '/etc/loki/', checkout: 'loki/' },
    { inside: '/etc/alloy/', checkout: 'loki/alloy/' },
    { inside: '/etc/promtail/', checkout: 'loki/promtail/' },
  ],
  checks: ({ LOKI_PORT }, { at }) => [lokiCheck(at(LOKI_PORT))],
  contracts: [
    contractOfJob(LOKI, LOKI),
    contractOfJob('alloy', 'alloy'),
    { ...contractOfJob('promtail', 'promtail'), setting: 'LOG_SHIPPER=promtail', replaces: ['alloy'] },
  ],
});
