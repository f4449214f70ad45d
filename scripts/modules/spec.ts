import type { Document } from 'yaml';
import type { ComposeModel } from '../base/compose-model.ts';
import type { HostPaths } from './parts.ts';
import type { Problem } from '../base/problem.ts';
import type { SettingsTable, Values } from '../base/setting.ts';
import type { Tree } from '../base/tree.ts';
import type { CheckContext, SmokeCheck } from './check.ts';
import type { Detection } from './facts.ts';
import type { Servers } from './servers.ts';
import type {
  FileShape,
  StackSettings,
  Threshold,
  HostFacts,
  AddedTargets,
  SecretFile,
  DebianImage,
  LintRun,
  LintedFolder,
  ContractSource,
  Readings,
  ComposeHost,
  Exemptions,
  Demo,
  Page,
} from './parts.ts';

/**
 * Everything that is special about one module; its data files carry its name.
 *
 * S are its own settings, R those that its functions read (its own, and those of modules that it builds upon).
 */
export interface ModuleSpec<S extends SettingsTable = SettingsTable, R extends SettingsTable = S> {
  readonly name: string;
  /** One line for the user. */
  readonly about: string;
  /** On by default. */
  readonly isDefault?: true;
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
  /** Services that the module cannot do without: if an image is missing, the whole module is skipped. */
  readonly essential: readonly string[];
  /** What replaces a service that is skipped, for the summary. */
  readonly instead?: Readonly<Record<string, string>>;
  /** Services that must reach the user's own containers and are attached to `APP_NETWORKS`. */
  readonly reaches: readonly string[];
  /** The service whose log explains a failed target, by the target's address, if there are several jobs or services. */
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
  readonly shapes?: readonly FileShape[];
  /** Empty files below `.effective/` that containers expect. */
  readonly placeholders?: readonly string[];
  /** Services of our own, bundled into one file each. */
  readonly bundles?: readonly { readonly service: string; readonly path: string; readonly entry: string }[];
  /** Files that a service reads only at its start: folders of `.effective/`, files under `secrets/`. Other services reload. */
  readonly readsAtStart?: Readonly<Record<string, { readonly folders?: readonly string[]; readonly secrets?: readonly string[] }>>;
  /** Problems of its configuration files that no other tool finds. */
  readonly problems?: (sources: Tree, settings: StackSettings & Values<R>) => readonly Problem[];
  readonly targets?: (settings: StackSettings & Values<R>, host: HostFacts, services: ReadonlySet<string>) => readonly AddedTargets[];
  /** Its target files hold URLs, not host:port. */
  readonly urlTargets?: true;
  /** Its targets are servers: what else has their address runs on them. */
  readonly targetsAreServers?: true;
  /** Changes the merged Compose model in place. */
  readonly compose?: (model: ComposeModel, settings: StackSettings & Values<R>, host: ComposeHost) => void;
  /** Paths of the host to inspect before `compose`, given the merged model, and the problems with what exists there. */
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
  /** The fix for a target that is down, if this module knows a better one. */
  readonly targetFix?: (lastError: string, gateway: string) => string | undefined;
  readonly detection?: Detection;
  readonly contracts?: readonly ContractSource[];
  /** Metrics that prove nothing where there is nothing to read them from. */
  readonly readings?: readonly Readings[];
  readonly demo?: Demo;
}

/** Any module: the registry holds modules with different settings; each function gets all of them. */
export type AnyModule = ModuleSpec<any, any>;

/** Declares a module, with the types of its settings. */
export function defineModule<S extends SettingsTable, R extends SettingsTable = S>(spec: ModuleSpec<S, R>): ModuleSpec<S, R> {
  return spec;
}
