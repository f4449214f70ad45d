/** What the engine tells of one running container that is not the stack's own. */
export interface ContainerFacts {
  readonly name: string;
  /** The image reference as it was started, such as `postgres:18-alpine`. */
  readonly image: string;
  readonly composeProject: string | undefined;
  readonly composeService: string | undefined;
  /** User-defined networks, each with the names under which the container is found there. `host` and the default `bridge` are not among them. */
  readonly networks: readonly { readonly name: string; readonly aliases: readonly string[] }[];
  /** TCP ports that the image exposes or that are published. */
  readonly ports: readonly number[];
  readonly labels: Readonly<Record<string, string>>;
  /** Environment variables that are not secret and that a module asked for, such as `POSTGRES_USER`. */
  readonly env: Readonly<Record<string, string>>;
}

/** What a module proposes to watch in one container. */
export interface Proposal {
  readonly module: 'postgres' | 'redis' | 'blackbox' | 'apps';
  /** Why: shown to the user behind the container's name. */
  readonly because: string;
  /** The network on which the stack would reach it. */
  readonly network: string;
  /** A new item of `POSTGRES_INSTANCES` or `REDIS_INSTANCES`. */
  readonly instance?: string;
  /** A new file_sd target of the module. */
  readonly target?: { readonly address: string; readonly labels: Readonly<Record<string, string>> };
  /** What a person has to run once, such as the SQL for the read-only user. */
  readonly manual?: string;
}
