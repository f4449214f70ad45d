import { eventually, sh, type E2eStack, type Ended } from '../support/e2e-stack.ts';

/** A container that a drill breaks. It is started for that, and nothing else uses it. */
export interface Victim {
  readonly name: string;
  /** What it runs, in the image of the test databases. */
  readonly command: string;
  /** Further options of `docker run`. */
  readonly options?: readonly string[];
  /** How the stack is told of it: an instance of the module, or a target file. */
  readonly watch?:
    | { readonly as: 'postgres' | 'redis' }
    | { readonly as: 'blackbox'; readonly url: string; readonly module?: string }
    | { readonly as: 'apps'; readonly port: number };
}

/** What the critical team was told, in milliseconds since 1970 by fingerprint and start. */
export interface Receiver {
  broken: boolean;
  readonly arrivals: ReadonlyMap<string, number>;
}

/** The key of an alert among what a receiver was told. */
export const arrivalKey = ({ fingerprint, startsAt }: { readonly fingerprint: string; readonly startsAt: string }): string =>
  `${fingerprint} ${Date.parse(startsAt)}`;

/** The running stack with the victims. */
export interface Arena {
  readonly stack: E2eStack;
  readonly prefix: string;
  /** The server that stands in for the critical team's webhook: `broken` makes it answer 500. */
  readonly receiver: Receiver;
  /** Runs a program in a victim. */
  readonly exec: (name: string, ...command: readonly string[]) => Promise<Ended>;
  /** Runs a program in a victim and leaves it running. */
  readonly spawn: (name: string, ...command: readonly string[]) => Promise<Ended>;
  /** Runs the docker client on a victim: `docker('stop', 'redis-down')`. */
  readonly docker: (verb: string, name: string) => Promise<Ended>;
  /** Runs the docker client on a service of the stack. */
  readonly service: (verb: string, service: string) => Promise<Ended>;
}

/** One fault in real software, and the alert that has to come of it. */
export interface Drill {
  readonly alert: string;
  readonly severity: 'critical' | 'warning';
  /** What is broken, in the past tense of a report. */
  readonly fault: string;
  /** The `instance`, or part of a label, by which this drill's alert is told from others of the same name. */
  readonly of?: string;
  readonly victims: readonly Victim[];
  /** The service of the stack that is broken, where its image cannot be had everywhere. */
  readonly needs?: string;
  readonly inject: (arena: Arena) => Promise<unknown>;
  readonly remove: (arena: Arena) => Promise<unknown>;
  /** Seconds from the fault to the message at the receiver that are promised. */
  readonly within: number;
  /** Seconds that the way back may take; rates over five minutes forget slowly. */
  readonly back?: number;
  /** Needs more time than a test run has: only `npm run drill` does it. */
  readonly slow?: boolean;
}

/** What came of a drill; times in seconds. */
export interface DrillResult {
  readonly alert: string;
  readonly severity: Drill['severity'];
  readonly fault: string;
  /** From the fault to the alert firing. */
  readonly toAlert: number;
  /** From firing to the message at the receiver. */
  readonly toReceiver: number;
  /** From the end of the fault to the resolved notice; undefined where it did not come in time. */
  readonly toResolved: number | undefined;
  readonly within: number;
}

interface Noted {
  readonly fingerprint: string;
  readonly startsAt: string;
  readonly endsAt: string | null;
  readonly createdAt: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Breaks something, waits for the message at the receiver, mends it, and waits for the resolved notice. Throws where the alert does not come. */
export async function runDrill(drill: Drill, arena: Arena): Promise<DrillResult> {
  const began = Date.now();
  await drill.inject(arena);
  const noted = await alertOf(drill, arena, 'firing', drill.within + 120, began);
  // The critical team's webhook where the alert is routed there, else the history, which is told of everything.
  const { arrivals, broken } = arena.receiver;
  const key = arrivalKey(noted);
  if (drill.severity === 'critical' && !broken) await eventually(`${drill.alert} at the critical team`, 60, async () => arrivals.has(key));
  const received = arrivals.get(key) ?? Date.parse(noted.createdAt);
  await drill.remove(arena);
  const mended = Date.now();
  const resolved = await alertOf(drill, arena, 'resolved', drill.back ?? 120, began).catch(() => undefined);
  const firing = Date.parse(noted.startsAt);
  return {
    alert: drill.alert,
    severity: drill.severity,
    fault: drill.fault,
    toAlert: (firing - began) / 1000,
    toReceiver: (received - firing) / 1000,
    toResolved: resolved === undefined ? undefined : Math.max(0, (Date.now() - mended) / 1000),
    within: drill.within,
  };
}

async function alertOf(drill: Drill, { stack }: Arena, status: string, seconds: number, since: number): Promise<Noted> {
  let found: Noted | undefined;
  const query = `alertname=${drill.alert}&status=${status}&since=${new Date(since - 1000).toISOString()}`;
  await eventually(`${drill.alert} (${drill.fault}) is ${status}`, seconds, async () => {
    const { alerts } = await stack.json<{ alerts: Noted[] }>('HISTORY_PORT', `/api/v1/alerts?${query}`);
    found = alerts.find(({ labels }) => drill.of === undefined || Object.values(labels).some((value) => value.includes(drill.of ?? '')));
    return found !== undefined;
  });
  if (found === undefined) throw new Error(`${drill.alert} is not there`);
  return found;
}

/** Starts a victim. Throws with the engine's words where it cannot. */
export async function startVictim({ name, command, options = [] }: Victim, prefix: string, image: string): Promise<void> {
  const place = ['--name', `${prefix}-${name}`, '--network', `${prefix}-shop`, '--network-alias', name];
  const started = await sh(['docker', 'run', '-d', ...place, ...options, image, 'bash', '-c', command]);
  if (started.code !== 0) throw new Error(`${name}: ${started.stderr}`);
}
