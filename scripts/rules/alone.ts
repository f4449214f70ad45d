import { parseDocument } from 'yaml';
import type { Tree } from '../base/tree.ts';
import type { Problem } from '../base/problem.ts';
import { originOf } from './cases.ts';

interface Rule {
  readonly alert?: string;
  readonly expr?: unknown;
}

/**
 * Gives every generated test a rule file of its own, with the one alert that it tests and the recorded metrics: promtool evaluates every rule
 * that it loads, so it needs a twentieth of the time. Files that someone wrote stay as they are.
 *
 * @param tests promtool test files by their path
 * @param rules rule files by their path
 */
export function testedAlone(tests: Tree, rules: Tree): { readonly tests: Tree; readonly rules: Tree } {
  const cut = new Map<string, string>();
  const cutTests = [...tests].map(([path, text]) => {
    const origin = originOf(path);
    const whole = rules.get(origin?.rules ?? '');
    if (origin === undefined || whole === undefined) return [path, text] as const;
    const own = origin.rules.replace(/\.yml$/, `.${origin.alert}.yml`);
    if (!cut.has(own)) cut.set(own, onlyAlert(whole, origin.alert));
    return [path, text.replace(`/${origin.rules}`, `/${own}`)] as const;
  });
  return { tests: new Map(cutTests), rules: new Map([...rules, ...cut]) };
}

/** A rule file with one of its alerts, and every recorded metric. One that asks for other alerts keeps them. */
function onlyAlert(text: string, alert: string): string {
  const { groups = [] } = (parsed(text) ?? {}) as { groups?: readonly { readonly rules?: readonly Rule[] }[] };
  const rules = groups.flatMap((group) => group.rules ?? []);
  if (rules.some((rule) => rule.alert === alert && /\bALERTS/.test(String(rule.expr)))) return text;
  const kept = groups
    .map((group) => ({ ...group, rules: (group.rules ?? []).filter((rule) => rule.alert === undefined || rule.alert === alert) }))
    .filter((group) => group.rules.length > 0);
  return JSON.stringify({ groups: kept });
}

const seen = new Map<string, unknown>();

/** The same file is cut for each of its alerts. */
function parsed(text: string): unknown {
  if (!seen.has(text)) seen.set(text, parseDocument(text).toJS());
  return seen.get(text);
}

/** A problem of a generated test file, with the line of the table that the file was made from. */
export function atTable(problem: Problem, sources: Tree): Problem {
  const origin = originOf(problem.place.replace(/:\d+$/, ''));
  if (origin === undefined) return problem;
  const lines = (sources.get(origin.table) ?? '').split('\n');
  const line = lines.findIndex((text) => text.includes(`'${origin.alert}'`)) + 1;
  const fix = `Correct the entry of ${origin.alert} there, or the rule in ${origin.rules}; the running stack has not been touched.`;
  return { ...problem, place: `${origin.table}:${line}`, fix };
}
