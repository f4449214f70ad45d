import { error, type Problem } from '../base/problem.ts';
import { modules } from '../modules/index.ts';

/** Folder in a container → folder of the checkout, so that a tool's message names the file that the user edits. */
const SOURCES: readonly (readonly [string, string])[] = [
  ['/etc/prometheus/', 'prometheus/'],
  ['/stack/', ''],
  ['/etc/alertmanager/', 'alertmanager/'],
  ...modules.flatMap(({ linted = [] }) => linted.map(({ inside, checkout }) => [inside, checkout] as const)),
];

const toSource = (text: string): string => SOURCES.reduce((result, [inside, outside]) => result.replaceAll(inside, outside), text);

const FIX = 'Fix the file; the running stack has not been touched.';

/**
 * Lines without information: what is checked, what is fine, closing lines, and promtool's remark that there is no target file
 * yet.
 */
const NOISE =
  /^(\s*WARNING: file .* for file_sd .*does not exist|Checking .*|Unit Testing: .*|\s*(SUCCESS|FAILED):?.*found|\s*SUCCESS.*|\s*FAILED:?|Found:|\s- .*|amtool: error: failed to validate.*|(Error: )?(lint error|validation failed)|)$/;

/** Folders of modules' files that tools read. */
const ROOTS = [...new Set(modules.flatMap(({ linted = [] }) => linted.map(({ checkout }) => checkout.split('/')[0])))];

/** The name of a rule test, with which promtool begins each unmet expectation. */
const FAILED_TEST = /^ +name: (.*),$/;

/** The same of a generated test that asks for the state of an alert. */
const FAILED_STATE = /^ +expr: "ALERTS\{alertname=\\"(\w+)\\".* # (.*)", (time: .*)$/;

/** A file of the checkout at the start of a finding, with line and column if the tool prints them. */
const PLACE = new RegExp(
  `^"?((?:prometheus|test|alertmanager|${ROOTS.join('|')})\\/[\\w./-]+)"?:\\s*(?:yaml: unmarshal errors:)?\\s*(?:(?:yaml: )?line )?(?:(\\d+):(?:\\d+:?)?)?\\s*(.*)$`,
);

/**
 * The output of a failed run as problems that name the files of the checkout. Lines without a file belong to the finding before them;
 * if none names a file, all of the output is one problem of `subject`.
 *
 * @param title which tool it was
 * @param subject the file of the checkout that the tool read
 */
export function lintProblems(title: string, subject: string, output: string): readonly Problem[] {
  const lines = output
    .split('\n')
    // amtool's verdict follows the name of the file, and its two streams may share a line.
    .map((line) =>
      toSource(line.trimEnd())
        .replace(/amtool: error: failed to validate.*$/, '')
        .replace(/^Checking '[^']+'\s*/, ''),
    )
    .map((line) =>
      line
        .replace(/^\s*FAILED: (?:parsing YAML file |error loading scrape configs: )?/, '')
        .replace(/^(?:Error|failed parsing config): /, ''),
    )
    .filter((line) => !NOISE.test(line));
  const findings: { place: string; text: string[] }[] = [];
  let isRepeated = false;
  for (const line of lines) {
    const [, file, number, text = ''] = PLACE.exec(line) ?? [];
    const last = findings.at(-1);
    const test = failedTest(line);
    // One finding per failed rule test, however many expectations are unmet.
    if (test !== undefined) {
      isRepeated = findings.some(({ text: [first] }) => first === test[0]);
      if (!isRepeated) findings.push({ place: subject, text: [...test] });
      continue;
    }
    if (isRepeated) continue;
    // promtool prints line 0 for an unknown line.
    if (file !== undefined)
      findings.push({ place: number === undefined || Number(number) === 0 ? file : `${file}:${number}`, text: [text] });
    else if (last !== undefined) addLine(last, line);
    else findings.push({ place: subject, text: [line] });
  }
  if (findings.length === 0) findings.push({ place: subject, text: ['is rejected without a message'] });
  return findings.map(({ place, text }) =>
    error(
      place,
      `${title}: ${text
        .filter((line) => line.trim() !== '')
        .slice(0, 12)
        .join('\n      ')
        .trim()}`,
      FIX,
    ),
  );
}

/** The name of a failed test, and which alert it asks for where no line follows that says so. */
function failedTest(line: string): readonly string[] | undefined {
  const test = FAILED_TEST.exec(line)?.[1];
  if (test !== undefined) return [test];
  const [, alert, name, time] = FAILED_STATE.exec(line) ?? [];
  return alert === undefined ? undefined : [`${alert} ${name ?? ''}`, `alertname: ${alert}, ${time ?? ''}`];
}

/** Findings of several runs, deduplicated: a file checked both as checked in and as rendered has each mistake twice, on different lines. */
export function onceEach(problems: readonly Problem[]): readonly Problem[] {
  const keyOf = ({ place, message }: Problem): string => `${place.replace(/:\d+$/, '')} ${message}`;
  const first = new Map([...problems].reverse().map((problem) => [keyOf(problem), problem]));
  return problems.filter((problem) => first.get(keyOf(problem)) === problem);
}

/** The YAML library prints the line number on a separate line. */
function addLine(finding: { place: string; text: string[] }, line: string): void {
  const [, number, text] = /^\s+line (\d+): (.*)$/.exec(line) ?? [];
  if (number !== undefined && !/:\d+$/.test(finding.place)) finding.place += `:${number}`;
  finding.text.push(text ?? line);
}
