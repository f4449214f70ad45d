import { parseDocument } from 'yaml';
import type { Problem } from '../base/problem.ts';
import { originOf } from './cases.ts';

type Files = ReadonlyMap<string, string>;

interface Rule {
  readonly alert?: string;
  readonly expr?: unknown;
}

/**
 * Gives every generated test its own rule file, with the tested alert and the recorded metrics: promtool evaluates every loaded rule,
 * so this takes a twentieth of the time. Hand-written files stay unchanged.
 *
 * @param tests promtool test files by their path
 * @param rules rule files by their path
 */
export function testedAlone(tests: Files, rules: Files): { readonly tests: Files; readonly rules: Files } {
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

/** A rule file with one of its alerts, and every recorded metric. An alert that reads other alerts keeps them. */
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

/** The same file is split for each of its alerts. */
function parsed(text: string): unknown {
  if (!seen.has(text)) seen.set(text, parseDocument(text).toJS());
  return seen.get(text);
}

/**
 * Adds the source line to a failed rule test: promtool prints the names of test and alert, not the file. Other
 * problems stay unchanged.
 *
 * @param sources the files of test/rules by their path
 */
export function atSource(problem: Problem, sources: Files): Problem {
  const [, name = '', alert] = /: (.*)\n\s*alertname: (\w+),/.exec(problem.message) ?? [];
  if (alert === undefined) return problem;
  const place =
    placeOf(
      sources,
      (path) => path.endsWith('.test.yml') && originOf(path) === undefined,
      (line) => /name: *['"]?(.*?)['"]?$/.exec(line)?.[1] === name,
    ) ??
    placeOf(
      sources,
      (path) => /^test\/rules\/[^.]+\.ts$/.test(path),
      (line) => line.includes(`'${alert}'`),
    );
  const fix = `Correct the test or the rule ${alert}; the running stack has not been touched.`;
  return place === undefined ? problem : { ...problem, place, fix };
}

function placeOf(sources: Files, isFile: (path: string) => boolean, isLine: (line: string) => boolean): string | undefined {
  for (const [path, text] of sources) {
    const line = isFile(path) ? text.split('\n').findIndex(isLine) + 1 : 0;
    if (line > 0) return `${path}:${line}`;
  }
  return undefined;
}
