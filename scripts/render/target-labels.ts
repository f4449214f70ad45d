import { isMap, isSeq, visit, type Document, type YAMLMap } from 'yaml';
import { parseYaml, type Tree } from '../base/tree.ts';
import type { HostFacts } from '../modules/parts.ts';
import type { AnyModule } from '../modules/spec.ts';

/** A host, as it stands in addresses, and the server that it belongs to. */
export interface ServerOfHost {
  readonly host: string;
  readonly server: string;
}

/** What decides the labels `target_host` and `server` of every target. */
export interface LabelFacts extends HostFacts {
  /** The stack's own network: its services have it behind their name. */
  readonly network: string;
  /** Hosts whose server is known; the first one counts. */
  readonly servers: readonly ServerOfHost[];
}

/** The part of a `relabel_configs` entry that is used here. */
interface RelabelRule {
  readonly source_labels: readonly string[];
  readonly separator: string;
  readonly regex: string;
  readonly target_label: string;
  readonly replacement: string;
}

/** `[::1]:3000`, `::1`, `shop-db:5432`, `postgresql://user@shop-db/app?sslmode=disable`: the host is one of three groups. */
const HOST =
  '(?:[A-Za-z][A-Za-z0-9+.-]*://)?(?:[^@/?#]*@)?' +
  '(?:\\[([^\\]]+)\\](?::\\d+)?|([0-9A-Fa-f]*:[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*)|([^:/?#@\\[\\]]+)(?::\\d+)?)(?:[/?#].*)?';

/** A name of a container or a Compose service: no dot, and no IPv6 address. */
const CONTAINER = '[^.:]+';
const OWN_NAMES = ['host\\.docker\\.internal', '127\\..+', '::1'];

/** Sets a label from others where it is empty: a value that a user has set stays. */
function unlessSet(target_label: string, from: string, regex: string, replacement: string): RelabelRule {
  return { source_labels: [target_label, from], separator: ';', regex: `;(?:${regex})`, target_label, replacement };
}

/** Before a job's own relabelling, which may put an exporter's address in the place of the target's. */
function hostRules({ network }: LabelFacts): readonly RelabelRule[] {
  const ownService = `(${CONTAINER})\\.${escaped(network)}`;
  return [
    unlessSet('target_host', '__address__', HOST, '$1$2$3'),
    { source_labels: ['target_host'], separator: ';', regex: ownService, target_label: 'target_host', replacement: '$1' },
  ];
}

/** After a job's own relabelling, which may know better. */
function serverRules({ serverName, gateway, servers }: LabelFacts): readonly RelabelRule[] {
  const own = [CONTAINER, ...OWN_NAMES, escaped(gateway), escaped(serverName)].join('|');
  return [
    ...servers.map(({ host, server }) => unlessSet('server', 'target_host', escaped(host), server.replaceAll('$', '$$$$'))),
    unlessSet('server', 'target_host', own, serverName),
  ];
}

/** The servers that the users' target files name, by the hosts in their addresses. A target without a name is called by its address. */
export function serversInFiles(sources: Tree, modules: readonly AnyModule[]): readonly ServerOfHost[] {
  const folders = modules.flatMap(({ name, targetsAreServers }) => (targetsAreServers === true ? [`prometheus/targets/${name}/`] : []));
  return [...sources].flatMap(([path, text]) => {
    if (!folders.some((folder) => path.startsWith(folder)) || !/\.ya?ml$/.test(path)) return [];
    const groups: unknown = parseYaml(path, text).doc?.toJS();
    return Array.isArray(groups) ? groups.flatMap(serversOf) : [];
  });
}

interface TargetGroup {
  readonly targets?: unknown;
  readonly labels?: Readonly<Record<string, unknown>> | null;
}

function serversOf(group: TargetGroup | null): readonly ServerOfHost[] {
  if (!Array.isArray(group?.targets)) return [];
  const { server, instance } = group.labels ?? {};
  return group.targets.flatMap((target: unknown) => {
    const host = hostOf(String(target));
    return host === undefined ? [] : [{ host, server: String(server ?? instance ?? target) }];
  });
}

/** The host part of an address. */
export function hostOf(address: string): string | undefined {
  const [, ...groups] = new RegExp(`^(?:${HOST})$`).exec(address) ?? [];
  // A group that took no part is empty here.
  const host = groups.join('');
  return host === '' ? undefined : host;
}

/**
 * Gives every target of a scrape file the labels `target_host` (the host part of its address) and `server` (the host that it runs on, where that
 * is known). A job whose samples name hosts of their own gets the second by sample, too.
 */
export function labelTargets(doc: Document.Parsed, facts: LabelFacts): void {
  // Lists that jobs share would get the rules of each.
  visit(doc, { Alias: (_, alias) => doc.createNode(alias.toJS(doc)) });
  const jobs = doc.get('scrape_configs');
  if (!isSeq(jobs)) return;
  for (const job of jobs.items) {
    if (!isMap(job)) continue;
    surround(doc, job, 'relabel_configs', { before: hostRules(facts), after: serverRules(facts) });
    if (setsHost(job)) surround(doc, job, 'metric_relabel_configs', { before: [], after: serverRules(facts) });
  }
}

function surround(
  doc: Document.Parsed,
  job: YAMLMap,
  key: string,
  { before, after }: { readonly before: readonly RelabelRule[]; readonly after: readonly RelabelRule[] },
): void {
  const own = job.get(key);
  const list = (rules: readonly RelabelRule[]) => rules.map((rule) => doc.createNode(rule));
  if (isSeq(own)) own.items = [...list(before), ...own.items, ...list(after)];
  else job.set(key, doc.createNode([...before, ...after]));
}

function setsHost(job: YAMLMap): boolean {
  const rules = job.get('metric_relabel_configs');
  return isSeq(rules) && rules.items.some((rule) => isMap(rule) && rule.get('target_label') === 'target_host');
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
