import pc from 'picocolors';
import type { AlertRow, Drill, ReportTotals } from './rows.ts';

const HEAD = ['alert', 'severity', 'for', 'tests', 'mutants', 'runbook', 'can fire', 'drilled'];
/** What stands where nothing was looked at. */
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

function cellsOf({ alert, severity, hold, tested, cases, mutants, runbook, canFire, drill, drillsKnown }: AlertRow): readonly string[] {
  const known = (value: boolean | undefined): string => (value === undefined ? UNKNOWN : value ? 'yes' : 'no');
  return [
    alert,
    severity.includes('{{') ? 'any' : severity,
    hold === '' ? UNKNOWN : hold,
    tested ? `yes, ${cases}` : `no, ${cases}`,
    mutants.total === 0 ? UNKNOWN : `${mutants.killed}/${mutants.total}`,
    known(runbook),
    known(canFire),
    drill === undefined ? known(drillsKnown ? false : undefined) : drillText(drill),
  ];
}

function drillText({ toAlert, toNotification, inTime }: Drill): string {
  const seconds = (value: number | undefined): string => (value === undefined ? '' : `${value.toFixed(0)} s`);
  const times = [seconds(toAlert), seconds(toNotification)].filter((text) => text !== '').join(' / ') || 'yes';
  return inTime ? times : `${times}, late`;
}

/** A row in which something is missing stands out. */
function coloured(text: string, row: readonly string[]): string {
  const [killed, total] = (row[4] ?? '').split('/');
  return row.some((cell) => /^no\b|, late$/.test(cell)) || killed !== (total ?? killed) ? pc.yellow(text) : text;
}

function renderTotals({ alerts, tested, cases, runbooks, mutants, canFire, drilled, critical }: ReportTotals): string {
  const part = (count: number | undefined, of = alerts): string =>
    count === undefined ? UNKNOWN : `${count} of ${of} (${of === 0 ? 0 : Math.floor((100 * count) / of)} %)`;
  const rows = [
    ['tested', `${part(tested)}, ${cases} cases`],
    ['mutants killed', `${mutants.killed} of ${mutants.total} (${mutants.percent} %)`],
    ['with a runbook', part(runbooks)],
    ['can fire', part(canFire)],
    ['drilled', part(drilled)],
    ['critical drilled', drilled === undefined ? UNKNOWN : `${part(critical.drilled, critical.alerts)}, ${critical.inTime} in time`],
  ];
  return [pc.bold(`${alerts} alerts`), ...rows.map(([name = '', text = '']) => `  ${name.padEnd(18)}${text}`)].join('\n');
}
