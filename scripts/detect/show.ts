import pc from 'picocolors';
import { planDiff, type DetectPlan } from './plan.ts';

/** What was found and what would be written, as text. */
export function renderDetection(plan: DetectPlan): string {
  if (plan.found.length === 0)
    return [
      'No running container can be watched by this stack.',
      'Ports are found if the image exposes or the container publishes them. Otherwise give the container the label prometheus.port=<port>.',
    ].join('\n');
  const width = Math.max(...plan.found.map(({ container }) => container.length));
  const rows = plan.found.map(({ container, because, state }) => {
    const mark = { new: pc.green('+'), 'watched already': pc.dim('='), 'out of reach': pc.yellow('!') }[state];
    return `  ${mark} ${container.padEnd(width)}  ${because}${state === 'new' ? '' : pc.dim(` (${state})`)}`;
  });
  if (plan.changes.length === 0) return [...rows, 'Nothing new.'].join('\n');
  return [...rows, '', colored(planDiff(plan)), ...plan.passwords.map((file) => `+++ secrets/${file} (a generated password)`)].join('\n');
}

/** Manual steps after the files are written; empty if there are none. */
export function renderManual({ manual }: DetectPlan): string {
  return manual.map(({ what, command }) => `${what[0]?.toUpperCase() ?? ''}${what.slice(1)}:\n  ${command}`).join('\n');
}

/** Manual steps without writing: the passwords that the commands read do not exist yet. */
export function renderLater(plan: DetectPlan): string {
  const manual = renderManual(plan);
  return manual === '' ? '' : `Once it is written, these remain for you:\n${manual}\n`;
}

/** The same as JSON. Generated passwords are shown by file name only. */
export function detectionJson(plan: DetectPlan, applied: boolean): string {
  const { found, changes, passwords, manual, problems } = plan;
  return JSON.stringify(
    { applied, found, diff: planDiff(plan), files: changes.map(({ path }) => path), passwords, manual, problems },
    null,
    2,
  );
}

function colored(diff: string): string {
  const color = (line: string): string => {
    if (/^(\+\+\+|---)/.test(line)) return pc.bold(line);
    if (line.startsWith('@@')) return pc.cyan(line);
    return line.startsWith('+') ? pc.green(line) : line.startsWith('-') ? pc.red(line) : line;
  };
  return diff.split('\n').map(color).join('\n');
}
