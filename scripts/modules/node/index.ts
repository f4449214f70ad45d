import { contractOfJob } from '../builders.ts';
import { defineModule } from '../spec.ts';
import { exporterImage } from '../builders.ts';
import { percent, port } from '../../base/kinds.ts';
import { setting } from '../../base/setting.ts';

const EXPORTER = 'node-exporter';

/** The host: node exporter in the host's own network and process namespaces. */
export const node = defineModule({
  name: 'node',
  about: 'the host: CPU, memory, disks, network, clock',
  isDefault: true,
  settings: {
    NODE_EXPORTER_PORT: setting(port, '9100'),
    ALERT_CPU_THRESHOLD: setting(percent, '80'),
    ALERT_MEMORY_THRESHOLD: setting(percent, '80'),
  },
  thresholds: [
    { alert: 'HighCPUUsage', literal: 80, setting: 'ALERT_CPU_THRESHOLD', critical: { alert: 'CriticalCPUUsage', at: 95 } },
    { alert: 'HighMemoryUsage', literal: 80, setting: 'ALERT_MEMORY_THRESHOLD', critical: { alert: 'CriticalMemoryUsage', at: 95 } },
    { alert: 'RebootInProgress', literal: 180, setting: 'ALERT_DEPLOYMENT_MINUTES', factor: 60 },
  ],
  profiles: () => ['node'],
  services: () => [EXPORTER],
  essential: [EXPORTER],
  reaches: [],
  budgeted: [EXPORTER],
  exemptions: { hostNetwork: { [EXPORTER]: 'it has to see the interfaces of the host' } },
  hostPorts: ({ NODE_EXPORTER_PORT }) => [{ service: EXPORTER, port: NODE_EXPORTER_PORT }],
  targets: ({ NODE_EXPORTER_PORT }, { serverName, gateway }) => [
    {
      job: 'node',
      groups: [{ targets: [`${gateway}:${NODE_EXPORTER_PORT}`], labels: { instance: serverName, service: 'node', target_host: EXPORTER } }],
    },
  ],
  targetsAreServers: true,
  images: { [EXPORTER]: exporterImage('prometheus-node-exporter', '/bin/node_exporter', 65_534, { '/host': 0, '/textfile': 0 }) },
  targetFix: (lastError, gateway) =>
    /deadline exceeded|no route|refused/.test(lastError)
      ? `A host firewall may block the way from the stack's network: sudo ufw allow from ${gateway.replace(/\.\d+$/, '.0/24')} to ${gateway}`
      : undefined,
  contracts: [{ ...contractOfJob(EXPORTER, 'node'), series: ['{job="node",__name__!~"security_.*"}'] }],
});
