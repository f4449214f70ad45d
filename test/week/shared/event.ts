import type { DrillContext } from '../../drills/shared/drill.ts';
import { shapeOf, type Shape, type Shapes } from './shapes.ts';

/** What Prometheus scrapes: its labels, and the series that it exposes, by name and own labels. */
export interface Target {
  readonly labels: Readonly<Record<string, string>>;
  readonly series: Shapes;
}

/** What is different for a while. `of` selects series by name and labels, `redis_up`, `{job="redis"}` or both. */
export type Change =
  | { readonly kind: 'shape'; readonly of: string; readonly shape: Shape }
  /** The series end and come back: nothing answers, or the object does not exist. */
  | { readonly kind: 'gone'; readonly of: string }
  /** Counters start from 0 when it begins. */
  | { readonly kind: 'reset'; readonly of: string }
  /** Series of a target that exist only now. */
  | { readonly kind: 'added'; readonly target: Target['labels']; readonly series: Shapes };

/** Changes in a part of an event. */
export interface Happening {
  readonly from: string;
  /** Default: to the end. */
  readonly to?: string;
  readonly changes: readonly Change[];
}

/** An ordinary event. */
export interface WeekEvent {
  readonly title: string;
  /** How long rules are evaluated. */
  readonly lasts: string;
  /** How often. Default 5s, as rules of "down" alerts; events of hours take a minute. */
  readonly every?: string;
  readonly happenings: readonly Happening[];
  /** Warnings that may fire, by what they are good for then. */
  readonly allowed?: Readonly<Record<string, string>>;
  /** Alerts of severity `info` that say what happened. They reach no one. */
  readonly informs?: readonly string[];
  /** The event on the stack of `npm run prove`, over in nine minutes; absent where it would need another host, or more time. */
  readonly real?: (stack: RealStack) => Promise<unknown>;
}

/** A running stack that watches one of everything, on which ordinary things happen. */
interface RealStack extends DrillContext {
  /** Waits for seconds. Throws when the run is ended. */
  readonly after: (seconds: number) => Promise<void>;
}

/** Selects every series: Prometheus itself does not run. */
export const EVERYTHING = '*';

/** Gives an event its type. To be exported as default. */
export function weekEvent(event: WeekEvent): WeekEvent {
  return event;
}

/** Changes between two moments, counted from the begin of the event. */
export function between(from: string, to: string, ...changes: readonly (Change | readonly Change[])[]): Happening {
  return { from, to, changes: changes.flat() };
}

/** Changes from a moment on. */
export function since(from: string, ...changes: readonly (Change | readonly Change[])[]): Happening {
  return { from, changes: changes.flat() };
}

/** Series take other values or rates. */
export function are(shapes: Shapes): readonly Change[] {
  return Object.entries(shapes).map(([of, shape]) => ({ kind: 'shape', of, shape: shapeOf(shape) }));
}

/** Series end, until another change of the same moment says what they are. */
export function gone(...selectors: readonly string[]): readonly Change[] {
  return selectors.map((of) => ({ kind: 'gone', of }));
}

/** Counters start from 0. */
export function reset(...selectors: readonly string[]): readonly Change[] {
  return selectors.map((of) => ({ kind: 'reset', of }));
}

/** Further series of a target. */
export function added(target: Target['labels'], series: Shapes): Change {
  return { kind: 'added', target, series };
}
