import type { StackSettings } from './parts.ts';

/** How a port of a container answered a request. */
export interface Answer {
  readonly port: number;
  /** `metrics` is Prometheus' text format, `http` any other HTTP answer; the others are what a module's probe recognises. */
  readonly speaks: string;
  /** The path that was asked and the status code, of `metrics` and `http`. */
  readonly path?: string;
  readonly status?: number;
}

/** What the engine knows of one running container outside the stack, and what its ports answered. */
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
  /** The variables that modules ask for (`Detection.env`) and that are set. */
  readonly env: Readonly<Record<string, string>>;
  /** Modules in whose eyes its command or environment sets a password. The password itself is not kept. */
  readonly passwords: ReadonlySet<string>;
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
  readonly module: string;
  /** Why: shown to the user behind the container's name. */
  readonly because: string;
  /** A new item of the module's setting of servers. */
  readonly instance?: { readonly name: string; readonly url: string };
  /** A new file_sd target of the module. */
  readonly target?: { readonly address: string; readonly labels: Readonly<Record<string, string>> };
  /** What a person has to do once, such as to make the read-only user: what for, and the command. */
  readonly manual?: { readonly what: string; readonly command: string };
}

/** Asks a TCP port what it is. */
export interface PortProbe {
  readonly port: number;
  /** The first bytes to send; empty where the server speaks first. */
  readonly greeting: Uint8Array;
  /** What the answer's first bytes say (as Latin-1 text); undefined where it is no answer of such a server. */
  readonly read: (answer: string) => string | undefined;
}

/** Asks the HTTP ports of some containers for one more page. */
export interface PageProbe {
  readonly path: string;
  readonly applies: (image: string) => boolean;
  readonly read: (body: string) => string | undefined;
}

/** Something that a container says of itself and that cannot be right; the usual value is used instead. */
export interface Ignored {
  /** Such as `the variable PGPORT`. */
  readonly what: string;
  readonly text: string;
  readonly instead: string;
}

/** How `detect` recognises what a module watches. */
export interface Detection {
  /** Environment variables that it reads. None of them holds a secret. */
  readonly env?: readonly string[];
  readonly ports?: readonly PortProbe[];
  readonly pages?: readonly PageProbe[];
  /** Whether a command or an environment sets a password. */
  readonly setsPassword?: (command: string, env: Readonly<Record<string, string>>) => boolean;
  /** What the module would watch in a container; undefined where it does not know it. */
  readonly propose: (container: ContainerFacts) => Proposal | undefined;
  readonly ignored?: (container: ContainerFacts) => readonly Ignored[];
  /** Addresses that settings name already, besides those of its servers. */
  readonly watched?: (settings: StackSettings & Readonly<Record<string, unknown>>) => readonly string[];
}

/** A port in a command or in variables that is no port. */
export function ignoredPorts({ env, commandPort, image }: EngineFacts, variables: readonly string[], usual: number): readonly Ignored[] {
  const instead = `Port ${usual} is used, as the image is ${repositoryName(image)}; a port is a number from 1 to 65535.`;
  return [
    ...(commandPort === undefined || portOf(String(commandPort)) !== undefined
      ? []
      : [{ what: 'in its command the port', text: String(commandPort), instead }]),
    ...variables.flatMap((key) => {
      const text = env[key];
      return text === undefined || portOf(text) !== undefined ? [] : [{ what: `the variable ${key}`, text, instead }];
    }),
  ];
}

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
