import { stateOf } from '../alertmanager/window-times.ts';
import type { MaintenanceWindow } from '../alertmanager/windows.ts';
import type { ActiveAlert, TargetState } from '../clients/prometheus.ts';
import type { ShownSilence } from '../silence/show.ts';
import { judge, type ContainerState } from '../engine/health.ts';
import { error, type Problem } from '../base/problem.ts';

/** An alert, as a person reads it. */
export interface ShownAlert {
  readonly alertname: string;
  readonly severity: string;
  readonly instance: string;
  /** What people read in the notification. */
  readonly summary: string;
  /** When its condition became true: ISO 8601, in UTC. */
  readonly since: string;
}

/** An alert whose condition is true, but not for long enough yet. */
export interface PendingAlert extends ShownAlert {
  /** Seconds until it fires, if it lasts. */
  readonly firesIn: number;
}

/** A maintenance window that lasts now, or begins soon. */
export interface ShownWindow {
  readonly name: string;
  /** Its matchers; `all alerts` without any. */
  readonly what: string;
  readonly state: 'active' | 'soon';
  /** ISO 8601, in UTC; of a window that lasts, undefined. */
  readonly from: string | undefined;
  /** Undefined if it lasts longer than a day. */
  readonly until: string | undefined;
}

/** A snapshot of the stack. */
export interface StackStatus {
  readonly project: string;
  readonly services: readonly {
    readonly service: string;
    readonly state: string;
    readonly health: string;
    readonly image: string;
    readonly startedAt: string;
    readonly restarts: number;
  }[];
  readonly targets: readonly { readonly job: string; readonly up: number; readonly total: number }[];
  readonly firing: readonly ShownAlert[];
  readonly pending: readonly PendingAlert[];
  readonly silences: readonly ShownSilence[];
  /** Maintenance windows that last now or begin within a day. */
  readonly windows: readonly ShownWindow[];
  readonly problems: readonly Problem[];
}

/** Services of the stack that are not running and healthy. */
export function serviceProblems(expected: readonly string[], containers: readonly ContainerState[]): readonly Problem[] {
  return expected.flatMap((service) => {
    const container = containers.find((candidate) => candidate.service === service);
    const verdict = judge(service, container, container?.restarts ?? 0);
    if (verdict.kind === 'ready') return [];
    return [error(`service ${service}`, verdict.kind === 'failed' ? verdict.why : verdict.what, `npm run logs -- ${service}; npm run up`)];
  });
}

/** Targets per job, and how many of them are up. */
export function countTargets(targets: readonly TargetState[]): StackStatus['targets'] {
  return [...new Set(targets.map(({ job }) => job))].sort().map((job) => {
    const own = targets.filter((target) => target.job === job);
    return { job, up: own.filter(({ health }) => health === 'up').length, total: own.length };
  });
}

/** The alerts that people are to see, firing and pending apart; the next to fire first. */
export function shownAlerts(alerts: readonly ActiveAlert[], nowMs: number): Pick<StackStatus, 'firing' | 'pending'> {
  const shown = alerts
    .filter(({ labels }) => labels['alertname'] !== 'Watchdog')
    .map(({ labels, annotations, activeAt, state, holdSeconds }) => ({
      state,
      alertname: labels['alertname'] ?? '',
      severity: labels['severity'] ?? '',
      instance: labels['instance'] ?? '',
      summary: annotations['summary'] ?? labels['instance'] ?? '',
      since: activeAt,
      firesIn: Math.max(0, holdSeconds - (nowMs - Date.parse(activeAt)) / 1000),
    }));
  return {
    firing: shown.flatMap(({ state, firesIn: _, ...alert }) => (state === 'firing' ? [alert] : [])),
    pending: shown.flatMap(({ state, ...alert }) => (state === 'pending' ? [alert] : [])).sort((a, b) => a.firesIn - b.firesIn),
  };
}

const DAY_MS = 86_400_000;

/** The windows that last now or begin within a day. */
export function shownWindows(windows: readonly MaintenanceWindow[], nowMs: number): readonly ShownWindow[] {
  const iso = (ms: number | undefined): string | undefined => (ms === undefined ? undefined : new Date(ms).toISOString());
  return windows.flatMap(({ name, matchers, intervals }) => {
    const state = stateOf(intervals, nowMs, DAY_MS);
    if (state === undefined) return [];
    const from = state.kind === 'soon' ? iso(state.fromMs) : undefined;
    return [{ name, what: matchers.join(', ') || 'all alerts', state: state.kind, from, until: iso(state.untilMs) }];
  });
}
