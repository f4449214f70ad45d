import { stringify } from 'yaml';

/** The example's Compose services, in the order they are reported. */
export const DEMO_SERVICES = ['demo-postgres', 'demo-redis', 'demo-backend', 'demo-load'] as const;

/** Exporters for the example's databases, likewise. */
export const DEMO_EXPORTERS = ['demo-postgres-exporter', 'demo-redis-exporter', 'demo-vector-exporter'] as const;

export type DemoExporter = (typeof DEMO_EXPORTERS)[number];

/** Variables of the example's Compose file that name an image: the service of the stack, or of the example, that runs the same one, and who needs it. */
export const DEMO_IMAGES = {
  DEMO_NODE_IMAGE: { service: 'history', of: 'demo-backend' },
  DEMO_POSTGRES_IMAGE: { service: 'demo-postgres', of: 'demo-postgres' },
  DEMO_REDIS_IMAGE: { service: 'demo-redis', of: 'demo-redis' },
  DEMO_POSTGRES_EXPORTER_IMAGE: { service: 'postgres-exporter', of: 'demo-postgres-exporter' },
  DEMO_REDIS_EXPORTER_IMAGE: { service: 'redis-exporter', of: 'demo-redis-exporter' },
} as const;

/** The Compose project of the example; never the stack's own, so that `down` and `up` leave it alone. */
export const demoProject = (project: string): string => `${project}-demo`;

/** The example's network. */
export const demoNetwork = (project: string): string => `${demoProject(project)}_monitoring`;

/** Services of the stack that must reach the example, where they run. */
export const DEMO_WATCHERS = ['prometheus', 'blackbox-exporter'] as const;

/** The uids of the dashboards that live by the example, in the order in which one looks at them; without the module apps only one does. */
export const demoDashboards = (modules: readonly string[]): readonly string[] =>
  modules.includes('apps') ? ['overview', 'applications', 'vector', 'stack'] : ['overview'];

interface Group {
  readonly targets: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

/** What Prometheus scrapes of the example itself; the label `job` takes the place of the job's own name, so that rules and panels know whose figures these are. */
const EXPORTERS: Readonly<Record<DemoExporter, Group>> = {
  'demo-postgres-exporter': { targets: ['demo-postgres-exporter:9187'], labels: { job: 'postgres', instance: 'demo-postgres' } },
  'demo-redis-exporter': { targets: ['demo-redis-exporter:9121'], labels: { job: 'redis', instance: 'demo-redis' } },
  'demo-vector-exporter': {
    targets: ['demo-vector-exporter:9188'],
    labels: { job: 'vector', instance: 'demo-postgres', database: 'postgres', __param_target: 'demo-postgres' },
  },
};

const BACKEND = 'demo-backend:3000';

/** True for an address that the example's target files name. */
export function isDemoTarget(address: string): boolean {
  const host = address.replace(/^https?:\/\//, '').split('/')[0] ?? '';
  return [BACKEND, ...Object.values(EXPORTERS).flatMap(({ targets }) => targets)].includes(host);
}

/** The database that the example's vector exporter looks at, as a file of its own form. */
export function demoVectorDatabases(password: string): string {
  const url = 'postgresql://postgres@demo-postgres:5432/postgres?sslmode=disable';
  return JSON.stringify([{ target: 'demo-postgres', instance: 'demo-postgres', url, password }]);
}

/**
 * Target files that make a running stack watch the example, by their path from the checkout; only of modules that are on.
 *
 * @param exporters those that run
 */
export function demoTargets(modules: readonly string[], exporters: readonly DemoExporter[]): ReadonlyMap<string, string> {
  const backend: Group = { targets: [BACKEND], labels: { instance: 'demo-backend' } };
  const groups: Readonly<Record<string, readonly Group[]>> = {
    apps: [backend, ...exporters.map((exporter) => EXPORTERS[exporter])],
    blackbox: [{ targets: ['http://demo-backend:3000/health/ready'], labels: {} }],
  };
  const ofDemo = ({ targets, labels }: Group): Group => ({ targets, labels: { ...labels, service: 'demo' } });
  return new Map(
    Object.entries(groups)
      .filter(([module]) => modules.includes(module))
      .map(([module, list]) => [
        `prometheus/targets/${module}/demo.yml`,
        `# Written by npm run demo; npm run demo -- --stop removes it.\n${stringify(list.map(ofDemo))}`,
      ]),
  );
}
