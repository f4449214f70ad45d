/** The settings of the stack itself that modules use. */
export type StackSettings = {
  readonly COMPOSE_PROJECT_NAME: string;
  readonly MODULES: readonly string[];
  readonly PUBLIC_HOST: string;
};

/** A number in a checked-in rule that a setting replaces: `> 80` or `< 180` at the end of the alert's expression. */
export interface Threshold {
  readonly alert: string;
  readonly literal: number;
  readonly setting: string;
  /** What the setting is multiplied with: 60 where it counts minutes and the rule seconds. */
  readonly factor?: number;
  /** The critical alert of the same condition, and the number in its rule. */
  readonly critical?: { readonly alert: string; readonly at: number };
}

/** What rendering needs of the host. */
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

/** How a service's image is made from Debian packages: upstream's interface with Debian's program inside. */
export interface DebianImage {
  readonly package: string;
  /** Upstream's path of each program → Debian's. */
  readonly links: Readonly<Record<string, string>>;
  /** Folders of upstream's image, each with the uid of its owner; a new named volume inherits the owner. */
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

/** A folder as a container sees it, to map a tool's messages to the file that the user edits. */
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
  /** The setting under which it runs, if that is not the default, and the exporters that it then replaces. */
  readonly setting?: string;
  readonly replaces?: readonly string[];
}

/** What a module's part of the rendered Compose model depends on. */
export interface ComposeHost {
  readonly paths: HostPaths;
  /** Set if the engine keeps images in containerd's store, as fresh installations of Docker 29 do. */
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

/** The form of a file: a map (with the form of some of its keys), a list, or text. Unnamed keys may hold anything. */
export type Shape = { readonly map: Readonly<Record<string, Shape>> } | { readonly list: Shape } | 'text';

/** The form of a module's configuration file, as far as rendering reads it, with an example. */
export interface FileShape {
  readonly path: string;
  readonly shape: Shape;
  readonly example: string;
}

/** What exists at a path of the host: `closed` where this user has no access. */
export type PathKind = 'folder' | 'file' | 'absent' | 'closed';

/** What exists at paths of the host. */
export type HostPaths = ReadonlyMap<string, PathKind>;

/** Metrics that are there, often as 0, whether or not there is anything to read them from. */
export interface Readings {
  readonly metrics: RegExp;
  /** PromQL that has series where there is something to read. */
  readonly source: string;
  /** What is missing otherwise. */
  readonly without: string;
}
