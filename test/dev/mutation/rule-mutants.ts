import { parseDocument } from 'yaml';
import { exprMutants, type ExprMutant } from './expr-mutants.ts';

/** A rule as it stands in its file. */
export interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

export interface RuleGroup {
  readonly name: string;
  readonly rules: readonly Rule[];
  readonly [field: string]: unknown;
}

/** A rule that is wrong in one way. */
export interface Mutant {
  readonly path: string;
  /** The alert's name, or the recorded metric's. */
  readonly name: string;
  readonly kind: ExprMutant['kind'] | 'for' | 'severity';
  /** What was changed, for people. */
  readonly mutation: string;
  /** Where the rule stands: its group, and its place in it. */
  readonly group: number;
  readonly index: number;
  readonly rule: Rule;
}

/** The groups of a rule file; none where it is not one. */
export function ruleGroups(text: string): readonly RuleGroup[] {
  const document: unknown = parseDocument(text).toJS();
  const groups = (document as { groups?: readonly (Partial<RuleGroup> | null)[] | null } | null)?.groups;
  return (Array.isArray(groups) ? groups : []).map((group) => ({ name: '', ...group, rules: group?.rules ?? [] }));
}

/**
 * Every mutant of every rule of a file: the expression's own, the hold time tripled and removed, another severity.
 * Recorded metrics have mutants as well: an alert is no better than what it reads.
 */
export function mutantsOf(path: string, text: string): readonly Mutant[] {
  return ruleGroups(text).flatMap(({ rules }, group) =>
    rules.flatMap((rule, index) =>
      [...changedExpr(rule), ...changedHold(rule), ...changedSeverity(rule)].map((change) => ({
        path,
        name: rule.alert ?? rule.record ?? '',
        group,
        index,
        ...change,
      })),
    ),
  );
}

type Change = Pick<Mutant, 'kind' | 'mutation' | 'rule'>;

function changedExpr(rule: Rule): readonly Change[] {
  return exprMutants(rule.expr).map(({ kind, mutation, expr }) => ({ kind, mutation, rule: { ...rule, expr } }));
}

/** A rule without a hold time has none that could be tripled or removed. */
function changedHold(rule: Rule): readonly Change[] {
  const { for: hold, ...without } = rule;
  if (hold === undefined || !/[1-9]/.test(hold)) return [];
  const tripled = hold.replace(/\d+/g, (digits) => String(Number(digits) * 3));
  return [
    { kind: 'for', mutation: `for: ${hold}: tripled to ${tripled}`, rule: { ...rule, for: tripled } },
    { kind: 'for', mutation: `for: ${hold}: removed`, rule: without },
  ];
}

function changedSeverity(rule: Rule): readonly Change[] {
  const severity = rule.labels?.['severity'];
  if (severity === undefined) return [];
  const other = severity === 'warning' ? 'critical' : 'warning';
  return [
    {
      kind: 'severity',
      mutation: `severity: ${severity}: changed to ${other}`,
      rule: { ...rule, labels: { ...rule.labels, severity: other } },
    },
  ];
}
