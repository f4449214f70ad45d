import type Docker from 'dockerode';
import { setTimeout as sleep } from 'node:timers/promises';
import { stackFailure } from '../base/failure.ts';
import { judge, startAdvice, tellingLines, type ContainerState } from './health.ts';
import { error } from '../base/problem.ts';
import { checkStarting } from './health-check.ts';
import { lastLogLines, stackState } from './stack-state.ts';

/** How often the engine is polled. */
const POLL_MS = 500;
/** Lines read of a dead container's log: the cause may precede 200 lines of usage text. */
const LOG_LINES_READ = 500;
/** Lines shown of them. */
const LOG_LINES = 15;

export interface WaitOptions {
  readonly project: string;
  readonly services: readonly string[];
  /** Restarts counted before this start, by container. */
  readonly baseline: ReadonlyMap<string, number>;
  /** Milliseconds after which a service that is still starting counts as failed. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly onProgress: (ready: number, waitingFor: string) => void;
}

/** Waits until every service is healthy. Fails at the first container that dies, with its last log lines. */
export async function waitForHealthy(docker: Docker, options: WaitOptions): Promise<readonly ContainerState[]> {
  const deadline = Date.now() + options.timeoutMs;
  for (;;) {
    options.signal.throwIfAborted();
    const containers = await checkStarting(docker, await stackState(docker, options.project));
    const verdicts = options.services.map((service) => {
      const container = containers.find((candidate) => candidate.service === service);
      return { service, container, verdict: judge(service, container, options.baseline.get(container?.id ?? '') ?? 0) };
    });
    for (const { service, container, verdict } of verdicts)
      if (verdict.kind === 'failed') throw await died(docker, service, container, verdict.why);
    const waiting = verdicts.filter(({ verdict }) => verdict.kind === 'waiting');
    if (waiting.length === 0) return containers;
    const [first] = waiting;
    options.onProgress(verdicts.length - waiting.length, waiting.map(({ service }) => service).join(', '));
    if (Date.now() > deadline && first !== undefined)
      throw await died(docker, first.service, first.container, `is not healthy after ${options.timeoutMs / 1000} s`);
    await sleep(POLL_MS, undefined, { signal: options.signal });
  }
}

async function died(docker: Docker, service: string, container: ContainerState | undefined, why: string) {
  const read = container === undefined ? '' : await lastLogLines(docker, container.id, LOG_LINES_READ);
  const log = tellingLines(read, LOG_LINES).join('\n');
  const lines =
    log === ''
      ? ''
      : ` Its last log lines:\n${log
          .split('\n')
          .map((line) => `      ${line}`)
          .join('\n')}`;
  return stackFailure([error(`service ${service}`, `${why}.${lines}`, startAdvice(service, log))]);
}
