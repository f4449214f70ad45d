import type { StackSettings } from './parts.ts';

/** How a port of a container answered a request. */
export interface Answer {
  readonly port: number;
  /** `metrics` is Prometheus' text format, `http` any other HTTP answer; the others are recognised by a module's probe. */
  readonly speaks: string;
  /** The requested path and the status code, of `metrics` and `http`. */
  readonly path?: string;
  readonly status?: number;
}

/** What the engine knows of one running container outside the stack, and the answers of its ports. */
export interface EngineFacts {
  readonly name: string;
  /** The image reference as it was started, such as `postgres:18-alpine`. */
  readonly image: string;
  readonly composeProject: string | undefined;
  readonly composeService: string | undefined;
  /** `host`; `bridge` if it is on the default bridge only; `named` if it is on at least one network with container names. */
  readonly networkMode: 'named' | 'bridge' | 'host' | 'other';
  /** User-defined networks, each with the names under which the container is found there. `host` and the default `bridge` are not among them. */
  readonly networks: readonly { readonly name: string; readonly aliases: readonly string[] }[];
  /** TCP ports that the image exposes or that are published. */
  readonly ports: readonly number[];
  /** The port that its command sets (`--port 6380`, `-p 5433`). */
  readonly commandPort: number | undefined;
  readonly labels: Readonly<Record<string, string>>;
  /** The variables of `Detection.env` that are set. */
  readonly env: Readonly<Record<string, string>>;
  /** Modules for which its command or environment sets a password. The password itself is not kept. */
  readonly passwords: ReadonlySet<string>;
  readonly answers: readonly Answer[];
  /** Ports that refused a connection: whatever the image says, nothing listens there. */
  readonly refused: readonly number[];
}

/** A container with its names in the stack. */
export interface ContainerFacts extends EngineFacts {
  /** The network on which the stack would reach it; undefined if it is on no network with container names. */
  readonly network: string | undefined;
  /** The host name that leads to this container and to no other. */
  readonly address: string;
  /** Its display name: `instance` in metrics and alerts. */
  readonly title: string;
}

/** What a module proposes to watch in one container. */
export interface Proposal {
  readonly module: string;
  /** Why: shown after the container's name. */
  readonly because: string;
  /** A new item of the module's setting of servers. */
  readonly instance?: { readonly name: string; readonly url: string };
  /** A new file_sd target of the module. */
  readonly target?: { readonly address: string; readonly labels: Readonly<Record<string, string>> };
  /** One-time manual steps, such as creating the read-only user: purpose and command. */
  readonly manual?: { readonly what: string; readonly command: string };
}

/** Probes a TCP port. */
export interface PortProbe {
  readonly port: number;
  /** The first bytes to send; empty if the server speaks first. */
  readonly greeting: Uint8Array;
  /** What the answer's first bytes mean (as Latin-1 text); undefined if no such server sent them. */
  readonly read: (answer: string) => string | undefined;
}

/** Fetches one more page from the HTTP ports of some containers. */
export interface PageProbe {
  readonly path: string;
  readonly applies: (image: string) => boolean;
  readonly read: (body: string) => string | undefined;
}

/** An invalid claim of a container; the default is used instead. */
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
  /** What the module would watch in a container; undefined if it does not recognise it. */
  readonly propose: (container: ContainerFacts) => Proposal | undefined;
  readonly ignored?: (container: ContainerFacts) => readonly Ignored[];
  /** Addresses that settings name already, besides those of its servers. */
  readonly watched?: (settings: StackSettings & Readonly<Record<string, unknown>>) => readonly string[];
}

/** Invalid ports in a command or in variables. */
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

/** The port that a label, a variable or a command names. The text comes from others and ends up in a file: only a number is accepted. */
export function portOf(text = ''): number | undefined {
  return /^[1-9]\d{0,4}$/.test(text) && Number(text) < 65_536 ? Number(text) : undefined;
}

/** The path that the label `prometheus.path` names; undefined without one, or if it does not fit into an address or a file. */
export function metricsPath(labels: EngineFacts['labels']): string | undefined {
  const [, path] = /^\/?([\x21-\x7e]+)$/.exec(labels['prometheus.path'] ?? '') ?? [];
  return path === undefined ? undefined : `/${path}`;
}

/** The last path component of an image's repository: `timescaledb` of `registry:5000/timescale/timescaledb:2-pg17@sha256:…`. */
export function repositoryName(image: string): string {
  const path = (image.split('@')[0] ?? '').split('/').at(-1) ?? '';
  return path.replace(/:.*$/, '');
}

/** Whether a port belongs to a database although the image does not name it: it answers as one, or is exposed and was not probed. */
export function portSpeaks(container: EngineFacts, port: number, ...speaks: readonly Answer['speaks'][]): boolean {
  const answer = container.answers.find((candidate) => candidate.port === port);
  if (answer !== undefined) return speaks.includes(answer.speaks);
  return container.ports.includes(port) && !container.refused.includes(port);
}

/** A word for a shell: unchanged if that is safe, else in single quotes. */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9_./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
