import type { Finding, SmokeCheck } from '../modules/check.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { stackFailure } from '../base/failure.ts';
import { error, errorsOf, type Problem } from '../base/problem.ts';
import type { Prepared } from './prepare.ts';
import { smokeChecks } from './smoke-checks-io.ts';
import type { Workspace } from '../engine/workspace.ts';

/** How long a check may take to pass once every service is healthy: two scrape intervals of 15 s, the first evaluation, and room for a loaded machine. */
const WITHIN_MS = 60_000;
const RETRY_MS = 400;

/** Running checks. */
export interface Proof {
  /** Shows their progress and waits for them. Throws a `Failure` with all remaining problems. */
  finish(): Promise<void>;
  /** Gives up on them. */
  cancel(): void;
}

/**
 * Begins to prove with data, not with exit codes, that the running stack does what was configured. It begins while services start, to
 * save the wait for the first scrapes; the time limit starts at `finish`, which is called once every service is healthy.
 */
export function startProof(place: Workspace, prepared: Prepared): Proof {
  return proofOf(smokeChecks(place, prepared), place);
}

/** Begins to run checks; those that pass before `finish` are run once more then. */
export function proofOf(checks: readonly SmokeCheck[], place: Pick<Workspace, 'report' | 'signal'>): Proof {
  const cancelled = new AbortController();
  const signal = AbortSignal.any([place.signal, cancelled.signal]);
  const open = new Set(checks.map(({ title }) => title));
  let deadline = Number.POSITIVE_INFINITY;
  let healthy = (): void => undefined;
  const isHealthy = new Promise<void>((resolve) => (healthy = resolve));
  let onProgress = (): void => undefined;
  const found = Promise.all(
    checks.map(async (check) => {
      const early = await untilTrue(check, () => Date.now() > deadline, signal);
      // What passed while services were still being replaced must also pass at the end.
      const isEarly = deadline === Number.POSITIVE_INFINITY && errorsOf(early).length === 0;
      if (isEarly) await isHealthy;
      const problems = isEarly ? await untilTrue(check, () => Date.now() > deadline, signal) : early;
      open.delete(check.title);
      onProgress();
      return problems;
    }),
  );
  // `finish` reports what went wrong; an abandoned proof reports nothing.
  found.catch(() => undefined);
  return {
    cancel: () => cancelled.abort(),
    finish: async () => {
      deadline = Date.now() + WITHIN_MS;
      healthy();
      const problems = await place.report.step('proved', async (detail) => {
        onProgress = () =>
          detail(open.size === 0 ? '' : `${checks.length - open.size} of ${checks.length}, waiting for ${[...open].join(', ')}`);
        onProgress();
        const all = (await found).flat();
        detail(checks.map(({ title }) => title).join(', '));
        if (errorsOf(all).length > 0) throw stackFailure(all);
        return all;
      });
      place.report.problems(problems);
    },
  };
}

/** Runs a check until it finds no error, or only final ones, or its time is over; the last findings count. */
async function untilTrue(check: SmokeCheck, isOver: () => boolean, signal: AbortSignal): Promise<readonly Problem[]> {
  for (;;) {
    signal.throwIfAborted();
    const problems = await attempt(check);
    if (errorsOf(problems).every(({ final = false }) => final) || isOver()) return problems;
    await sleep(RETRY_MS, undefined, { signal });
  }
}

async function attempt(check: SmokeCheck): Promise<readonly Finding[]> {
  try {
    return await check.run();
  } catch (failure) {
    // A service that does not answer yet; when the time is over, this is the finding.
    const cause = failure instanceof Error && failure.cause instanceof Error ? ` (${failure.cause.message})` : '';
    return [
      error(check.title, `${failure instanceof Error ? failure.message : String(failure)}${cause}`, `npm run logs -- ${check.service}`),
    ];
  }
}
