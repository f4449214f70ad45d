import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { alertRules } from '../../../scripts/rules/files.ts';
import { ROOT } from '../../../scripts/base/files.ts';
import { BACK_SECONDS, type Drill, type DrillResult, type Patience } from './drill.ts';

/** Seconds from the fault. */
export interface Limits {
  readonly toAlert: number;
  readonly toNotification: number;
}

const RULES = 'prometheus/rules';

/** The alert rules of this checkout. */
export const checkedInRules = () =>
  readdirSync(join(ROOT, RULES))
    .filter((name) => name.endsWith('.yml'))
    .flatMap((name) => alertRules(`${RULES}/${name}`, readFileSync(join(ROOT, RULES, name), 'utf8')));

const holds = new Map(checkedInRules().map(({ alert, hold }) => [alert, seconds(hold)]));

/** What is promised: what is down is at the receiver within a minute; another critical alert fires within one and is there 30 s later. */
export function limitsOf({ alert, severity, down, within }: Drill): Limits {
  if (within !== undefined) return { toAlert: within, toNotification: within };
  if (down === true) return { toAlert: 60, toNotification: 60 };
  const toAlert = severity === 'critical' ? 60 : 300 + (holds.get(alert) ?? 0);
  return { toAlert, toNotification: toAlert + 30 };
}

/** How long a drill is waited for: beyond its limits, so that a late notification is measured instead of missed. */
export const patienceOf = (drill: Drill): Patience => ({
  notification: limitsOf(drill).toNotification + 120,
  resolved: drill.back ?? BACK_SECONDS,
});

/** Which limit a result missed, in words; undefined where it missed none. */
export function missedLimit(drill: Drill, { toAlert, toNotification, toResolved }: DrillResult): string | undefined {
  const limits = limitsOf(drill);
  if (toAlert > limits.toAlert) return `firing after more than ${limits.toAlert} s`;
  // From firing to receipt; a fault that is seen early leaves no more time for the way to the receiver.
  if (toNotification - Math.max(0, toAlert) > 30) return 'more than 30 s from firing to the receiver';
  if (toNotification > limits.toNotification) return `at the receiver after more than ${limits.toNotification} s`;
  return toResolved === undefined ? 'no resolved notice in time' : undefined;
}

/** A duration of Prometheus, such as 1m30s; an empty one is 0. */
function seconds(text: string): number {
  const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
  return [...text.matchAll(/(\d+)([smhd])/g)].reduce((sum, [, count, unit = 's']) => sum + Number(count) * (units[unit] ?? 0), 0);
}
