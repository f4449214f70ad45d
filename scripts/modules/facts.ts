/** How a port of a container answered when it was asked. */
export interface Answer {
  readonly port: number;
  /** `redis-locked` wants a password first; `metrics` is Prometheus' text format; `http` is any other HTTP answer. */
  readonly speaks: 'postgres' | 'redis' | 'redis-locked' | 'metrics' | 'http';
  /** The path that was asked and the status code, of `metrics` and `http`. */
  readonly path?: string;
  readonly status?: number;
}

/** What the engine tells of one running container that is not the stack's own, and what its ports answered. */
export interface EngineFacts {
  readonly name: string;
  /** The image reference as it was started, such as `postgres:18-alpine`. */
  readonly image: string;
  readonly composeProject: string | undefined;
  readonly composeService: string | undefined;
  /** `host`, or `bridge` where it is on the default bridge only; `named` where it is on at least one network on which containers have names. */
  readonly networkMode: 'named' | 'bridge' | 'host' | 'other';
  /** User-defined networks, each with the names under which the container is found there. `host` and the default `bridge` are not among them. */
  readonly networks: readonly { readonly name: string; readonly aliases: readonly string[] }[];
  /** TCP ports that the image exposes or that are published. */
  readonly ports: readonly number[];
  /** The port that its command sets (`--port 6380`, `-p 5433`). */
  readonly commandPort: number | undefined;
  readonly labels: Readonly<Record<string, string>>;
  /** The variables of `ASKED_ENV` that are set. */
  readonly env: Readonly<Record<string, string>>;
  /** Its command or its environment sets a Redis password. The password itself is not read. */
  readonly redisPassword: boolean;
  readonly answers: readonly Answer[];
  /** Ports that refused a connection: whatever the image says, nothing listens there. */
  readonly refused: readonly number[];
}

/** A container with the names under which the stack would know it. */
export interface ContainerFacts extends EngineFacts {
  /** The network on which the stack would reach it; undefined where it is on none on which containers have names. */
  readonly network: string | undefined;
  /** The host name that leads to this container and to no other. */
  readonly address: string;
  /** The name for people: `instance` in metrics and alerts. */
  readonly title: string;
}

/** What a module proposes to watch in one container. */
export interface Proposal {
  readonly module: 'postgres' | 'redis' | 'blackbox' | 'apps';
  /** Why: shown to the user behind the container's name. */
  readonly because: string;
  /** A new item of `POSTGRES_INSTANCES` or `REDIS_INSTANCES`. */
  readonly instance?: { readonly name: string; readonly url: string };
  /** A new file_sd target of the module. */
  readonly target?: { readonly address: string; readonly labels: Readonly<Record<string, string>> };
  /** What a person has to do once, such as to make the read-only user: what for, and the command. */
  readonly manual?: { readonly what: string; readonly command: string };
}

/** Environment variables that say how to reach a database; none of them holds a secret. */
export const ASKED_ENV = [
  'POSTGRES_USER',
  'POSTGRES_DB',
  'POSTGRESQL_DATABASE',
  'PGPORT',
  'REDIS_PORT_NUMBER',
  'VALKEY_PORT_NUMBER',
] as const;

/** The port that a label, a variable or a command names. What it says is written by others and ends up in a file: nothing but a number is taken. */
export function portOf(text = ''): number | undefined {
  return /^[1-9]\d{0,4}$/.test(text) && Number(text) < 65_536 ? Number(text) : undefined;
}

/** The path that the label `prometheus.path` names; undefined where there is none, or one that cannot stand in an address and in a file. */
export function metricsPath(labels: EngineFacts['labels']): string | undefined {
  const [, path] = /^\/?([\x21-\x7e]+)$/.exec(labels['prometheus.path'] ?? '') ?? [];
  return path === undefined ? undefined : `/${path}`;
}

/** The last path component of an image's repository: `timescaledb` of `registry:5000/timescale/timescaledb:2-pg17@sha256:…`. */
export function repositoryName(image: string): string {
  const path = (image.split('@')[0] ?? '').split('/').at(-1) ?? '';
  return path.replace(/:.*$/, '');
}

/** Whether a container's port is that of a database which its image does not name: it answers as one, or is exposed and was not asked. */
export function portSpeaks(container: EngineFacts, port: number, ...speaks: readonly Answer['speaks'][]): boolean {
  const answer = container.answers.find((candidate) => candidate.port === port);
  if (answer !== undefined) return speaks.includes(answer.speaks);
  return container.ports.includes(port) && !container.refused.includes(port);
}

/** A word for a shell: as it is where that is safe, else in single quotes. */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9_./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
