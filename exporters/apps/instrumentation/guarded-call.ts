import { reasonOf, type Reason } from './reason.ts';

/** How a call to a dependency ended, and when. */
export interface Outcome<T> {
  readonly ok: boolean;
  readonly value?: T;
  readonly reason?: Reason;
  readonly failure?: unknown;
  /** Milliseconds that the call took. */
  readonly tookMs: number;
  /** Unix time in milliseconds. */
  readonly at: number;
}

interface GuardOptions<T> {
  readonly call: () => Promise<T>;
  /** Milliseconds after which the dependency counts as hanging. */
  readonly timeoutMs: number;
  /** Milliseconds for which an answer is given again without asking. */
  readonly cacheMs: number;
  readonly now?: () => number;
  /** Called with every outcome of a real call. */
  readonly settled?: (outcome: Outcome<T>) => void;
}

/** A call that never returns is abandoned after this many timeouts, so that a lost packet does not blind the check forever. */
const ABANDON_AFTER = 10;

/**
 * Protects a dependency and its callers: one call at a time, however many ask; an answer is cached for `cacheMs`;
 * a hanging call times out after `timeoutMs`, and while it hangs there is no other call. Never throws.
 */
export function guardCall<T>({ call, timeoutMs, cacheMs, now = Date.now, settled = () => undefined }: GuardOptions<T>) {
  let last: Outcome<T> | undefined;
  let asking: Promise<Outcome<T>> | undefined;
  /** When the pending call was made. */
  let out: number | undefined;

  const keep = (outcome: Outcome<T>): Outcome<T> => {
    last = outcome;
    settled(outcome);
    return outcome;
  };

  const failed = (failure: unknown, began: number): Outcome<T> => {
    const at = now();
    return keep({ ok: false, reason: reasonOf(failure), failure, tookMs: at - began, at });
  };

  async function ask(): Promise<Outcome<T>> {
    const began = now();
    if (out !== undefined && began - out < ABANDON_AFTER * timeoutMs) {
      return failed(new Error(`timeout: a call has been waiting for ${Math.round((began - out) / 1000)} s`), out);
    }
    out = began;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`timeout: no answer within ${timeoutMs} ms`)), timeoutMs);
      timer.unref();
    });
    const called = (async () => call())().finally(() => {
      if (out === began) out = undefined;
    });
    called.catch(() => undefined);
    try {
      const value = await Promise.race([called, late]);
      const at = now();
      return keep({ ok: true, value, tookMs: at - began, at });
    } catch (failure) {
      return failed(failure, began);
    } finally {
      clearTimeout(timer);
    }
  }

  function refresh(): Promise<Outcome<T>> {
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    return asking;
  }

  return {
    /** The answer, at most `cacheMs` old. */
    async get(): Promise<Outcome<T>> {
      return last !== undefined && now() - last.at < cacheMs ? last : refresh();
    },
    /** The same, but after `waitMs` the last known answer; undefined without one. */
    async within(waitMs: number): Promise<Outcome<T> | undefined> {
      if (last !== undefined && now() - last.at < cacheMs) return last;
      let timer: NodeJS.Timeout | undefined;
      const enough = new Promise<undefined>((resolve) => {
        timer = setTimeout(() => resolve(undefined), waitMs);
      });
      const outcome = await Promise.race([refresh(), enough]);
      clearTimeout(timer);
      return outcome ?? last;
    },
  };
}

export type GuardedCall<T> = ReturnType<typeof guardCall<T>>;
