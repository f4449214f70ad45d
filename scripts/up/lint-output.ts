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

const FIX = 'Mend the file; the running stack has not been touched.';

/**
 * Lines without news: what is being looked at, what is fine, a tool's last words, and that nobody has written a target file yet, which promtool
 * remarks on in every run.
 */
const NOISE =
  /^(\s*WARNING: file .* for file_sd .*does not exist|Checking .*|Unit Testing: .*|\s*(SUCCESS|FAILED):?.*found|\s*SUCCESS.*|\s*FAILED:?|Found:|\s- .*|amtool: error: failed to validate.*|(Error: )?(lint error|validation failed)|)$/;

/** A file of the checkout at the start of a finding, with a line and a column where the tool gives them. */
const PLACE =
  /^"?((?:prometheus|test|alertmanager|exporters|loki)\/[\w./-]+)"?:\s*(?:yaml: unmarshal errors:)?\s*(?:(?:yaml: )?line )?(?:(\d+):(?:\d+:?)?)?\s*(.*)$/;

/**
 * What a failed run says, as problems that name the files of the checkout. Lines that name no file belong to the finding before them;
 * where none names a file, everything that the tool said is one problem of `subject`.
 *
 * @param title which tool it was
 * @param subject the file of the checkout that the tool was given
 */
export function lintProblems(title: string, subject: string, output: string): readonly Problem[] {
  const lines = output
    .split('\n')
    // amtool's verdict stands behind the name of the file, and its two streams may share a line.
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
  for (const line of lines) {
    const [, file, number, text = ''] = PLACE.exec(line) ?? [];
    const last = findings.at(-1);
    // promtool calls the line 0 that it does not know.
    if (file !== undefined)
      findings.push({ place: number === undefined || Number(number) === 0 ? file : `${file}:${number}`, text: [text] });
    else if (last !== undefined) addLine(last, line);
    else findings.push({ place: subject, text: [line] });
  }
  if (findings.length === 0) findings.push({ place: subject, text: ['is refused without a word'] });
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

/** Findings of several runs, each once: a file that is read as it is checked in and as it was rendered has a mistake twice, on other lines. */
export function onceEach(problems: readonly Problem[]): readonly Problem[] {
  const told = ({ place, message }: Problem): string => `${place.replace(/:\d+$/, '')} ${message}`;
  const first = new Map([...problems].reverse().map((problem) => [told(problem), problem]));
  return problems.filter((problem) => first.get(told(problem)) === problem);
}

/** The YAML library puts the line of a mistake on a line of its own. */
function addLine(finding: { place: string; text: string[] }, line: string): void {
  const [, number, text] = /^\s+line (\d+): (.*)$/.exec(line) ?? [];
  if (number !== undefined && !/:\d+$/.test(finding.place)) finding.place += `:${number}`;
  finding.text.push(text ?? line);
}
