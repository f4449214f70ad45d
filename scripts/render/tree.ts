import { isMap, isSeq, stringify, type Document } from 'yaml';
import type { RenderedAlertmanager } from '../alertmanager/render.ts';
import { ownSecretFiles, unknownSecrets, unreadSecrets } from '../alertmanager/secret-files.ts';
import { shapeProblems } from '../alertmanager/shape.ts';
import { withWindows } from '../alertmanager/window-routes.ts';
import { readWindows, WINDOWS } from '../alertmanager/windows.ts';
import { errorsOf, type Problem } from '../base/problem.ts';
import { parseYaml, type Tree } from '../base/tree.ts';
import type { AnyModule } from '../modules/spec.ts';
import type { HostFacts } from '../modules/parts.ts';
import { moduleName } from '../rules/invariants.ts';
import { heldByDeployments } from '../rules/deployment.ts';
import { renderSlo } from '../rules/render-slo.ts';
import type { PlainSettings } from '../settings/table.ts';
import { unloadedFiles } from './file-names.ts';
import { isSelected, moduleOf, qualifyServices, renderPrometheusConfig, renderRules, renderScrape } from './scrape.ts';
import { labelTargets, serversInFiles } from './target-labels.ts';
import { dashboardFileProblems, sourceShapeProblems } from './source-shapes.ts';
import { targetFileProblems } from './target-files.ts';

export interface RenderInput {
  /** The checked-in configs, by their path below the checkout. */
  readonly sources: Tree;
  readonly settings: PlainSettings;
  readonly host: HostFacts;
  readonly all: readonly AnyModule[];
  /** The modules that run. */
  readonly modules: readonly AnyModule[];
  /** The services that run. */
  readonly services: ReadonlySet<string>;
  /** Renders `alertmanager.yml`, given its parsed value. */
  readonly alertmanager: (config: unknown) => RenderedAlertmanager;
  /** Names of the files under `secrets/`. */
  readonly secretFiles: Iterable<string>;
}

export interface RenderResult {
  /** Files under `secrets/` that Alertmanager reads. */
  readonly alertmanagerSecrets: readonly string[];
  /** Receivers that are skipped because none of their channels is set. */
  readonly silentReceivers: readonly string[];
  /** The files of `.effective/`. */
  readonly tree: Map<string, string>;
  readonly problems: readonly Problem[];
  /** Problems of Alertmanager's configuration that amtool would find in a rendered file. */
  readonly alertmanagerProblems: readonly Problem[];
}

/** What one file renders to; `text` is undefined where it could not be rendered. */
interface Rendered {
  readonly text?: string;
  readonly problems?: readonly Problem[];
}

/** A parsed YAML file of the checkout. */
interface Source {
  readonly path: string;
  readonly text: string;
  readonly doc: Document.Parsed;
}

/** Renders every config: selects what the enabled modules need and fills in settings. Never by text replacement. */
export function renderTree(input: RenderInput): RenderResult {
  const { sources, all } = input;
  const tree = new Map<string, string>([
    ['prometheus/targets/.mountpoint', ''],
    ...all.flatMap(({ placeholders = [] }) => placeholders.map((path): [string, string] => [path, ''])),
  ]);
  const problems: Problem[] = [
    ...unloadedFiles(sources.keys()),
    ...targetFileProblems(sources, all),
    ...dashboardFileProblems(sources),
    ...renderSlos(input, tree),
  ];
  const enabled = new Set(input.modules.map(({ name }) => name));
  const isOff = (path: string): boolean => /^prometheus\/(scrape|rules)\//.test(path) && !isSelected(path, all, enabled);
  const render = renderer(input);
  let alertmanager: AlertmanagerPart = { secrets: [], silent: [], problems: [] };
  for (const [path, text] of sources) {
    const target = destination(path, all);
    if (target === undefined || isOff(path)) continue;
    if (!/\.ya?ml$/.test(path)) {
      tree.set(target, text);
      continue;
    }
    const { doc, problems: unparsed } = parseYaml(path, text);
    const misshapen = doc === undefined ? unparsed : sourceShapeProblems(path, text, doc);
    problems.push(...misshapen);
    if (doc === undefined || misshapen.length > 0) continue;
    const source = { path, text, doc };
    if (path === ALERTMANAGER) {
      alertmanager = renderAlertmanager(input, source);
      if (alertmanager.text !== undefined) tree.set(target, alertmanager.text);
      continue;
    }
    const rendered = render(source);
    problems.push(...(rendered.problems ?? []));
    if (rendered.text !== undefined) tree.set(target, rendered.text);
  }
  return {
    tree,
    problems,
    alertmanagerSecrets: alertmanager.secrets,
    silentReceivers: alertmanager.silent,
    alertmanagerProblems: alertmanager.problems,
  };
}

const ALERTMANAGER = 'alertmanager/alertmanager.yml';

interface AlertmanagerPart {
  readonly text?: string;
  readonly secrets: readonly string[];
  readonly silent: readonly string[];
  readonly problems: readonly Problem[];
}

function renderAlertmanager({ sources, settings, secretFiles, alertmanager }: RenderInput, source: Source): AlertmanagerPart {
  const own = ownSecretFiles(secretFiles, settings);
  const shape = shapeProblems(source);
  const text = sources.get(WINDOWS) ?? '';
  // A file that does not parse is reported with all others.
  const { doc } = parseYaml(WINDOWS, text);
  const { windows, problems: misread } = doc === undefined ? { windows: [], problems: [] } : readWindows({ path: WINDOWS, text, doc });
  const found = [...(shape.length > 0 ? shape : [...unknownSecrets(source, own), ...unreadSecrets(source, own, settings)]), ...misread];
  if (errorsOf(found).length > 0) return { secrets: [], silent: [], problems: found };
  const { config: rendered, secretFiles: secrets, fallenBack: silent } = alertmanager(source.doc.toJS({ maxAliasCount: -1 }));
  const { config, problems } = withWindows(rendered, windows);
  return { text: stringify(config, { aliasDuplicateObjects: false }), secrets, silent, problems: [...found, ...problems] };
}

/** The rules of the SLOs in `prometheus/slo/`. */
function renderSlos({ sources, settings }: RenderInput, tree: Map<string, string>): readonly Problem[] {
  return [...sources].flatMap(([path, text]) => {
    if (!/^prometheus\/slo\/[^/]+\.ya?ml$/.test(path)) return [];
    const { rules, problems } = renderSlo(path, text, {
      sources,
      runbooksUrl: runbooksUrl(settings),
      retention: settings.PROMETHEUS_RETENTION_TIME,
    });
    if (rules !== undefined) tree.set(rules.path, rules.text);
    return problems;
  });
}

/** Renders each parsed file by its path. */
function renderer({ sources, settings, host, all, services }: RenderInput): (source: Source) => Rendered {
  const absent = new Set(all.flatMap((module) => module.services(settings)).filter((service) => !services.has(service)));
  const added = all.flatMap(({ targets }) => targets?.(settings, host, services) ?? []);
  const network = `${settings.COMPOSE_PROJECT_NAME}_monitoring`;
  const qualify = (text: string): string => qualifyServices(text, services, network);
  const held = heldByDeployments(parseYaml(ALERTMANAGER, sources.get(ALERTMANAGER) ?? '').doc?.toJS({ maxAliasCount: -1 }));
  const facts = { ...host, network, servers: [...settings.TARGET_SERVERS, ...serversInFiles(sources, all)] };
  return ({ path, doc }) => {
    if (path === 'prometheus/prometheus.yml')
      return { text: qualify(renderPrometheusConfig(doc, settings.CLUSTER_NAME ?? settings.COMPOSE_PROJECT_NAME)) };
    if (path.startsWith('prometheus/scrape/')) {
      labelTargets(doc, facts);
      return { text: qualify(renderScrape(doc, added, absent)) };
    }
    if (path.startsWith('prometheus/rules/')) {
      const thresholds = moduleOf(path, all)?.thresholds ?? [];
      return renderRules(doc, { path, module: moduleName(path), runbooksUrl: runbooksUrl(settings), thresholds, settings, held });
    }
    if (path.startsWith('grafana/provisioning/datasources/')) {
      const list = doc.get('datasources');
      if (isSeq(list)) list.items = list.items.filter((item) => !(isMap(item) && absent.has(String(item.get('uid')))));
    }
    for (const { annotate = {} } of all) annotate[path]?.(doc, settings);
    return { text: String(doc) };
  };
}

function runbooksUrl({ PUBLIC_HOST, HISTORY_PORT }: PlainSettings): string {
  return `http://${PUBLIC_HOST}:${HISTORY_PORT}/runbooks`;
}

/** Source path → path below `.effective/`; undefined for files that no container reads. */
function destination(path: string, modules: readonly AnyModule[]): string | undefined {
  if (/(^|\/)README\.md$/.test(path) && !path.startsWith('runbooks/')) return undefined;
  if (/^prometheus\/(slo|targets)\//.test(path)) return undefined;
  for (const [from, to] of modules.flatMap(({ files = {} }) => Object.entries(files)))
    if (from.endsWith('/') ? path.startsWith(from) : path === from) return to + path.slice(from.length);
  return /^(prometheus|alertmanager\/(alertmanager\.yml|windows\.yml|templates\/)|grafana\/(provisioning|dashboards)\/|runbooks)/.test(path)
    ? path
    : undefined;
}
