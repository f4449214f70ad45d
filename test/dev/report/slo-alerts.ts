import { stringify } from 'yaml';
import { alertRules, type AlertRule } from '../../../scripts/rules/files.ts';
import { sloRules } from '../../../scripts/rules/slo.ts';

/** What `sloAlerts` calls the file of its alerts: their runbooks stand among those of the applications. */
const MADE = 'prometheus/slo/apps.yml';

/** The rules that are made of every SLO, as one file: what is to be proven of them does not depend on a service. */
export function sloFile(): readonly [path: string, text: string] {
  const slo = { name: 'availability', objective: 99.9, total: 'rate(a_total[2m])', good: 'rate(b_total[2m])', absentIsBad: true };
  return [MADE, stringify(sloRules({ service: 'any', days: 30, slos: [slo] }, ''), { aliasDuplicateObjects: false })];
}

/** The alerts that are made of every SLO. */
export function sloAlerts(): readonly AlertRule[] {
  const [path, text] = sloFile();
  // Without their runbook_url, which would count as a runbook although the page is not checked.
  return alertRules(path, text).map((rule) => {
    const { runbook_url: _, ...annotations } = rule.annotations;
    return { ...rule, annotations };
  });
}

/** Whether an alert is made of SLOs, and therefore stands in no checked-in rule file. */
export function isOfSlo({ path }: AlertRule): boolean {
  return path === MADE;
}
