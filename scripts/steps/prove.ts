import { setTimeout as sleep } from 'node:timers/promises';
import { stackFailure } from '../core/failure.ts';
import { errorsOf, warning, type Problem } from '../core/problem.ts';
import { smokeChecks, type SmokeCheck } from './smoke-checks.ts';
import type { Prepared } from './prepare.ts';
import type { Workplace } from './workplace.ts';

/** How long a check may take to come true: two scrape intervals of 15 s, the first evaluation, and room for a loaded machine. */
const WITHIN_MS = 60_000;
const RETRY_MS = 400;

/** Proves with data, not with exit codes, that the running stack does what was configured. All problems are reported together. */
export async function prove(place: Workplace, prepared: Prepared): Promise<void> {
  const { report, signal } = place;
  const checks = smokeChecks(place, prepared);
  const problems = await report.step('proved', async (detail) => {
    const open = new Set(checks.map(({ title }) => title));
    const found = await Promise.all(
      checks.map(async (check) => {
        const result = await untilTrue(check, signal);
        open.delete(check.title);
        detail(open.size === 0 ? '' : `${checks.length - open.size} of ${checks.length}, waiting for ${[...open].join(', ')}`);
        return result;
      }),
    );
    const all = found.flat();
    detail(checks.map(({ title }) => title).join(', '));
    return all;
  });
  if (errorsOf(problems).length > 0) throw stackFailure(problems);
  report.problems(problems);
}

/** Runs a check until it finds no error, or its time is over; then its last findings stand. */
async function untilTrue(check: SmokeCheck, signal: AbortSignal): Promise<readonly Problem[]> {
  const deadline = Date.now() + WITHIN_MS;
  for (;;) {
    signal.throwIfAborted();
    const problems = await attempt(check);
    if (errorsOf(problems).length === 0 || Date.now() > deadline) return problems;
    await sleep(RETRY_MS, undefined, { signal });
  }
}

async function attempt(check: SmokeCheck): Promise<readonly Problem[]> {
  try {
    return await check.run();
  } catch (failure) {
    // A service that does not answer yet; when time is over this is the finding.
    const cause = failure instanceof Error && failure.cause instanceof Error ? ` (${failure.cause.message})` : '';
    return [
      {
        ...warning(
          check.title,
          failure instanceof Error ? `${failure.message}${cause}` : String(failure),
          `npm run logs -- ${check.service}`,
        ),
        severity: 'error',
      },
    ];
  }
}
