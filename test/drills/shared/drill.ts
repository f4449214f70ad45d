import { eventually, type E2eStack, type Ended } from '../../support/e2e-stack.ts';
import { notificationsOf, type Notification } from './notifications.ts';
import type { Receiver } from './receiver.ts';
import type { Target } from './targets.ts';

/** The running stack with the targets of the drills, and what a drill may do to them. */
export interface DrillContext {
  readonly stack: E2eStack;
  readonly prefix: string;
  /** The server that stands in for the critical team's webhook, the SMS gateway and the dead-man's switches. */
  readonly receiver: Receiver;
  /** Runs a program in a target. Throws with its output where it fails: a fault that was not brought about proves nothing. */
  readonly exec: (name: string, ...command: readonly string[]) => Promise<Ended>;
  /** The same for what may fail, such as filling a disk. */
  readonly attempt: (name: string, ...command: readonly string[]) => Promise<Ended>;
  /** Runs a program in a target and leaves it running. Throws where it does not start. */
  readonly spawn: (name: string, ...command: readonly string[]) => Promise<Ended>;
  /** Runs the docker client on a target: `docker('kill', 'redis-down')`. Throws where that fails. */
  readonly docker: (verb: string, name: string) => Promise<Ended>;
  /** Whether the stack runs a service: its image may be unavailable here. */
  readonly has: (service: string) => Promise<boolean>;
  /** Runs the docker client on a service of the stack. Throws where that fails. */
  readonly service: (verb: string, service: string) => Promise<Ended>;
  readonly start: (target: Target) => Promise<void>;
}

/** When most drills run. */
export const MAIN_BATCH = 1;

/** One fault in real software, and the alert that has to come of it. */
export interface Drill {
  readonly alert: string;
  readonly severity: 'emergency' | 'critical' | 'warning' | 'info';
  /** What is broken, in the past tense of a report. */
  readonly fault: string;
  /** The `instance`, or part of a label, that distinguishes this drill's alert from others of the same name. */
  readonly of?: string;
  readonly targets: readonly Target[];
  /** The service of the stack that is broken, where its image is not available everywhere. */
  readonly needs?: string;
  /** Whether the fault is that something is down, for which the time limit is shorter. */
  readonly down?: boolean;
  /** Drills of a later batch break what those of an earlier one need: exporters in 2, what watches all containers in 3. 4: nothing else may be broken. */
  readonly batch?: 1 | 2 | 3 | 4;
  /** Runs when the targets have started, before the stack watches them. */
  readonly prepare?: (context: DrillContext) => Promise<unknown>;
  /** Brings the fault about. A time that is returned is when the state began that the alert is about; else that is when this was called. */
  readonly inject: (context: DrillContext) => Promise<unknown>;
  readonly remove: (context: DrillContext) => Promise<unknown>;
  /** Removes at the end what is not in a container. */
  readonly clean?: (context: DrillContext) => Promise<unknown>;
  /** Seconds until the resolved notice, 120 unless set; rates over five minutes forget slowly. */
  readonly back?: number;
  /** Seconds until the notification, where the limit of its kind does not apply, with the reason beside it. */
  readonly within?: number;
  /** How its absence is noticed where Alertmanager cannot send: by a dead-man's switch, which misses its ping. */
  readonly notifiedBy?: 'dead-man';
  /** One of the few that every `npm test` runs. */
  readonly everyTest?: boolean;
  /** Why it only runs where its alert is named. */
  readonly onlyByName?: string;
}

/** What came of a drill; times in seconds. */
export interface DrillResult {
  readonly alert: string;
  readonly severity: Drill['severity'];
  readonly fault: string;
  /** From the fault to the alert firing. */
  readonly toAlert: number;
  /** From the fault to the notification at the receiver. */
  readonly toNotification: number;
  /** From the end of the fault to the resolved notice; undefined where it did not come in time. */
  readonly toResolved: number | undefined;
  /** When people got messages because of this alert, from the fault; undefined where none are sent. */
  readonly messages: readonly number[] | undefined;
  /** Commands of the runbook that failed while the fault lasted. */
  readonly runbook: readonly string[];
}

/** Whether the stack runs the service that a drill breaks: its image may be unavailable here. */
export async function isRunnable({ needs }: Pick<Drill, 'needs'>, { has }: Pick<DrillContext, 'has'>): Promise<boolean> {
  return needs === undefined || has(needs);
}

/** How long to wait for each step, in seconds. */
export interface Patience {
  readonly notification: number;
  readonly resolved: number;
}

/** The seconds until the resolved notice of a drill that sets none. */
export const BACK_SECONDS = 120;

/** A fault that an earlier one left behind, such as errors in a rate of five minutes, ends within this. */
const SILENT_SECONDS = 420;

/** Looks at a fault while it lasts, by the labels of its alert, and says what fails. */
export type Diagnose = (drill: Drill, labels: Notification['labels'], context: DrillContext) => Promise<readonly string[]>;

/**
 * Breaks something, waits for the notification at the receiver, diagnoses and repairs it, and waits for the resolved notice. Throws where the alert
 * does not come, or where it fires before anything is broken.
 */
export async function runDrill(drill: Drill, context: DrillContext, patience: Patience, diagnose: Diagnose): Promise<DrillResult> {
  const notifications = notificationsOf(drill, context);
  await eventually(`${drill.alert} is silent before the drill`, SILENT_SECONDS, notifications.silent);
  const called = Date.now();
  const since = await drill.inject(context);
  const began = since instanceof Date ? since.getTime() : called;
  const late = Math.max(0, began - Date.now()) / 1000;
  const firing = await waitFor(drill, 'firing', patience.notification + late, async () => notifications.firing(called));
  const runbook = await diagnose(drill, firing.labels, context);
  await drill.remove(context);
  const removed = Date.now();
  const resolved = await waitFor(drill, 'resolved', patience.resolved, async () => notifications.resolved(firing)).catch(() => undefined);
  const seconds = (at: number): number => Math.round((at - began) / 100) / 10;
  return {
    alert: drill.alert,
    severity: drill.severity,
    fault: drill.fault,
    toAlert: seconds(firing.startsAt),
    toNotification: seconds(firing.at),
    toResolved: resolved === undefined ? undefined : Math.max(0, Math.round((resolved.at - removed) / 100) / 10),
    messages: notifications.messages?.(firing).map(seconds),
    runbook,
  };
}

async function waitFor(drill: Drill, status: string, seconds: number, ask: () => Promise<Notification | undefined>): Promise<Notification> {
  let found: Notification | undefined;
  await eventually(`${drill.alert} (${drill.fault}) is ${status}`, seconds, async () => (found = await ask()) !== undefined);
  if (found === undefined) throw new Error(`${drill.alert} is not there`);
  return found;
}
