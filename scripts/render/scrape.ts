import { Document, isAlias, isMap, isScalar, isSeq, parseDocument, visit } from 'yaml';
import { error, type Problem } from '../base/problem.ts';
import { setBelow } from '../base/tree.ts';
import { NOT_BACK } from '../rules/deployment.ts';
import type { AddedTargets, Threshold } from '../modules/parts.ts';
import type { AnyModule } from '../modules/spec.ts';

/** Files that carry a module's name belong to it; all others are the user's and always count. */
export function moduleOf(path: string, modules: readonly AnyModule[]): AnyModule | undefined {
  const name = path
    .split('/')
    .at(-1)
    ?.replace(/\.ya?ml$/, '');
  return modules.find((module) => module.name === name);
}

/** True if the file belongs to an enabled module, or to no module. */
export function isSelected(path: string, modules: readonly AnyModule[], enabled: ReadonlySet<string>): boolean {
  const module = moduleOf(path, modules);
  return module === undefined || enabled.has(module.name);
}

/** Renders `prometheus/prometheus.yml`: fills in the name of this cluster. */
export function renderPrometheusConfig(doc: Document.Parsed, clusterName: string): string {
  setBelow(doc, ['global', 'external_labels'], 'cluster', clusterName);
  return String(doc);
}

/** Renders one scrape file: adds the given static targets to its jobs, and drops jobs of services that do not run. */
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
 * may have the same bare name, and Docker would resolve it to either of them.
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

/** What a rule file is rendered with. */
export interface RuleOptions {
  readonly path: string;
  /** The module or, for the user's own file, its name. */
  readonly module: string;
  readonly runbooksUrl: string;
  readonly thresholds: readonly Threshold[];
  readonly settings: Readonly<Record<string, unknown>>;
  /** Whether deployments hold an alert back. */
  readonly held: (alert: string) => boolean;
}

/** Renders one rule file: thresholds from settings, the runbook address of every alert, and what deployments have to do with it. */
export function renderRules(
  doc: Document.Parsed,
  { path, module, runbooksUrl, thresholds, settings, held }: RuleOptions,
): { readonly text: string; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  // Several rules may share one map (`annotations: *shared`), but each alert has its own page.
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
        const moved = isScalar(expr)
          ? withThreshold(String(expr.value), threshold.literal, Number(settings[threshold.setting]) * (threshold.factor ?? 1))
          : undefined;
        if (moved === undefined)
          problems.push(
            error(
              path,
              `${alert} does not end in a comparison with ${threshold.literal}, so ${threshold.setting} cannot replace it`,
              `End the expression in > ${threshold.literal} or < ${threshold.literal}, or remove the threshold from scripts/modules/${module}/index.ts.`,
            ),
          );
        else if (isScalar(expr)) expr.value = moved;
      }
      if (map.get('annotations') === undefined) map.delete('annotations');
      const description = map.getIn(['annotations', 'description']);
      if (typeof description === 'string' && held(alert)) map.setIn(['annotations', 'description'], `${description}${NOT_BACK}`);
      if (!map.hasIn(['annotations', 'runbook_url'])) map.setIn(['annotations', 'runbook_url'], `${runbooksUrl}/${module}/${alert}`);
    },
  });
  return { text: String(doc), problems };
}

/** Replaces the literal at the end of an expression; undefined if it does not end in `> literal` or `< literal`. */
export function withThreshold(expr: string, literal: number, value: number): string | undefined {
  const match = /^([\s\S]*[<>]=?\s*)(\d+(?:\.\d+)?)(\s*)$/.exec(expr);
  return match === null || Number(match[2]) !== literal ? undefined : `${match[1]}${value}${match[3]}`;
}
