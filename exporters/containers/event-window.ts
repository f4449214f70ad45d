import type { ContainerEvent } from './events.ts';

/**
 * How far back an event may come, nanoseconds. The engine dates events before it sends them, and sends those of several containers at once in any
 * order: some come a fraction of a millisecond late.
 */
const LATE = 1_000_000_000n;

/** Distinguishes new events from those that a reopened stream repeats. */
export class EventWindow {
  readonly #begin: bigint;
  #last: bigint;
  /** Events of the last second, by a unique key. */
  readonly #seen = new Map<string, bigint>();

  /** @param begin nanoseconds since 1970 from which on events count */
  constructor(begin: bigint) {
    this.#begin = begin;
    this.#last = begin;
  }

  /** Where a new stream has to begin, nanoseconds since 1970: before the last event, for those that were late. */
  get since(): bigint {
    const since = this.#last - LATE;
    return since > this.#begin ? since : this.#begin;
  }

  /** Whether the event is new; from then on it is not. */
  isNew({ timeNano, action, id }: Pick<ContainerEvent, 'timeNano' | 'action' | 'id'>): boolean {
    const key = `${timeNano} ${action} ${id}`;
    if (timeNano < this.since || this.#seen.has(key)) return false;
    this.#seen.set(key, timeNano);
    if (timeNano > this.#last) this.#last = timeNano;
    for (const [old, at] of this.#seen) if (at < this.since) this.#seen.delete(old);
    return true;
  }
}
