import type { E2eStack, Ended } from '../support/e2e-stack.ts';
import { alertsFrom, type Told } from './told.ts';
import { eventually } from '../support/e2e-stack.ts';
import type { Receiver } from './receiver.ts';
import type { Victim } from './victims.ts';

/** The running stack with the victims. */
export interface Arena {
  readonly stack: E2eStack;
  readonly prefix: string;
  /** The server that stands in for the critical team's webhook, the SMS gateway and the dead-man's switch. */
  readonly receiver: Receiver;
  /** Runs a program in a victim. Throws with its words where it fails: a fault that was not brought about proves nothing. */
  readonly exec: (name: string, ...command: readonly string[]) => Promise<Ended>;
  /** The same for what may fail, such as filling a disk. */
  readonly attempt: (name: string, ...command: readonly string[]) => Promise<Ended>;
  /** Runs a program in a victim and leaves it running. Throws where it does not start. */
  readonly spawn: (name: string, ...command: readonly string[]) => Promise<Ended>;
  /** Runs the docker client on a victim: `docker('stop', 'redis-down')`. Throws where that fails. */
  readonly docker: (verb: string, name: string) => Promise<Ended>;
  /** Whether the stack runs a service: its image may be one that cannot be had. */
  readonly has: (service: string) => Promise<boolean>;
  /** Runs the docker client on a service of the stack. Throws where that fails. */
  readonly service: (verb: string, service: string) => Promise<Ended>;
  /** Starts a victim that no drill watches from the beginning. */
  readonly start: (victim: Victim) => Promise<void>;
}

/** When most drills run. */
export const MAIN_TURN = 3;

/** One fault in real software, and the alert that has to come of it. */
export interface Drill {
  readonly alert: string;
  readonly severity: 'critical' | 'warning' | 'info';
  /** What is broken, in the past tense of a report. */
  readonly fault: string;
  /** The `instance`, or part of a label, by which this drill's alert is told from others of the same name. */
  readonly of?: string;
  readonly victims: readonly Victim[];
  /** The service of the stack that is broken, where its image cannot be had everywhere. */
  readonly needs?: string;
  /** What a drill is about: something that is down has a promise of its own. */
  readonly down?: boolean;
  /** Drills of different turns break what the others need: before MAIN_TURN, which is the default, the way of every message; after it exporters. */
  readonly turn?: 1 | 2 | 3 | 4 | 5;
  /** Runs when the victims have started, before the stack knows them. */
  readonly prepare?: (arena: Arena) => Promise<unknown>;
  /** Breaks it. A time that is returned is when the state began of which the alert speaks; else that is when this was called. */
  readonly inject: (arena: Arena) => Promise<unknown>;
  readonly remove: (arena: Arena) => Promise<unknown>;
  /** Takes away at the end what is not in a container. */
  readonly clean?: (arena: Arena) => Promise<unknown>;
  /** Seconds that the way back may take; rates over five minutes forget slowly. */
  readonly back?: number;
  /** Seconds until the message, where the promise of its kind does not hold, with the reason beside it. */
  readonly within?: number;
  /** How it is told where Alertmanager cannot: by the dead-man's switch, which misses its ping. */
  readonly toldBy?: 'dead-man';
  /** A rarer fault that a test run has no time for: only `npm run drill` does it. */
  readonly slow?: boolean;
  /** Why it is only done where somebody asks for it by its alert's name. */
  readonly onlyByName?: string;
}

/** What came of a drill; times in seconds. */
export interface DrillResult {
  readonly alert: string;
  readonly severity: Drill['severity'];
  readonly fault: string;
  /** From the fault to the alert firing. */
  readonly toAlert: number;
  /** From the fault to the message at the receiver. */
  readonly toNotification: number;
  /** From the end of the fault to the resolved notice; undefined where it did not come in time. */
  readonly toResolved: number | undefined;
}

/** Breaks something, waits for the message at the receiver, mends it, and waits for the resolved notice. Throws where the alert does not come. */
export async function runDrill(drill: Drill, arena: Arena, patience: number): Promise<DrillResult> {
  const called = Date.now();
  const since = await drill.inject(arena);
  const began = since instanceof Date ? since.getTime() : called;
  const told = alertsFrom(drill, arena);
  const firing = await waitFor(drill, 'firing', patience + Math.max(0, began - Date.now()) / 1000, async () => told.firing(called));
  await drill.remove(arena);
  const mended = Date.now();
  const resolved = await waitFor(drill, 'resolved', drill.back ?? 120, async () => told.resolved(firing)).catch(() => undefined);
  const seconds = (at: number): number => Math.round((at - began) / 100) / 10;
  return {
    alert: drill.alert,
    severity: drill.severity,
    fault: drill.fault,
    toAlert: seconds(firing.startsAt),
    toNotification: seconds(firing.at),
    toResolved: resolved === undefined ? undefined : Math.max(0, Math.round((resolved.at - mended) / 100) / 10),
  };
}

async function waitFor(drill: Drill, status: string, seconds: number, look: () => Promise<Told | undefined>): Promise<Told> {
  let found: Told | undefined;
  await eventually(`${drill.alert} (${drill.fault}) is ${status}`, seconds, async () => (found = await look()) !== undefined);
  if (found === undefined) throw new Error(`${drill.alert} is not there`);
  return found;
}
