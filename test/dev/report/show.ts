import pc from 'picocolors';
import type { Proof } from '../proof/lock.ts';
import { wakesPeople, type AlertRow, type DrillTimes, type ReportTotals } from './rows.ts';

const HEAD = ['alert', 'severity', 'for', 'tests', 'runbook', 'mutants', 'can fire', 'quiet', 'false alarms', 'drilled', 'messages'];
/** Stands where something is not known. */
const UNKNOWN = '–';

/** A table per module, then the totals. */
export function renderReport(rows: readonly AlertRow[], totals: ReportTotals): string {
  const cells = rows.map(cellsOf);
  const widths = HEAD.map((head, column) => Math.max(head.length, ...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  const modules = [...new Set(rows.map(({ module }) => module))];
  const tables = modules.map((module) => {
    const own = cells.filter((_, index) => rows[index]?.module === module);
    return [pc.bold(module), `  ${pc.dim(line(HEAD))}`, ...own.map((row) => `  ${coloured(line(row), row)}`)].join('\n');
  });
  return [...tables, renderTotals(totals)].join('\n\n');
}

function cellsOf(row: AlertRow): readonly string[] {
  const { alert, severity, hold, tested, cases, mutants, runbook, canFire, quiet, falseAlarms, drill, changed, earlier } = row;
  const known = (value: boolean | undefined): string => (value === undefined ? UNKNOWN : value ? 'yes' : 'no');
  const dated = (proof: Proof, text: string): string =>
    changed.includes(proof) ? `${text}, changed` : earlier.includes(proof) ? `${text}, earlier` : text;
  return [
    alert,
    severity.includes('{{') ? 'any' : severity,
    hold === '' ? UNKNOWN : hold,
    tested ? `yes, ${cases}` : `no, ${cases}`,
    known(runbook),
    dated('mutants', mutants === undefined ? UNKNOWN : `${mutants.killed}/${mutants.total}`),
    dated('fleet', known(canFire)),
    known(quiet),
    falseAlarms === undefined ? UNKNOWN : String(falseAlarms),
    dated('drills', drill === undefined ? (wakesPeople(severity) ? 'no' : UNKNOWN) : drillText(drill)),
    drill?.messages === undefined ? UNKNOWN : String(drill.messages),
  ];
}

function drillText({ firing, received, inTime }: DrillTimes): string {
  const seconds = (value: number | undefined): string => (value === undefined ? '' : `${value.toFixed(0)} s`);
  const times = [seconds(firing), seconds(received)].filter((text) => text !== '').join(' / ') || 'no times';
  return inTime ? times : `${times}, late`;
}

/** A row in which something is missing stands out. */
function coloured(text: string, row: readonly string[]): string {
  const [killed, total] = (row[5] ?? '').replace(', changed', '').split('/');
  return row.some((cell) => /^no\b|, (late|changed)$/.test(cell)) || killed !== (total ?? killed) ? pc.yellow(text) : text;
}

function renderTotals({ alerts, tested, cases, runbooks, mutants, canFire, quiet, falseAlarms, drilled, critical }: ReportTotals): string {
  const part = (count: number, of = alerts): string => `${count} of ${of} (${of === 0 ? 0 : Math.floor((100 * count) / of)} %)`;
  const rows = [
    ['tested', `${part(tested)}, ${cases} cases`],
    ['with a runbook', part(runbooks)],
    ['mutants noticed', `${mutants.killed} of ${mutants.total} (${mutants.percent} %)`],
    ['can fire', part(canFire)],
    ['quiet', part(quiet)],
    ['false alarms', falseAlarms === undefined ? 'unknown: npm test -- test/tools/week.test.ts' : `${falseAlarms} in the ordinary week`],
    ['drilled', part(drilled)],
    ['critical drilled', `${part(critical.drilled, critical.alerts)}, ${critical.inTime} in time`],
  ];
  return [pc.bold(`${alerts} alerts`), ...rows.map(([name = '', text = '']) => `  ${name.padEnd(18)}${text}`)].join('\n');
}
