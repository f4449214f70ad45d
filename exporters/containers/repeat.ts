/** Waits that long, or until the signal. */
export function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done);
  });
}

/** Runs a task at once and then at every interval (milliseconds) until the signal. One that takes longer than the interval is not run twice at once. */
export async function repeat(interval: number, signal: AbortSignal, task: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    const began = performance.now();
    await task();
    await sleep(Math.max(interval - (performance.now() - began), 0), signal);
  }
}
