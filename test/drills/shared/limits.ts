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

/** The hold time of an alert in seconds; 0 where there is no such rule. */
const holdOf = (alert: string): number => holds.get(alert) ?? 0;
const holds = new Map(checkedInRules().map((rule) => [rule.alert, seconds(rule.hold)]));

/** A plain incident is two messages: firing and resolved. */
const MESSAGES = 2;
/** No more than one a minute (group_interval); a delivery may be late by this, which brings the next one nearer. */
const APART_SECONDS = 60 - 10;

/**
 * What is promised: an emergency is at the receiver within a minute, what is down within a minute and a half; another critical alert fires within
 * a minute more than its hold time, a warning within five, and is there 30 s later.
 */
export function limitsOf({ alert, severity, down, within }: Drill): Limits {
  const most = within ?? (severity === 'emergency' ? 60 : down === true ? 90 : undefined);
  if (most !== undefined) return { toAlert: most, toNotification: most };
  const toAlert = holdOf(alert) + (severity === 'critical' ? 60 : 300);
  return { toAlert, toNotification: toAlert + 30 };
}

/** How long a drill is waited for: beyond its limits, so that a late notification is measured instead of missed. */
export const patienceOf = (drill: Drill): Patience => ({
  notification: limitsOf(drill).toNotification + 120,
  resolved: drill.back ?? BACK_SECONDS,
});

/** Which limit a result missed, in words; undefined where it missed none. */
export function missedLimit(
  drill: Drill,
  { toAlert, toNotification, toResolved, messages = [], runbook }: DrillResult,
): string | undefined {
  const limits = limitsOf(drill);
  if (toAlert > limits.toAlert) return `firing after more than ${limits.toAlert} s`;
  // From firing to receipt; a fault that is seen early leaves no more time for the way to the receiver.
  if (toNotification - Math.max(0, toAlert) > 30) return 'more than 30 s from firing to the receiver';
  if (toNotification > limits.toNotification) return `at the receiver after more than ${limits.toNotification} s`;
  if (messages.length > MESSAGES) return `${messages.length} messages instead of ${MESSAGES}`;
  if (messages.some((at, index) => at - (messages[index - 1] ?? -Infinity) < APART_SECONDS)) return 'more than one message a minute';
  if (toResolved === undefined) return 'no resolved notice in time';
  return runbook.length === 0 ? undefined : `the runbook's command fails: ${runbook[0]}`;
}

/** A duration of Prometheus, such as 1m30s; an empty one is 0. */
function seconds(text: string): number {
  const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
  return [...text.matchAll(/(\d+)([smhd])/g)].reduce((sum, [, count, unit = 's']) => sum + Number(count) * (units[unit] ?? 0), 0);
}
