import { closest } from 'fastest-levenshtein';
import { error, type Problem } from '../../../scripts/base/problem.ts';

/** Where the series of one exporter are in Prometheus, and which Compose service they come from. */
export interface ContractSource {
  readonly exporter: string;
  readonly job: string;
  /** Compose service whose image is told; `demo-backend` is the example's. */
  readonly service: string;
  /** Part of this stack, and as old as it: its image is that of Node.js. */
  readonly own?: true;
  /** Selects its targets, for the types. */
  readonly target: string;
  /** Selects its series. */
  readonly series: readonly string[];
  /** Setting under which it is like this, where it is not the default, and in whose place it then runs. */
  readonly setting?: string;
  readonly replaces?: readonly string[];
}

function ofJob(exporter: string, job: string, service = exporter): ContractSource {
  return { exporter, job, service, target: `{job="${job}"}`, series: [`{job="${job}"}`] };
}

function ofService(exporter: string, job: string, service: string, composeService = exporter): ContractSource {
  const selector = `{job="${job}",service="${service}"}`;
  return { exporter, job, service: composeService, target: selector, series: [selector] };
}

function besideDemo(source: ContractSource): ContractSource {
  const selector = `{job="${source.job}",service!="demo"}`;
  return { ...source, target: selector, series: [selector] };
}

/** Every exporter that has a contract. A source whose service does not run is left as it was captured before. */
export const CONTRACT_SOURCES: readonly ContractSource[] = [
  ofJob('prometheus', 'prometheus'),
  ofJob('alertmanager', 'alertmanager'),
  ofJob('grafana', 'grafana'),
  { ...ofJob('history', 'history'), own: true, series: ['{job="history"}', 'pharos_test_alert'] },
  { ...ofJob('node-exporter', 'node'), series: ['{job="node",__name__!~"security_.*"}'] },
  // A collector that writes files; node exporter shows them.
  { ...ofJob('security-collector', 'node'), own: true, series: ['{job="node",__name__=~"security_.*"}'] },
  ofService('cadvisor', 'containers', 'cadvisor'),
  { ...ofService('container-exporter', 'containers', 'container-exporter'), own: true },
  {
    ...ofService('container-exporter', 'containers', 'container-exporter'),
    own: true,
    setting: 'CONTAINER_METRICS=engine',
    replaces: ['cadvisor'],
  },
  // Those of the example tell the exporter's own metrics on the same page.
  besideDemo(ofJob('postgres-exporter', 'postgres')),
  besideDemo(ofJob('redis-exporter', 'redis')),
  { ...besideDemo(ofJob('vector-exporter', 'vector')), own: true },
  ofJob('blackbox-exporter', 'blackbox'),
  // With the metrics that the example counts by the instrumentation: what rules and dashboards say of applications is about these.
  { ...ofService('instrumentation', 'apps', 'demo', 'demo-backend'), own: true },
  ofJob('loki', 'loki'),
  ofJob('alloy', 'alloy'),
  { ...ofJob('promtail', 'promtail'), setting: 'LOG_SHIPPER=promtail', replaces: ['alloy'] },
  // Pushed series carry the job that pushed them, and so do the times of their pushes.
  { ...ofJob('pushgateway', 'pushgateway'), series: ['{job="pushgateway"}', '{__name__=~"push_(failure_)?time_seconds"}'] },
];

/** What is wrong with `service=image` arguments: the service must be one that is captured. */
export function wrongImages(images: readonly string[]): readonly Problem[] {
  const services = [...new Set(CONTRACT_SOURCES.map(({ service }) => service))];
  return images.flatMap((given) => {
    const [, service = '', image = ''] = /^([^=]*)=(\S+)$/.exec(given) ?? [];
    if (image === '')
      return [error('arguments', `"${given}" is not service=image`, '--image postgres-exporter=registry/postgres-exporter:v0.20.1')];
    if (services.includes(service)) return [];
    return [error('arguments', `there is no exporter "${service}"`, `Did you mean ${closest(service, services)}?`)];
  });
}
