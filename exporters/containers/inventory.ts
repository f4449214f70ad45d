import type { InspectedContainer, ListedContainer } from './engine-api.ts';
import { EventWindow } from './event-window.ts';
import type { ContainerEvent } from './events.ts';
import { ownerOf, recordOf, UNKNOWN, type ContainerRecord } from './record.ts';
import { Stops, type Ending } from './stops.ts';
import { Tally } from './tally.ts';

/** How long a removed container is shown as `removed`: twenty scrapes, so that a short-lived one is not missed. */
const REMEMBERED_SECONDS = 300;
/** And no more than this many of them: a host that runs a thousand jobs a minute must not fill the memory. */
const MAX_REMEMBERED = 200;

/** Stops of the last minutes before the start still explain what is away. The engine keeps its last 256 events. */
const EARLIER = 600_000_000_000n;

interface Removed {
  readonly record: ContainerRecord;
  readonly at: number;
}

/** Every container of the engine, kept current by its events and corrected by its lists. Makes no requests and reads no clock. */
export class Inventory {
  readonly tally = new Tally();
  readonly stops = new Stops();
  readonly #live = new Map<string, ContainerRecord>();
  readonly #removed = new Map<string, Removed>();
  readonly #seenAs = new Map<string, string>();
  readonly #begin: bigint;
  readonly #window: EventWindow;

  /** @param since nanoseconds since 1970 from which on events count */
  constructor(since: bigint) {
    this.#begin = since;
    this.#window = new EventWindow(since - EARLIER);
  }

  /** Where a new stream of events has to begin, nanoseconds since 1970. */
  get since(): bigint {
    return this.#window.since;
  }

  /** Takes an event over. Returns the id of the container to look at again; undefined where it is gone or the event was seen before. */
  event(event: ContainerEvent): string | undefined {
    if (!this.#window.isNew(event)) return undefined;
    const at = Number(event.timeNano / 1_000_000n) / 1000;
    const known = this.#live.get(event.id) ?? newborn(event);
    const ending = this.stops.happened(event, known, at);
    if (event.timeNano < this.#begin) return undefined;
    if (event.action === 'destroy') {
      this.gone(event.id, at);
      return undefined;
    }
    this.tally.know(known.owner);
    if (ending?.onPurpose === false) this.tally.failed(known.owner);
    this.#live.set(event.id, this.#changed({ ...known, ending }, event, at));
    return event.id;
  }

  #changed({ ending, ...known }: ContainerRecord & { readonly ending: Ending }, event: ContainerEvent, at: number): ContainerRecord {
    const { action, exitCode = 0 } = event;
    if (action === 'start') {
      this.tally.started(known.owner);
      return { ...known, state: 'running', startedAt: at };
    }
    if (action === 'die') {
      this.tally.ended(known.owner, exitCode);
      // The kill is reported before or after the end that it causes.
      const outOfMemory = (known.outOfMemoryAt ?? 0) >= (known.startedAt ?? at);
      return { ...known, state: 'exited', finishedAt: at, lastExit: { code: exitCode, outOfMemory, onPurpose: ending?.onPurpose ?? true } };
    }
    if (action === 'oom') {
      this.tally.killed(known.owner);
      const lastExit =
        known.state !== 'running' && known.lastExit !== undefined ? { ...known.lastExit, outOfMemory: true } : known.lastExit;
      return { ...known, outOfMemoryAt: at, outOfMemoryKills: known.outOfMemoryKills + 1, ...(lastExit === undefined ? {} : { lastExit }) };
    }
    return known;
  }

  /**
   * Compares with a list of all containers. Returns the ids of those to look at: new ones, those whose line reads differently, and those that are
   * not in it. The last may be younger than the list, so only a look decides.
   */
  listed(list: readonly ListedContainer[]): readonly string[] {
    const ids = new Set(list.map(({ Id }) => Id));
    const absent = [...this.#live.keys()].filter((id) => !ids.has(id));
    const changed = list.filter(({ Id, State = '', Status = '' }) => {
      const line = `${State} ${/\((health[^)]*|unhealthy)\)/.exec(Status)?.[1] ?? ''}`;
      const differs = this.#seenAs.get(Id) !== line;
      this.#seenAs.set(Id, line);
      return differs && !this.#removed.has(Id);
    });
    return [...absent, ...changed.map(({ Id }) => Id)];
  }

  /** Takes over what the engine says of one container. An answer that was overtaken by its removal is dropped. */
  inspected(answer: InspectedContainer): void {
    if (this.#removed.has(answer.Id)) return;
    const record = recordOf(answer, this.#live.get(answer.Id));
    this.tally.know(record.owner);
    this.stops.knows(record);
    this.#live.set(answer.Id, record);
  }

  /** The containers that exist. */
  live(): readonly ContainerRecord[] {
    return [...this.#live.values()];
  }

  /** Those, and the ones that went lately unless another one has their name by now. One record per name. */
  shown(now: number): readonly ContainerRecord[] {
    for (const [id, { at }] of this.#removed) if (now - at > REMEMBERED_SECONDS) this.#removed.delete(id);
    const byName = new Map<string, ContainerRecord>();
    for (const { record } of this.#removed.values()) byName.set(record.name, record);
    for (const record of this.#live.values()) byName.set(record.name, record);
    return [...byName.values()];
  }

  /** Takes a container out that the engine no longer has. */
  gone(id: string, at: number): void {
    const record = this.#live.get(id);
    this.#live.delete(id);
    this.#seenAs.delete(id);
    if (record === undefined || this.#removed.has(id)) return;
    this.#removed.set(id, { record: { ...record, state: 'removed', health: 'none' }, at });
    const [oldest] = this.#removed.keys();
    if (this.#removed.size > MAX_REMEMBERED && oldest !== undefined) this.#removed.delete(oldest);
  }
}

function newborn({ id, name, image, labels }: ContainerEvent): ContainerRecord {
  const record = { id, name, image, owner: ownerOf(labels), state: 'created', health: 'none', restarts: 0 } as const;
  return { ...record, ...UNKNOWN, hosts: [name] };
}
