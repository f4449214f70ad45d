/** The alert that is raised while a service is being deployed. */
const SOURCE = 'DeploymentInProgress';

/** What follows the description of an alert that a deployment holds back. Prometheus fills it in each time that it evaluates the alert. */
export const NOT_BACK =
  `{{ range printf "topk(1, pharos:deployment:unfinished{target_host=%q,target_host!=\\"\\"})" $labels.target_host | query }}` +
  ' It did not come back after a deployment at {{ . | value | humanizeTimestamp }}.{{ end }}';

interface InhibitRule {
  readonly source_matchers?: readonly string[];
  readonly target_matchers?: readonly string[];
  readonly equal?: readonly string[];
}

/**
 * Whether an alert is one that deployments hold back at its target, by the inhibit rules of `alertmanager.yml`.
 *
 * @param config the parsed file; anything that is not one holds nothing back
 */
export function heldByDeployments(config: unknown): (alert: string) => boolean {
  const rules = (config as { readonly inhibit_rules?: unknown } | null | undefined)?.inhibit_rules;
  const held = (Array.isArray(rules) ? (rules as readonly InhibitRule[]) : [])
    .filter(({ source_matchers = [], equal = [] }) => equal.includes('target_host') && source_matchers.some((one) => one.includes(SOURCE)))
    .flatMap(({ target_matchers = [] }) => target_matchers.flatMap(namesOf));
  return (alert) => held.some((names) => names.test(alert));
}

/** The alert names that a matcher such as `alertname=~"A|B"` matches. */
function namesOf(matcher: string): readonly RegExp[] {
  const [, operator, names = ''] = /^\s*alertname\s*(=~?)\s*"?(.*?)"?\s*$/.exec(matcher) ?? [];
  if (operator === undefined) return [];
  try {
    return [new RegExp(`^(?:${operator === '=' ? names.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&') : names})$`)];
  } catch {
    // Alertmanager's own check names what is wrong with it.
    return [];
  }
}
