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

/** Does a task for every item, no more than `width` of them at a time. */
export async function inPool<T>(items: Iterable<T>, width: number, task: (item: T) => Promise<void>): Promise<void> {
  const rest = [...items];
  const worker = async (): Promise<void> => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await task(item);
  };
  await Promise.all(Array.from({ length: width }, worker));
}

/** Runs a task at once and then at every interval (milliseconds) until the signal. One that takes longer than the interval is not run twice at once. */
export async function repeat(interval: number, signal: AbortSignal, task: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    const began = performance.now();
    await task();
    await sleep(Math.max(interval - (performance.now() - began), 0), signal);
  }
}
