import { setTimeout } from 'node:timers/promises';

/** Waits that long (milliseconds), or until the signal. */
export async function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  await setTimeout(milliseconds, undefined, { signal }).catch(() => undefined);
}

/**
 * Runs a task at once and then at every interval (milliseconds) until the signal. One that takes longer than the interval is not run twice at once:
 * the next begins `restMs` after its end. Throws what the task throws.
 */
export async function repeat(interval: number, signal: AbortSignal, task: () => Promise<void>, restMs = 0): Promise<void> {
  while (!signal.aborted) {
    const began = performance.now();
    await task();
    await sleep(Math.max(interval - (performance.now() - began), restMs), signal);
  }
}
