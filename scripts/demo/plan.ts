import { stringify } from 'yaml';
import { modules } from '../modules/index.ts';
import type { Demo, DemoTargets } from '../modules/parts.ts';

/** Parts of the demo: those of every module, and optional ones that `MODULES` or `--with` names. */
export function demoParts(enabled: readonly string[], wanted: readonly string[] = []): readonly Demo[] {
  return modules.flatMap(({ name, demo }) =>
    demo !== undefined && (!demo.optional || enabled.includes(name) || wanted.includes(name)) ? [demo] : [],
  );
}

const ALL = modules.flatMap(({ demo }) => demo ?? []);

/** Names of modules that `--with` may add. */
export const OPTIONAL_PARTS: readonly string[] = modules.flatMap(({ name, demo }) => (demo?.optional === true ? [name] : []));

/** The Compose project of the demo; never the stack's own, so that `down` and `up` leave it alone. */
export const demoProject = (project: string): string => `${project}-demo`;

/** The demo's network. */
export const demoNetwork = (project: string): string => `${demoProject(project)}_monitoring`;

/** Services of the stack that must reach the demo, where they run. */
export const DEMO_WATCHERS: ReadonlySet<string> = new Set(
  ALL.flatMap(({ targets }) => targets).flatMap(({ module }) => modules.find(({ name }) => name === module)?.reaches ?? []),
);

/** The uids of the dashboards that it fills, in viewing order; of a dashboard only if its modules scrape the demo. */
export function demoDashboards(parts: readonly Demo[], enabled: readonly string[]): readonly string[] {
  const filled = parts.filter(({ targets }) => targets.some(({ module }) => enabled.includes(module)));
  const scraped = parts.flatMap(exporterModules).every((name) => enabled.includes(name));
  return ['overview', ...(scraped ? filled.flatMap(({ dashboards }) => dashboards) : [])];
}

/** Modules through which the demo's exporters are scraped. */
export function exporterModules({ exporters, targets }: Demo): readonly string[] {
  return targets.filter(({ of }) => exporters.includes(of)).map(({ module }) => module);
}

/** Exporters that a module would scrape. */
export function wantedExporters(parts: readonly Demo[], enabled: readonly string[]): readonly string[] {
  return parts.flatMap(({ exporters, targets }) =>
    exporters.filter((exporter) => targets.some(({ of, module }) => of === exporter && enabled.includes(module))),
  );
}

/** True for an address that the demo's target files name. */
export function isDemoTarget(address: string): boolean {
  return ALL.some(({ targets }) => targets.some((group) => group.targets.includes(address)));
}

/**
 * Target files that make a running stack watch the demo, by their path from the checkout; only of modules that are on.
 *
 * @param running the demo's services that run
 */
export function demoTargets(parts: readonly Demo[], enabled: readonly string[], running: readonly string[]): ReadonlyMap<string, string> {
  const groups = parts.flatMap(({ targets }) => targets).filter(({ module, of }) => enabled.includes(module) && running.includes(of));
  const ofDemo = ({ targets, labels }: DemoTargets) => ({ targets, labels: { ...labels, service: 'demo' } });
  return new Map(
    [...new Set(groups.map(({ module }) => module))].map((name) => [
      demoTargetFile(name),
      `# Written by npm run demo; npm run demo -- --stop removes it.\n${stringify(groups.filter(({ module }) => module === name).map(ofDemo))}`,
    ]),
  );
}

/** Every target file that the demo may have written. */
export const DEMO_TARGET_FILES: readonly string[] = [
  ...new Set(ALL.flatMap(({ targets }) => targets.map(({ module }) => demoTargetFile(module)))),
];

function demoTargetFile(module: string): string {
  return `prometheus/targets/${module}/demo.yml`;
}
