import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { interruption, type Context } from '../../../scripts/base/command.ts';
import { Failure, inputFailure, stackFailure } from '../../../scripts/base/failure.ts';
import { ROOT } from '../../../scripts/base/files.ts';
import { error, type Problem } from '../../../scripts/base/problem.ts';
import { demoProject } from '../../../scripts/demo/plan.ts';
import { openWorkspace } from '../../../scripts/engine/workspace.ts';
import { drills } from '../../drills/shared/registry.ts';
import { takeLock } from '../../drills/shared/run-lock.ts';
import { knownAlarms } from '../../week/shared/run-io.ts';
import { leftOf } from '../../support/cleanup.ts';
import { cleanly } from '../../support/sh.ts';
import { readReportSources } from '../report/read.ts';
import { reportRows, reportTotals } from '../report/rows.ts';
import { renderReport } from '../report/show.ts';
import { proofSubjects } from './digest.ts';
import { mergeLocks, PROOFS, type Proof } from './lock.ts';
import { openProofs, openProblems } from './open.ts';
import { inPlan, isEmpty, proofPlan, unknownAlerts, type Request } from './plan.ts';
import { prove, PROJECT } from './run.ts';
import { readProofLock, readProofSources, writeProofLock } from './sources.ts';

/**
 * Makes the proofs that are asked for, writes them into the lock and prints the report. Throws a `Failure` where one of them is still open.
 *
 * @param kinds the kinds of proof to make
 */
export async function proveAndRecord(context: Context, request: Request, kinds: readonly Proof[] = PROOFS): Promise<void> {
  const { report, signal } = context;
  const subjects = proofSubjects(await readProofSources());
  const unknown = typeof request === 'string' ? [] : unknownAlerts(request, subjects);
  if (unknown.length > 0) throw inputFailure(unknown);
  const lock = await readProofLock();
  const plan = proofPlan(request, kinds, { subjects, lock, drills });
  for (const { alert, onlyByName = '' } of plan.leftOut) report.note(`  ${alert} is skipped: ${onlyByName}. npm run prove -- ${alert}`);
  if (isEmpty(plan)) return report.result('Nothing to prove.');
  const place = await openWorkspace(context);
  const release = lockRuns();
  interruption.state = 'What was started is being removed, which takes up to a minute. The proof lock is unchanged.';
  interruption.patienceMs = 180_000;
  // A closed terminal is an interrupt too.
  process.on('SIGHUP', () => process.kill(process.pid, 'SIGTERM'));
  try {
    const { entries, failures } = await prove({ place, plan, subjects, lock });
    signal.throwIfAborted();
    const known = new Set(subjects.map(({ alert }) => alert));
    const updated = [{}, ...entries].reduce((merged, fresh) => mergeLocks(merged, fresh, known), lock);
    await writeProofLock(updated);
    const open = openProofs(subjects, updated);
    const rows = reportRows({ ...(await readReportSources(ROOT)), lock: updated, open, alarms: await knownAlarms(ROOT) });
    const shown = rows.filter(({ alert }) => request === 'all' || PROOFS.some((proof) => inPlan(plan, { alert, proof })));
    if (entries.length > 0) report.result(renderReport(shown, reportTotals(rows, updated)));
    const problems = [...failures.flatMap(problemsOf), ...openProblems(open.filter((one) => inPlan(plan, one)))];
    if (problems.length > 0) throw stackFailure(problems);
  } finally {
    if (signal.aborted) await reportLeftovers(context);
    release();
  }
}

/** Keeps two runs apart. Returns what ends that; throws a `Failure` where another one runs. */
function lockRuns(): () => void {
  const taken = takeLock(join(tmpdir(), `${PROJECT}.lock`));
  if ('problem' in taken) throw stackFailure([error('npm run prove', taken.problem, taken.fix)]);
  process.on('exit', taken.release);
  return taken.release;
}

function problemsOf(failure: unknown): readonly Problem[] {
  if (failure instanceof Failure) return failure.problems;
  return [
    error(
      'npm run prove',
      failure instanceof Error ? failure.message : String(failure),
      'Fix it, then run npm run prove -- --stale for what is still open.',
    ),
  ];
}

/** Says what an interrupted run left. */
async function reportLeftovers({ report }: Context): Promise<void> {
  const left = await cleanly(async () => leftOf(PROJECT, demoProject(PROJECT)));
  report.note(
    left.length === 0
      ? '  Everything that was started is removed.'
      : `  Still there: ${left.join(', ')}. The next npm run prove removes it.`,
  );
}
