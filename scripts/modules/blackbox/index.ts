import { contractOfJob } from '../builders.ts';
import { defineModule } from '../spec.ts';
import { exporterImage } from '../builders.ts';
import { listOf, url } from '../../base/kinds.ts';
import { error, warning, type Problem } from '../../base/problem.ts';
import { setting } from '../../base/setting.ts';
import type { CheckContext, SmokeCheck } from '../check.ts';
import { detection } from './detect.ts';

const EXPORTER = 'blackbox-exporter';
const CONFIG = 'exporters/blackbox/blackbox.yml';

/** Endpoints as a client sees them: answer, latency, certificate. */
export const blackbox = defineModule({
  name: 'blackbox',
  about: 'endpoints of BLACKBOX_TARGETS and prometheus/targets/blackbox/: answer, latency, certificate',
  isDefault: true,
  settings: { BLACKBOX_TARGETS: setting(listOf(url), '') },
  thresholds: [],
  profiles: () => ['blackbox'],
  services: () => [EXPORTER],
  essential: [EXPORTER],
  reaches: [EXPORTER],
  budgeted: [EXPORTER],
  sources: ['exporters/blackbox'],
  files: { [CONFIG]: 'blackbox/blackbox.yml' },
  readsAtStart: { [EXPORTER]: { folders: ['blackbox/'] } },
  targets: ({ BLACKBOX_TARGETS }) => {
    const probes = BLACKBOX_TARGETS.length > 0 ? BLACKBOX_TARGETS : OWN_ENDPOINTS;
    return [{ job: 'blackbox', groups: probes.map((address) => ({ targets: [address], labels: { service: new URL(address).hostname } })) }];
  },
  urlTargets: true,
  images: { [EXPORTER]: exporterImage('prometheus-blackbox-exporter', '/bin/blackbox_exporter', 65_534, { '/etc/blackbox_exporter': 0 }) },
  lint: (staged) => [
    {
      title: 'blackbox_exporter --config.check',
      subject: CONFIG,
      service: EXPORTER,
      entrypoint: '/bin/blackbox_exporter',
      args: ['--config.file=/etc/blackbox_exporter/blackbox.yml', '--config.check'],
      mounts: [[`${staged}/blackbox`, '/etc/blackbox_exporter']],
    },
  ],
  linted: [{ inside: '/etc/blackbox_exporter/', checkout: 'exporters/blackbox/' }],
  checks: (_, context) => [endpointCheck(context)],
  detection,
  contracts: [contractOfJob(EXPORTER, 'blackbox')],
});

/** Probed until the user names endpoints: the stack's own pages, so that the module shows data from the first minute. */
const OWN_ENDPOINTS: readonly string[] = [
  'http://prometheus:9090/-/ready',
  'http://alertmanager:9093/-/ready',
  'http://history:9095/-/ready',
];

function endpointCheck(context: CheckContext): SmokeCheck {
  return {
    title: 'endpoints',
    service: EXPORTER,
    run: async () => {
      const { samples, addresses } = await context.current('blackbox', EXPORTER, 'probe_success');
      if (samples.length < addresses.length)
        return [error('endpoints', `${samples.length} of ${addresses.length} have been probed`, `npm run logs -- ${EXPORTER}`)];
      return failedProbes(samples.filter(({ value }) => value !== 1).map(({ labels }) => labels['instance'] ?? ''));
    },
  };
}

/** Endpoints that do not answer: only a warning, because the user's endpoint is down, not this stack. */
function failedProbes(instances: readonly string[]): readonly Problem[] {
  return instances.map((instance) =>
    warning(`endpoint ${instance}`, 'does not answer as expected; EndpointDown will fire', `npm run logs -- ${EXPORTER}`),
  );
}
