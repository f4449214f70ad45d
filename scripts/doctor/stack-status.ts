import type { TargetState } from '../clients/prometheus.ts';
import { judge, type ContainerState } from '../engine/health.ts';
import { error, type Problem } from '../base/problem.ts';

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
  readonly firing: readonly {
    readonly alertname: string;
    readonly severity: string;
    readonly instance: string;
    /** What people read in the notification. */
    readonly summary: string;
    /** ISO 8601, in UTC. */
    readonly since: string;
  }[];
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
