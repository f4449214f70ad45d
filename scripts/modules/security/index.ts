import { contractOfJob } from '../builders.ts';
import { defineModule } from '../spec.ts';
import { nodeImage } from '../builders.ts';
import { hostPath, listOf } from '../../base/kinds.ts';
import { error, warning } from '../../base/problem.ts';
import { setting } from '../../base/setting.ts';
import { askedPaths, certificateProblems, connectSecurity } from './mounts.ts';

const COLLECTOR = 'security-collector';
const KEY = 'SECURITY_CERTIFICATES';

/** Signs of attack and neglect on the host: a collector that writes a file for node exporter, which the module `node` brings. */
export const security = defineModule({
  name: 'security',
  about: 'the host’s failed logins, sudo, listening ports, updates, certificates; open secrets of the stack',
  settings: { SECURITY_CERTIFICATES: setting(listOf(hostPath), '') },
  rules: ({ MODULES, SECURITY_CERTIFICATES }, at) => {
    const on = MODULES.includes('security');
    if (on && !MODULES.includes('node'))
      return [error(at('MODULES'), 'MODULES turns security on without node, which shows its metrics', 'Add node to MODULES.')];
    return on || SECURITY_CERTIFICATES.length === 0
      ? []
      : [warning(at(KEY), `${KEY} is set, but the module is off`, 'Add security to MODULES.')];
  },
  thresholds: [],
  profiles: () => ['security'],
  services: () => [COLLECTOR],
  essential: [COLLECTOR],
  reaches: [],
  bundles: [{ service: COLLECTOR, path: 'security-collector/server.mjs', entry: 'exporters/security/server.ts' }],
  readsAtStart: { [COLLECTOR]: { folders: ['security-collector/'] } },
  compose: (model, { SECURITY_CERTIFICATES }, { paths }) => connectSecurity(model, SECURITY_CERTIFICATES, paths),
  hostPaths: (model, { SECURITY_CERTIFICATES }) => askedPaths(model, SECURITY_CERTIFICATES),
  hostProblems: ({ SECURITY_CERTIFICATES }, paths, at) => certificateProblems(SECURITY_CERTIFICATES, paths, at(KEY)),
  images: { [COLLECTOR]: nodeImage(65_532, ['/app', '/host', '/stack']) },
  // Counters begin at 0, so they are there without a log too.
  readings: [
    {
      metrics: /^security_(ssh|root_logins|user_logins|sudo|su)_/,
      source: 'security_source_state{collector="auth", state="ok"}',
      without: 'there is no log of logins that can be read',
    },
  ],
  // A collector that writes files; node exporter shows them.
  contracts: [{ ...contractOfJob(COLLECTOR, 'node'), own: true, series: ['{job="node",__name__=~"security_.*"}'] }],
});
