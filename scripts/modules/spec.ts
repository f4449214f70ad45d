import type { Document } from 'yaml';
import type { ComposeModel } from '../base/compose-model.ts';
import type { HostPaths } from '../base/host-paths.ts';
import type { Problem } from '../base/problem.ts';
import type { SettingsTable, Values } from '../base/setting.ts';
import type { Tree } from '../base/tree.ts';
import type { CheckContext, SmokeCheck } from './check.ts';
import type { Detection } from './facts.ts';
import type { Servers } from './servers.ts';

/** The settings of the stack itself that modules use. */
export type StackSettings = {
  readonly COMPOSE_PROJECT_NAME: string;
  readonly MODULES: readonly string[];
  readonly PUBLIC_HOST: string;
};

/** A number in a checked-in rule that a setting moves: `> 80` at the end of the alert's expression. */
export interface Threshold {
  readonly alert: string;
  readonly literal: number;
  readonly setting: string;
  /** The critical alert of the same condition, and the number in its rule. */
  readonly critical: { readonly alert: string; readonly at: number };
}

/** What rendering needs to know of the host. */
export interface HostFacts {
  readonly serverName: string;
  /** The host's address in the stack's network. */
  readonly gateway: string;
}

/** Static targets that settings add to a job of the checked-in scrape files. */
export interface AddedTargets {
  readonly job: string;
  readonly groups: readonly { readonly targets: readonly string[]; readonly labels: Readonly<Record<string, string>> }[];
}

/** One file that must exist under `secrets/` for the stack to run. */
export interface SecretFile {
  readonly file: string;
  readonly content: string;
  /** The uid that reads it in its container. */
  readonly uid: number;
}

/** How a service's image is made from Debian packages: what upstream's image looks like from outside, with Debian's program in it. */
export interface DebianImage {
  readonly package: string;
  /** Upstream's path of each program → Debian's. */
  readonly links: Readonly<Record<string, string>>;
  /** Folders that upstream's image has, each with the uid that owns it; a fresh named volume takes over the owner. */
  readonly folders: Readonly<Record<string, number>>;
  /** Instructions for `docker commit --change`. */
  readonly changes: readonly string[];
  /** Files of the checkout that the image contains → the folder in the image. */
  readonly copies?: Readonly<Record<string, string>>;
}

/** One run of a tool over the staged configuration, in the image of a service. */
export interface LintRun {
  readonly title: string;
  /** The file of the checkout that the tool reads first. */
  readonly subject: string;
  readonly service: string;
  readonly entrypoint: string;
  readonly args: readonly string[];
  /** Host folder → folder in the container, read-only. */
  readonly mounts: readonly (readonly [string, string])[];
}

/** A folder that a container sees, so that a tool's message can name the file that the user edits. */
export interface LintedFolder {
  readonly inside: string;
  readonly checkout: string;
}

/** Where the series of one exporter are in Prometheus, and which Compose service they come from. */
export interface ContractSource {
  readonly exporter: string;
  readonly job: string;
  /** The Compose service whose image is recorded. */
  readonly service: string;
  /** Part of this stack, with the stack's version: its image is that of Node.js. */
  readonly own?: true;
  /** Selects its targets, for the types. */
  readonly target: string;
  /** Selects its series. */
  readonly series: readonly string[];
  /** The setting under which it runs, where that is not the default, and the exporters that it then replaces. */
  readonly setting?: string;
  readonly replaces?: readonly string[];
}

/** What a module's part of the rendered Compose model depends on. */
export interface ComposeHost {
  readonly paths: HostPaths;
  /** Set where the engine keeps images in containerd's store, as fresh installations of Docker 29 do. */
  readonly containerdSocket: string | undefined;
}

/** Services that are exempt from a rule about all services, each with its reason. */
export interface Exemptions {
  readonly root?: Readonly<Record<string, string>>;
  readonly hostNetwork?: Readonly<Record<string, string>>;
  readonly socket?: Readonly<Record<string, string>>;
}

/** Targets that make the stack watch a part of the demo. */
export interface DemoTargets {
  /** The module whose target files they are in. */
  readonly module: string;
  /** The service of the demo that they need. */
  readonly of: string;
  readonly targets: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

/** What `npm run demo` starts for a module. */
export interface Demo {
  /** Compose file below the checkout that defines the services. */
  readonly compose: string;
  /** Started first, in this order. */
  readonly services: readonly string[];
  /** Exporters, started once the services are healthy. One without an image is skipped. */
  readonly exporters: readonly string[];
  readonly targets: readonly DemoTargets[];
  /** Variables of the Compose file that name an image: the service of the stack that runs the same one, and the demo's service that needs it. */
  readonly images: Readonly<Record<string, { readonly service: string; readonly of: string }>>;
  /** Files that its containers read, by name below `.demo/`, given the demo's password. */
  readonly files?: (password: string) => Readonly<Record<string, string>>;
  /** Programs and files below `.demo/app/`: the source to bundle, or the file to copy. */
  readonly bundles?: Readonly<Record<string, string>>;
  readonly copies?: Readonly<Record<string, string>>;
  /** Uids of dashboards that it fills. */
  readonly dashboards: readonly string[];
  /** The page that a person looks at. */
  readonly entry?: { readonly service: string; readonly port: number };
  /** Started only where `MODULES` or `--with` names the module. */
  readonly optional: boolean;
}

/** A page that a service shows, for the summary of `up`. */
export interface Page {
  readonly service: string;
  readonly title: string;
  /** The setting with its port. */
  readonly port: string;
  readonly remark: string;
}

/**
 * Everything that is special about one module; its data files carry its name.
 *
 * S are its own settings, R those that its functions read (its own, and those of modules that it builds upon).
 */
export interface ModuleSpec<S extends SettingsTable = SettingsTable, R extends SettingsTable = S> {
  readonly name: string;
  /** One line for people. */
  readonly about: string;
  readonly settings: S;
  /** Settings that hold a published port; no two may be equal. */
  readonly ports?: readonly string[];
  /** Problems between its settings; checked whether the module is on or off. `at` gives the place of a key. */
  readonly rules?: (settings: StackSettings & Values<R>, at: (key: string) => string) => readonly Problem[];
  readonly thresholds: readonly Threshold[];

  /** Compose profiles that start its services. */
  readonly profiles: (settings: StackSettings & Values<R>) => readonly string[];
  /** Compose services that belong to it, in the order they are reported. */
  readonly services: (settings: StackSettings & Values<R>) => readonly string[];
  /** Services without which the module has nothing to show: without the image of one, the whole module is skipped. */
  readonly essential: readonly string[];
  /** What replaces a service that is skipped, for the summary. */
  readonly instead?: Readonly<Record<string, string>>;
  /** Services that must reach the user's own containers and are attached to `APP_NETWORKS`. */
  readonly reaches: readonly string[];
  /** The service whose log explains a failed target, where several jobs or services exist: by the target's address. */
  readonly scrapedBy?: (address: string) => string;
  readonly exemptions?: Exemptions;
  /** Exporters whose memory limits count towards the budget of the core. */
  readonly budgeted?: readonly string[];
  /** Services that others still write to when they stop; `down` stops them last. */
  readonly stopsLast?: readonly string[];
  readonly pages?: readonly Page[];

  /** Servers by address. */
  readonly servers?: Servers;
  /** Generated files under `secrets/`, and the passwords that they need. */
  readonly secretFiles?: readonly string[];
  readonly secrets?: (
    settings: StackSettings & Values<R>,
    existing: ReadonlyMap<string, string>,
  ) => { readonly files: readonly SecretFile[]; readonly problems: readonly Problem[] };

  /** Folders of the checkout with its configuration, besides `prometheus/`, `grafana/` and `runbooks/`. */
  readonly sources?: readonly string[];
  /** Files of these folders that containers read: path below the checkout → path below `.effective/`; a path that ends in `/` is a folder. */
  readonly files?: Readonly<Record<string, string>>;
  /** Fills settings into a parsed file. */
  readonly annotate?: Readonly<Record<string, (doc: Document, settings: StackSettings & Values<R>) => void>>;
  /** Services of our own, bundled into one file each. */
  readonly bundles?: readonly { readonly service: string; readonly path: string; readonly entry: string }[];
  /** Files that a service reads only at its start: folders of `.effective/`, files under `secrets/`. Other services reload. */
  readonly readsAtStart?: Readonly<Record<string, { readonly folders?: readonly string[]; readonly secrets?: readonly string[] }>>;
  /** Problems of its configuration files that no other tool sees. */
  readonly problems?: (sources: Tree, settings: StackSettings & Values<R>) => readonly Problem[];
  readonly targets?: (settings: StackSettings & Values<R>, host: HostFacts, services: ReadonlySet<string>) => readonly AddedTargets[];
  /** Its target files hold URLs, not host:port. */
  readonly urlTargets?: true;
  /** Changes the merged Compose model in place. */
  readonly compose?: (model: ComposeModel, settings: StackSettings & Values<R>, host: ComposeHost) => void;
  /** Paths of the host to look at before `compose`, given the merged model, and what is wrong with what exists there. */
  readonly hostPaths?: (model: ComposeModel, settings: StackSettings & Values<R>) => readonly string[];
  readonly hostProblems?: (settings: StackSettings & Values<R>, paths: HostPaths, at: (key: string) => string) => readonly Problem[];
  /** Ports of the host that a service listens on without publishing them. */
  readonly hostPorts?: (settings: StackSettings & Values<R>) => readonly { readonly service: string; readonly port: number }[];

  /** Debian packages for its services' images. */
  readonly images?: Readonly<Record<string, DebianImage>>;
  /** Runs of its own tools; `staged` is the staged `.effective/`. */
  readonly lint?: (staged: string) => readonly LintRun[];
  readonly linted?: readonly LintedFolder[];
  /** Conditions that `up` proves. */
  readonly checks?: (settings: StackSettings & Values<R>, context: CheckContext) => readonly SmokeCheck[];
  /** The fix for a target that is down, where this module knows a better one. */
  readonly targetFix?: (lastError: string, gateway: string) => string | undefined;
  readonly detection?: Detection;
  readonly contracts?: readonly ContractSource[];
  readonly demo?: Demo;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the registry holds modules with different settings; each function gets all of them.
export type AnyModule = ModuleSpec<any, any>;

/** Declares a module, with the types of its settings. */
export function defineModule<S extends SettingsTable, R extends SettingsTable = S>(spec: ModuleSpec<S, R>): ModuleSpec<S, R> {
  return spec;
}

/** The contract source of a job that one exporter answers. */
export function contractOfJob(exporter: string, job: string): ContractSource {
  return { exporter, job, service: exporter, target: `{job="${job}"}`, series: [`{job="${job}"}`] };
}

/** The contract source of one of several services of a job. */
export function contractOfService(exporter: string, job: string, service: string, composeService = exporter): ContractSource {
  const selector = `{job="${job}",service="${service}"}`;
  return { exporter, job, service: composeService, target: selector, series: [selector] };
}

/** The same without the demo's target, whose page holds the exporter's own metrics as well. */
export function contractBesideDemo(source: ContractSource): ContractSource {
  const selector = `{job="${source.job}",service!="demo"}`;
  return { ...source, target: selector, series: [selector] };
}

/** Images of the stack's own services, which run on Node.js. */
export function nodeImage(uid: number, folders: readonly string[], owned: readonly string[] = []): DebianImage {
  return {
    package: 'nodejs',
    links: {},
    folders: Object.fromEntries([...folders.map((path) => [path, 0]), ...owned.map((path) => [path, uid])]),
    changes: [`USER ${uid}:${uid}`, 'WORKDIR /app', 'ENTRYPOINT ["node"]'],
  };
}

/** Images of Prometheus exporters: one program, upstream's path of which leads to Debian's. */
export function exporterImage(name: string, path: string, uid: number, folders: Readonly<Record<string, number>> = {}): DebianImage {
  return {
    package: name,
    links: { [path]: `/usr/bin/${name}` },
    folders,
    changes: [`USER ${uid}:${uid}`, 'WORKDIR /', `ENTRYPOINT ["${path}"]`],
  };
}
