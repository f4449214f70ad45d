import { knownAlarms } from '../week/shared/run-io.ts';
import { parseArguments } from '../../scripts/base/args.ts';
import { main } from '../../scripts/base/command.ts';
import { ROOT } from '../../scripts/base/files.ts';
import { proofSubjects } from './proof/digest.ts';
import { openProofs } from './proof/open.ts';
import { readProofLock, readProofSources } from './proof/sources.ts';
import { readReportSources } from './report/read.ts';
import { reportRows, reportTotals } from './report/rows.ts';
import { renderReport } from './report/show.ts';

/** What is proven about each alert, in one table per module, as the proof lock and the files of this checkout say. */
await main(async ({ args, report }) => {
  const { values } = parseArguments(args, { usage: 'npm run rules:report [-- --json]', options: { json: { type: 'boolean' } } });
  const lock = await readProofLock();
  const open = openProofs(proofSubjects(await readProofSources()), lock);
  const rows = reportRows({ ...(await readReportSources(ROOT)), lock, open, alarms: await knownAlarms(ROOT) });
  const totals = reportTotals(rows, lock);
  report.result(values.json === true ? JSON.stringify({ alerts: rows, totals }, null, 2) : renderReport(rows, totals));
});
