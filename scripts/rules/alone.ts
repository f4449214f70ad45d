import { parseDocument } from 'yaml';
import type { Problem } from '../base/problem.ts';
import { originOf } from './cases.ts';

type Files = ReadonlyMap<string, string>;

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

/**
 * A failed rule test, with the line where someone wrote it: promtool says the names of the test and of its alert, not the file. A problem of
 * anything else stays as it is.
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
