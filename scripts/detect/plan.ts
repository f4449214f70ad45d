import type { ContainerFacts, Proposal } from '../modules/facts.ts';
import { renderDiff, type FileChange } from './diff.ts';
import { slug } from './names.ts';
import { isWatched, needsServer, targetFile, targetText, watchedAlready } from './targets.ts';
import { editEnvText } from '../base/env-file.ts';
import { passwordFile } from '../base/instances.ts';
import { instancesOf } from '../modules/servers.ts';
import type { AnyModule } from '../modules/spec.ts';
import { warning, type Problem } from '../base/problem.ts';
import type { PlainSettings } from '../settings/table.ts';
import { unreachable } from './advice.ts';
import { oddities, unwritable } from './oddities.ts';

/** What is known after inspecting the containers. */
export interface DetectInput {
  readonly containers: readonly ContainerFacts[];
  readonly modules: readonly AnyModule[];
  readonly settings: PlainSettings;
  /** The text of `.env`, or of `.env.example` if there is none yet. */
  readonly envText: string;
  /** The texts below `prometheus/targets/`, by their path from the checkout. */
  readonly targetFiles: ReadonlyMap<string, string>;
  /** Names of the files under `secrets/`. */
  readonly secretFiles: ReadonlySet<string>;
  /** The stack's own network, always attached. */
  readonly ownNetwork: string;
  /** This host's name, on which all these containers run. */
  readonly serverName: string;
}

/** One container that a module can watch. */
interface Found {
  readonly container: string;
  readonly module: Proposal['module'];
  readonly because: string;
  readonly state: 'new' | 'watched already' | 'out of reach';
}

export interface DetectPlan {
  readonly found: readonly Found[];
  /** Settings that would change in `.env`. */
  readonly env: Readonly<Record<string, string>>;
  /** Files that would be written, `.env` first. */
  readonly changes: readonly FileChange[];
  /** Files under `secrets/` that get a generated password. */
  readonly passwords: readonly string[];
  /** Manual steps, in order. */
  readonly manual: readonly NonNullable<Proposal['manual']>[];
  readonly problems: readonly Problem[];
}

type Pair = readonly [ContainerFacts, Proposal];

/** Decides what to add to the settings and target files so that the containers are watched. */
export function planDetection(input: DetectInput): DetectPlan {
  const { settings } = input;
  const attached = [...settings.APP_NETWORKS, input.ownNetwork];
  const watched = watchedAlready(settings, input.targetFiles);
  const found: Found[] = [];
  const added: Pair[] = [];
  const reached: Pair[] = [];
  const problems: Problem[] = [];
  const taken = new Set(
    input.modules.flatMap(({ servers }) => (servers === undefined ? [] : instancesOf(servers, settings).map(({ name }) => name))),
  );
  for (const container of input.containers) {
    const proposal = propose(container, input.modules, taken);
    if (proposal === undefined) continue;
    const refusal = unwritable(container, proposal, attached);
    problems.push(...(refusal === undefined ? oddities(container, proposal) : [refusal]));
    if (refusal !== undefined) continue;
    const known = isWatched(proposal, container, watched, attached);
    const state = known ? 'watched already' : container.network === undefined ? 'out of reach' : 'new';
    found.push({ container: container.name, module: proposal.module, because: proposal.because, state });
    if (state === 'out of reach') problems.push(unreachable(container, proposal));
    if (state === 'new') added.push([container, proposal]);
    if (container.network !== undefined) reached.push([container, proposal]);
    if (state === 'new' && proposal.instance !== undefined) taken.add(proposal.instance.name);
  }
  const files = newTargetFiles(added, input);
  const env = envChanges(input, { added, reached, attached });
  const after = editEnvText(input.envText, env);
  return {
    found,
    env,
    changes: [...(after === input.envText ? [] : [{ path: '.env', before: input.envText, after }]), ...files.changes],
    passwords: added
      .flatMap(([, { module, instance }]) =>
        instance !== undefined && hasUser(input.modules, module) ? [passwordFile(module, instance.name)] : [],
      )
      .filter((file) => !input.secretFiles.has(file)),
    manual: added.flatMap(([, { manual }]) => (manual === undefined ? [] : [manual])),
    problems: [...problems, ...files.problems],
  };
}

function hasUser(modules: readonly AnyModule[], name: string): boolean {
  return modules.find((module) => module.name === name)?.servers?.hasUser === true;
}

/** The proposal of the first module that recognises the container, with a unique instance name. */
function propose(container: ContainerFacts, modules: readonly AnyModule[], taken: ReadonlySet<string>): Proposal | undefined {
  const titles = [container.title, slug(container.name), ...[2, 3, 4, 5, 6, 7, 8, 9].map((n) => `${container.title}-${n}`)];
  for (const { detection } of modules) {
    for (const title of titles) {
      const proposal = detection?.propose({ ...container, title });
      if (proposal === undefined) break;
      if (!taken.has(proposal.instance?.name ?? '')) return proposal;
    }
  }
  return undefined;
}

interface Changes {
  readonly added: readonly Pair[];
  readonly reached: readonly Pair[];
  readonly attached: readonly string[];
}

function envChanges(
  { settings, modules, serverName }: DetectInput,
  { added, reached, attached }: Changes,
): Readonly<Record<string, string>> {
  const isTarget = ([, { instance, target }]: Pair): boolean => instance !== undefined || target !== undefined;
  const wanted = added.filter(isTarget);
  const turnedOn = modules
    .map(({ name }) => name)
    .filter((name) => !settings.MODULES.includes(name) && wanted.some(([, { module }]) => module === name));
  // A named server on a network that the stack has not joined is as unreachable as a new one.
  const networks = [
    ...wanted,
    ...reached.filter(isTarget).filter(([container]) => !container.networks.some(({ name }) => attached.includes(name))),
  ].map(([{ network = '' }]) => network);
  const joined = [...new Set([...settings.APP_NETWORKS, ...networks.filter((name) => !attached.includes(name)).sort()])];
  const instances = modules.flatMap(({ name, servers }): [string, string][] => {
    const fresh = added.flatMap(([, { module, instance }]) => (module === name && instance !== undefined ? [instance] : []));
    if (servers === undefined || fresh.length === 0) return [];
    return [[servers.setting, [...instancesOf(servers, settings), ...fresh].map((item) => `${item.name}=${item.url}`).join(',')]];
  });
  const known = settings.TARGET_SERVERS.map(({ host }) => host);
  const unknown = added
    .flatMap(([, { instance }]) => (instance !== undefined && needsServer(instance.url) ? [new URL(instance.url).hostname] : []))
    .filter((host) => !known.includes(host));
  const servers = [...settings.TARGET_SERVERS, ...[...new Set(unknown)].map((host) => ({ host, server: serverName }))];
  return {
    ...(unknown.length > 0 ? { TARGET_SERVERS: servers.map(({ host, server }) => `${host}=${server}`).join(',') } : {}),
    ...(turnedOn.length > 0 ? { MODULES: [...settings.MODULES, ...turnedOn].join(',') } : {}),
    ...(joined.length > settings.APP_NETWORKS.length ? { APP_NETWORKS: joined.join(',') } : {}),
    ...Object.fromEntries(instances),
  };
}

/** New target files. An existing file is the user's: its missing entries are reported, never written. */
function newTargetFiles(added: readonly Pair[], { targetFiles: present, serverName }: DetectInput) {
  const byPath = new Map<string, NonNullable<Proposal['target']>[]>();
  for (const [container, { module, target }] of added) {
    if (target === undefined) continue;
    const path = targetFile(module, container);
    const labels = needsServer(target.address) ? { ...target.labels, server: serverName } : target.labels;
    byPath.set(path, [...(byPath.get(path) ?? []), { ...target, labels }]);
  }
  const changes: FileChange[] = [];
  const problems: Problem[] = [];
  for (const [path, targets] of byPath) {
    const after = targetText(targets);
    if (!present.has(path)) changes.push({ path, before: undefined, after });
    else problems.push(warning(path, 'exists already and is not changed', `Add to it:\n${after.replace(/^#.*\n/, '')}`));
  }
  return { changes, problems };
}

/** All changes as one diff. */
export function planDiff(plan: DetectPlan): string {
  return plan.changes.map(renderDiff).join('\n');
}
