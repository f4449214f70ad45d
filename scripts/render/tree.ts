import { isMap, isSeq, parse, stringify } from 'yaml';
import { shapeProblems } from '../alertmanager/shape.ts';
import { unloadedFiles } from './file-names.ts';
import type { ModuleSpec } from '../modules/spec.ts';
import { error, errorsOf, type Problem } from '../base/problem.ts';
import {
  addedTargets,
  isSelected,
  moduleOf,
  parseYaml,
  qualifyServices,
  renderPrometheusConfig,
  renderRules,
  renderScrape,
  setBelow,
  type HostFacts,
  type Tree,
} from './scrape.ts';
import type { RenderedAlertmanager } from '../alertmanager/render.ts';
import { ownSecretFiles, unknownSecrets, unreadSecrets } from '../alertmanager/secret-files.ts';
import type { PlainSettings } from '../settings/table.ts';
import { renderSlo } from '../rules/render-slo.ts';
import { moduleName } from '../rules/invariants.ts';
import { dashboardFileProblems, sourceShapeProblems } from './source-shapes.ts';

export interface RenderInput {
  /** The checked-in configs, by their path below the checkout. */
  readonly sources: Tree;
  readonly settings: PlainSettings;
  readonly host: HostFacts;
  readonly all: readonly ModuleSpec[];
  /** The modules that run. */
  readonly modules: readonly ModuleSpec[];
  /** The services that run. */
  readonly services: ReadonlySet<string>;
  /** Renders `alertmanager.yml`, given its parsed value. */
  readonly alertmanager: (config: unknown) => RenderedAlertmanager;
  /** Names of the files under `secrets/`. */
  readonly secretFiles: Iterable<string>;
}

/** What must be found in the running stack; smoke checks compare it with what is. */
export interface Expected {
  /** Addresses of the static targets of each job. */
  readonly targets: ReadonlyMap<string, readonly string[]>;
  /** Jobs that also read target files, with the folder below `prometheus/targets/`. */
  readonly fileJobs: readonly string[];
  /** Alerting and recording rules. */
  readonly rules: number;
  readonly dashboards: readonly string[];
  readonly dataSources: readonly { readonly uid: string; readonly type: string }[];
}

export interface RenderResult {
  /** Files under `secrets/` that Alertmanager reads. */
  readonly alertmanagerSecrets: readonly string[];
  /** Receivers that are left out, because no channel of theirs is set. */
  readonly silentReceivers: readonly string[];
  /** The files of `.effective/`. */
  readonly tree: Map<string, string>;
  readonly problems: readonly Problem[];
  /** Of what Alertmanager is told to do, as amtool would find it in a file that can be rendered. */
  readonly alertmanagerProblems: readonly Problem[];
}

/** Renders every config: selects what the enabled modules need and annotates it with settings. Never replaces text by pattern. */
export function renderTree(input: RenderInput): RenderResult {
  const { sources, settings } = input;
  const tree = new Map<string, string>([
    ['prometheus/targets/.mountpoint', ''],
    ['loki/rules/.keep', ''],
  ]);
  const problems: Problem[] = [...unloadedFiles(sources.keys()), ...targetFileProblems(sources), ...dashboardFileProblems(sources)];
  let alertmanagerSecrets: readonly string[] = [];
  let alertmanagerProblems: readonly Problem[] = [];
  let silentReceivers: readonly string[] = [];
  const own = ownSecretFiles(input.secretFiles, settings);
  const enabled = new Set(input.modules.map(({ name }) => name));
  const absent = new Set(['grafana', 'loki', 'alloy', 'promtail'].filter((service) => !input.services.has(service)));
  const added = addedTargets(settings, input.host, input.services);
  const qualify = (text: string): string => qualifyServices(text, input.services, `${settings.COMPOSE_PROJECT_NAME}_monitoring`);
  const runbooksUrl = `http://${settings.PUBLIC_HOST}:${settings.HISTORY_PORT}/runbooks`;

  for (const [path, text] of sources) {
    const folder = path.split('/').slice(0, 2).join('/');
    if (folder === 'prometheus/targets' || (/^prometheus\/(scrape|rules)\//.test(path) && !isSelected(path, input.all, enabled))) continue;
    if (folder === 'prometheus/slo' && /\.ya?ml$/.test(path)) {
      const rendered = renderSlo(path, text, { sources, runbooksUrl, retention: settings.PROMETHEUS_RETENTION_TIME });
      problems.push(...rendered.problems);
      if (rendered.rules !== undefined) tree.set(rendered.rules.path, rendered.rules.text);
    }
    const target = destination(path);
    if (target === undefined) continue;
    if (!/\.ya?ml$/.test(path)) {
      tree.set(target, text);
      continue;
    }
    const { doc, problems: found } = parseYaml(path, text);
    problems.push(...found);
    if (doc === undefined) continue;
    const misshapen = sourceShapeProblems(path, text, doc);
    problems.push(...misshapen);
    if (misshapen.length > 0) continue;
    if (path === 'prometheus/prometheus.yml')
      tree.set(target, qualify(renderPrometheusConfig(doc, settings.CLUSTER_NAME ?? settings.COMPOSE_PROJECT_NAME)));
    else if (folder === 'prometheus/scrape') tree.set(target, qualify(renderScrape(doc, added, absent)));
    else if (folder === 'prometheus/rules') {
      const module = moduleOf(path, input.all);
      const rendered = renderRules(doc, path, moduleName(path), runbooksUrl, module?.thresholds ?? [], settings);
      problems.push(...rendered.problems);
      tree.set(target, rendered.text);
    } else if (path === 'alertmanager/alertmanager.yml') {
      const source = { path, text, doc };
      const shape = shapeProblems(source);
      alertmanagerProblems = shape.length > 0 ? shape : [...unknownSecrets(source, own), ...unreadSecrets(source, own, settings)];
      if (errorsOf(alertmanagerProblems).length > 0) continue;
      const rendered = input.alertmanager(doc.toJS({ maxAliasCount: -1 }));
      alertmanagerSecrets = rendered.secretFiles;
      silentReceivers = rendered.fallenBack;
      tree.set(target, stringify(rendered.config, { aliasDuplicateObjects: false }));
    } else if (path === 'loki/loki.yml') {
      setBelow(doc, ['limits_config'], 'retention_period', `${settings.LOKI_RETENTION_DAYS * 24}h`);
      tree.set(target, String(doc));
    } else if (path.startsWith('grafana/provisioning/datasources/')) {
      const sourcesList = doc.get('datasources');
      if (isSeq(sourcesList))
        sourcesList.items = sourcesList.items.filter((item) => input.services.has('loki') || !(isMap(item) && item.get('uid') === 'loki'));
      tree.set(target, String(doc));
    } else tree.set(target, text);
  }
  return { tree, alertmanagerSecrets, silentReceivers, problems, alertmanagerProblems };
}

/** Source path → path below `.effective/`; undefined for files that no container reads. */
function destination(path: string): string | undefined {
  if (/(^|\/)README\.md$/.test(path) && !path.startsWith('runbooks/')) return undefined;
  if (path.startsWith('prometheus/slo/')) return undefined;
  if (path.startsWith('exporters/blackbox/')) return path.endsWith('blackbox.yml') ? 'blackbox/blackbox.yml' : undefined;
  if (path.startsWith('exporters/vector/')) return path.endsWith('/canaries.yml') ? 'vector/canaries.yml' : undefined;
  if (path.startsWith('exporters/docker-socket-proxy/'))
    return path.endsWith('haproxy.cfg') ? 'docker-socket-proxy/haproxy.cfg' : undefined;
  if (path.startsWith('loki/alloy/')) return path.replace('loki/alloy/', 'alloy/');
  if (path.startsWith('loki/promtail/')) return path.replace('loki/promtail/', 'promtail/');
  if (/^grafana\/(provisioning|dashboards)\//.test(path)) return path;
  return /^(prometheus|alertmanager\/(alertmanager\.yml|templates\/)|loki|runbooks|history)/.test(path) ? path : undefined;
}

function targetFileProblems(sources: Tree): readonly Problem[] {
  return [...sources].flatMap(([path, text]) => {
    if (!/^prometheus\/targets\/.*\.ya?ml$/.test(path)) return [];
    const { doc, problems } = parseYaml(path, text);
    if (doc === undefined) return problems;
    const groups: unknown = doc.toJS();
    const wellFormed = groups === null || (Array.isArray(groups) && groups.every(isTargetGroup));
    return wellFormed
      ? urlTargets(path, text)
      : [error(path, 'is not a list of target groups', 'Write it as\n- targets: [shop-backend:3000]\n  labels: { service: shop-backend }')];
  });
}

/** Jobs whose targets are URLs; those of the others are host:port. */
const URL_JOBS = /^prometheus\/targets\/(blackbox|postgres|redis)\//;

/** A URL where host:port belongs. Prometheus refuses the whole configuration for it, without a word of the file. */
function urlTargets(path: string, text: string): readonly Problem[] {
  if (URL_JOBS.test(path)) return [];
  const lines = text.split('\n');
  return lines.flatMap((line, index) =>
    [...line.replace(/(^|\s)#.*$/, '').matchAll(/https?:\/\/([\w.:[\]-]+)([^\s'",\]]*)/g)]
      .filter(() => /targets:|^\s*-\s/.test(line))
      .map(([url, host = '', page = '']) => {
        const secure = url.startsWith('https') ? ' and the label __scheme__: https' : '';
        const port = /:\d+$/.test(host) ? host : `${host}:${secure === '' ? 80 : 443}`;
        const labels = page === '' || page === '/' || page === '/metrics' ? '' : ` and the label __metrics_path__: ${page}`;
        return error(`${path}:${index + 1}`, `"${url}" is a URL where host:port belongs`, `${port}${labels}${secure}`);
      }),
  );
}

function isTargetGroup(group: unknown): boolean {
  if (typeof group !== 'object' || group === null || !('targets' in group) || !Array.isArray(group.targets)) return false;
  const labels = 'labels' in group ? group.labels : {};
  return group.targets.every((target) => typeof target === 'string') && typeof labels === 'object';
}

interface ScrapeFile {
  scrape_configs?: { job_name: string; static_configs?: { targets?: string[] }[]; file_sd_configs?: unknown[] }[];
}
interface RuleFile {
  groups?: { rules?: unknown[] }[];
}

/** What the running stack must show of a tree that was rendered without an error. */
export function expectedOf(tree: Tree): Expected {
  const parsed = <T>(prefix: string): T[] =>
    [...tree].filter(([path]) => path.startsWith(prefix) && /\.ya?ml$/.test(path)).map(([, text]) => (parse(text) ?? {}) as T);
  const jobs = parsed<ScrapeFile>('prometheus/scrape/').flatMap((file) => file.scrape_configs ?? []);
  const rules = parsed<RuleFile>('prometheus/rules/').flatMap((file) => file.groups ?? []);
  const dashboards = [...tree].filter(([path]) => path.startsWith('grafana/dashboards/') && path.endsWith('.json'));
  const sources = parsed<{ datasources?: { uid: string; type: string }[] }>('grafana/provisioning/datasources/').flatMap(
    (file) => file.datasources ?? [],
  );
  return {
    targets: new Map(jobs.map((job) => [job.job_name, (job.static_configs ?? []).flatMap((group) => group.targets ?? [])])),
    fileJobs: jobs.filter((job) => job.file_sd_configs !== undefined).map((job) => job.job_name),
    rules: rules.reduce((sum, group) => sum + (group.rules ?? []).length, 0),
    dashboards: dashboards.map(([, text]) => (JSON.parse(text) as { uid: string }).uid),
    dataSources: sources.map(({ uid, type }) => ({ uid, type })),
  };
}
