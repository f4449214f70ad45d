import { Document, isAlias, isMap, isScalar, isSeq, parseDocument, visit } from 'yaml';
import type { Instance } from '../settings/instances.ts';
import type { ModuleSpec, Threshold } from '../modules/spec.ts';
import { error, type Problem } from '../base/problem.ts';
import type { PlainSettings } from '../settings/table.ts';
import { vectorDatabases } from '../modules/vector/databases.ts';

/** Text files by their path below the checkout (sources) or below `.effective/` (results), with `/`. */
export type Tree = ReadonlyMap<string, string>;

/** What rendering needs to know of the host. */
export interface HostFacts {
  readonly serverName: string;
  /** The address on which node exporter listens: the host's side of the stack's network. */
  readonly gateway: string;
}

/** Parses YAML, merge keys (`<<`) as Alertmanager and Loki understand them; undefined and its first mistakes where it does not parse. */
export function parseYaml(path: string, text: string): { readonly doc?: Document.Parsed; readonly problems: readonly Problem[] } {
  const doc = parseDocument(text, { merge: true });
  // One bracket too many makes the parser stumble over all that follows.
  const problems = doc.errors
    .slice(0, 3)
    .map((failure) =>
      error(
        `${path}:${failure.linePos?.[0].line ?? 1}`,
        `is not valid YAML: ${failure.message.split('\n')[0]?.replace(/ at line.*$/, '') ?? ''}`,
        'Mend the line; the running stack has not been touched.',
      ),
    );
  return problems.length > 0 ? { problems } : { doc, problems };
}

/** Files that carry a module's name belong to it; the others are the user's own and always count. */
export function moduleOf(path: string, modules: readonly ModuleSpec[]): ModuleSpec | undefined {
  const name = path
    .split('/')
    .at(-1)
    ?.replace(/\.ya?ml$/, '');
  return modules.find((module) => module.name === name);
}

/** True where the file belongs to a module that is on, or to no module. */
export function isSelected(path: string, modules: readonly ModuleSpec[], enabled: ReadonlySet<string>): boolean {
  const module = moduleOf(path, modules);
  return module === undefined || enabled.has(module.name);
}

/** Renders `prometheus/prometheus.yml`: fills in the name of this cluster. */
export function renderPrometheusConfig(doc: Document.Parsed, clusterName: string): string {
  setBelow(doc, ['global', 'external_labels'], 'cluster', clusterName);
  return String(doc);
}

/** Sets a key of a map, where the map or one above it may stand there empty (`global:` with all its lines commented out). */
export function setBelow(doc: Document, path: readonly string[], key: string, value: unknown): void {
  path.forEach((_, index) => {
    const above = path.slice(0, index + 1);
    const node = doc.getIn(above, true);
    if (isScalar(node) && node.value === null) doc.deleteIn(above);
  });
  doc.setIn([...path, key], value);
}

/** Static targets that settings add to a job of the checked-in scrape files. */
export interface AddedTargets {
  readonly job: string;
  readonly groups: readonly { readonly targets: readonly string[]; readonly labels: Readonly<Record<string, string>> }[];
}

/** The targets that settings and the host give to each module's job. */
export function addedTargets(settings: PlainSettings, host: HostFacts, services: ReadonlySet<string>): readonly AddedTargets[] {
  const databases = (job: 'postgres' | 'redis', instances: readonly Instance[]): AddedTargets => ({
    job,
    groups: instances.map(({ name, url }) => ({ targets: [url], labels: { instance: name, service: name } })),
  });
  const probes = settings.BLACKBOX_TARGETS.length > 0 ? settings.BLACKBOX_TARGETS : OWN_ENDPOINTS;
  return [
    {
      job: 'node',
      groups: [{ targets: [`${host.gateway}:${settings.NODE_EXPORTER_PORT}`], labels: { instance: host.serverName, service: 'node' } }],
    },
    {
      job: 'containers',
      groups: [['cadvisor', 'cadvisor:8080'] as const, ['container-exporter', 'container-exporter:9417'] as const].flatMap(
        ([service, target]) =>
          // As the host's own metrics, so that ServerDown speaks for the containers of that server too.
          services.has(service) ? [{ targets: [target], labels: { instance: host.serverName, service } }] : [],
      ),
    },
    databases('postgres', settings.POSTGRES_INSTANCES),
    databases('redis', settings.REDIS_INSTANCES),
    {
      job: 'vector',
      groups: vectorDatabases(settings.VECTOR_INSTANCES, settings.POSTGRES_INSTANCES).map(({ target, instance: { name }, database }) => ({
        targets: [target],
        labels: { instance: name, service: name, database },
      })),
    },
    { job: 'blackbox', groups: probes.map((url) => ({ targets: [url], labels: { service: new URL(url).hostname } })) },
  ];
}

/** What is probed until the user names endpoints: the stack's own pages, so that the module shows data from the first minute. */
export const OWN_ENDPOINTS: readonly string[] = [
  'http://prometheus:9090/-/ready',
  'http://alertmanager:9093/-/ready',
  'http://history:9095/-/ready',
];

/** Renders one scrape file: adds the given static targets to its jobs, and leaves out jobs of services that do not run. */
export function renderScrape(doc: Document.Parsed, added: readonly AddedTargets[], absentServices: ReadonlySet<string>): string {
  const jobs = doc.getIn(['scrape_configs']);
  if (!isSeq(jobs)) return String(doc);
  jobs.items = jobs.items.filter((job) => !(isMap(job) && absentServices.has(String(job.get('job_name')))));
  for (const job of jobs.items) {
    if (!isMap(job)) continue;
    const extra = added.find((candidate) => candidate.job === job.get('job_name'));
    if (extra === undefined || extra.groups.length === 0) continue;
    job.set('static_configs', doc.createNode(extra.groups));
  }
  return String(doc);
}

/**
 * Names the stack's own services by service and network (`alertmanager.pharos_monitoring:9093`): on a network of `APP_NETWORKS` another container
 * may answer to the bare name, and Docker would resolve it to either of them.
 */
export function qualifyServices(text: string, services: ReadonlySet<string>, network: string): string {
  const doc = parseDocument(text);
  visit(doc, {
    Scalar(_, node) {
      const [, before = '', service = '', port = '', after = ''] =
        /^((?:https?:\/\/)?)([a-z][a-z-]*)(:\d+)((?:\/.*)?)$/.exec(typeof node.value === 'string' ? node.value : '') ?? [];
      if (services.has(service)) node.value = `${before}${service}.${network}${port}${after}`;
    },
  });
  return String(doc);
}

/** Renders one rule file: thresholds from settings, and on every alert the address of its runbook page. */
export function renderRules(
  doc: Document.Parsed,
  path: string,
  module: string,
  runbooksUrl: string,
  thresholds: readonly Threshold[],
  settings: PlainSettings,
): { readonly text: string; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  // One map may be shared by several rules (`annotations: *shared`), and each alert has a page of its own.
  visit(doc, {
    Pair(_, pair) {
      if (isAlias(pair.value) && String(pair.key) === 'annotations') pair.value = doc.createNode(pair.value.toJS(doc));
    },
  });
  visit(doc, {
    Map(_, map) {
      const alert = map.get('alert');
      if (typeof alert !== 'string') return;
      for (const threshold of thresholds.filter((candidate) => candidate.alert === alert)) {
        const expr = map.get('expr', true);
        const moved = isScalar(expr) ? withThreshold(String(expr.value), threshold.literal, settings[threshold.setting]) : undefined;
        if (moved === undefined)
          problems.push(
            error(
              path,
              `${alert} does not end in "> ${threshold.literal}", so ${threshold.setting} cannot move it`,
              `End the expression in > ${threshold.literal}, or take the threshold out of scripts/modules/${module}.ts.`,
            ),
          );
        else if (isScalar(expr)) expr.value = moved;
      }
      if (map.get('annotations') === undefined) map.delete('annotations');
      if (!map.hasIn(['annotations', 'runbook_url'])) map.setIn(['annotations', 'runbook_url'], `${runbooksUrl}/${module}/${alert}`);
    },
  });
  return { text: String(doc), problems };
}

/** Replaces the literal that an expression ends in; undefined where it does not end in `> literal`. */
export function withThreshold(expr: string, literal: number, value: number): string | undefined {
  const match = /^([\s\S]*>=?\s*)(\d+(?:\.\d+)?)(\s*)$/.exec(expr);
  return match === null || Number(match[2]) !== literal ? undefined : `${match[1]}${value}${match[3]}`;
}
