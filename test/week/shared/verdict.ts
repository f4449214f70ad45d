import type { Labels } from '../../../scripts/rules/table.ts';
import type { WeekEvent } from './event.ts';
import type { Timeline } from './fired.ts';
import { uninhibited, type InhibitRule } from './inhibition.ts';

/** One message that a person would get in an ordinary week: alerts of one group, from the first moment at which one is not held back. */
export interface FalseAlarm {
  readonly event: string;
  readonly alert: string;
  readonly severity: string;
  /** Seconds since the begin of the event. */
  readonly at: number;
  readonly labels: Labels;
}

/** Severities that reach a person: all but `info`. */
const PAGES = ['critical', 'emergency'];

/** Warnings over the whole catalogue. */
const WARNINGS_AT_MOST = 3;

/** The messages of an event. Alertmanager groups by alert and service. */
export function falseAlarms(event: string, timeline: Timeline, rules: readonly InhibitRule[]): readonly FalseAlarm[] {
  const groups = new Map<string, FalseAlarm>();
  for (const [at, firing] of timeline)
    for (const labels of uninhibited(firing, rules)) {
      const { alertname: alert = '', severity = '', cluster = '', service = '' } = labels;
      const group = [alert, severity, cluster, service].join('\n');
      if (severity !== 'info' && !groups.has(group)) groups.set(group, { event, alert, severity, at, labels });
    }
  return [...groups.values()];
}

/** What is wrong with the ordinary week: pages, warnings that no event allows or that are too many, and allowances that nothing needs. */
export function weekProblems(events: readonly WeekEvent[], alarms: readonly FalseAlarm[]): readonly string[] {
  const isAllowed = ({ event, alert }: FalseAlarm): boolean =>
    events.some(({ title, allowed }) => title === event && allowed?.[alert] !== undefined);
  const warnings = alarms.filter(({ severity }) => !PAGES.includes(severity));
  const unneeded = events.flatMap(({ title, allowed = {} }) =>
    Object.keys(allowed)
      .filter((alert) => !warnings.some((alarm) => alarm.event === title && alarm.alert === alert))
      .map((alert) => `${title}: allows ${alert}, which does not fire`),
  );
  return [
    ...alarms.filter((alarm) => PAGES.includes(alarm.severity) || !isAllowed(alarm)).map(describe),
    ...unneeded,
    ...(warnings.length > WARNINGS_AT_MOST ? [`${warnings.length} warnings in the whole week, at most ${WARNINGS_AT_MOST} may be`] : []),
  ];
}

function describe({ event, alert, severity, at, labels }: FalseAlarm): string {
  const { alertname: _, severity: __, category: ___, ...own } = labels;
  const shown = Object.entries(own).map(([name, value]) => `${name}=${value}`);
  return `${event}: ${alert} (${severity}) after ${Math.floor(at / 60)}m${at % 60}s: ${shown.join(' ')}`;
}
