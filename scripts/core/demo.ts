import { stringify } from 'yaml';

/** The example's Compose services, in the order they are reported. */
export const DEMO_SERVICES = ['demo-postgres', 'demo-redis', 'demo-backend', 'demo-load'] as const;

/** The Compose project of the example; never the stack's own, so that `down` and `up` leave it alone. */
export const demoProject = (project: string): string => `${project}-demo`;

/** The example's network. */
export const demoNetwork = (project: string): string => `${demoProject(project)}_monitoring`;

/** Services of the stack that must reach the example, where they run. */
export const DEMO_WATCHERS = ['prometheus', 'blackbox-exporter'] as const;

/** Target files that make a running stack watch the example, by their path from the checkout; only of modules that are on. */
export function demoTargets(modules: readonly string[]): ReadonlyMap<string, string> {
  const groups: Readonly<Record<string, object>> = {
    apps: { targets: ['demo-backend:3000'], labels: { instance: 'demo-backend', service: 'demo' } },
    blackbox: { targets: ['http://demo-backend:3000/health/ready'], labels: { service: 'demo' } },
  };
  return new Map(
    Object.entries(groups)
      .filter(([module]) => modules.includes(module))
      .map(([module, group]) => [
        `prometheus/targets/${module}/demo.yml`,
        `# Written by npm run demo; npm run demo -- --stop removes it.\n${stringify([group])}`,
      ]),
  );
}
