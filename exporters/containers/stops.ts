import { constants } from 'node:os';
import type { ContainerEvent } from './events.ts';
import type { ContainerRecord, Owner } from './record.ts';

/** A Compose service, or a container without one, which is named instead. */
interface Unit {
  readonly owner: Owner;
  /** Empty for a Compose service. */
  readonly name: string;
}

/** How the containers of a unit ended. Times are in seconds since 1970. */
export interface UnitStops extends Unit {
  /** When one was last stopped on purpose, and which. */
  readonly planned?: { readonly at: number; readonly name: string };
  /** The first container that was started after that. */
  readonly successor?: { readonly at: number; readonly name: string; readonly image: string };
  /** When one last ended by itself, or became unhealthy. */
  readonly failedAt?: number;
  /** Names by which Docker's DNS knows its containers. */
  readonly hosts: readonly string[];
}

/** The signal to stop is followed by the end at the latest after the grace period, which is seldom longer than this. */
const GRACE_SECONDS = 300;
/** `docker rm -f` removes at once what it has killed. */
const REMOVAL_SECONDS = 10;
/** A stop that is older explains nothing any more. */
const REMEMBERED_SECONDS = 86_400;
/** And no more units than this: a host that runs a thousand jobs a day must not fill the memory. */
const MAX_UNITS = 200;

/** How a container ended: `onPurpose` says whether someone asked for it. Undefined: it did what it was there for. */
export type Ending = { readonly onPurpose: boolean } | undefined;

/**
 * Distinguishes containers that were stopped on purpose from those that ended by themselves. `docker stop`, `restart`, `compose up` and the like
 * send the container's stop signal first (event `kill`), and SIGKILL only after its grace period. Whoever sends SIGKILL at once does not deploy.
 * An unhealthy container that is stopped, by a person or by a tool that restarts such, counts as failed. Reads no clock.
 */
export class Stops {
  readonly #units = new Map<string, UnitStops>();
  /** When containers were asked to stop, by id. */
  readonly #asked = new Map<string, number>();
  /** When containers were killed at once, by id. */
  readonly #killed = new Map<string, number>();

  /** Takes an event over. @returns how the container ended, if the event is its end */
  happened(event: ContainerEvent, record: ContainerRecord, at: number): Ending {
    const { id, action } = event;
    if (action === 'kill') this.#kill(event, record, at);
    if (action === 'health_status' && event.unhealthy === true) this.#set(record, { failedAt: at });
    if (action === 'start') {
      this.#forget(id);
      this.#started(record, at);
    }
    if (action === 'destroy') {
      if (record.autoRemove === false && at - (this.#killed.get(id) ?? -Infinity) <= REMOVAL_SECONDS) this.#planned(record, at);
      this.#forget(id);
    }
    return action === 'die' ? this.#died(event, record, at) : undefined;
  }

  /** Adds the names of a container that the engine has described. */
  knows(record: ContainerRecord): void {
    if (this.#units.has(keyOf(unitOf(record)))) this.#set(record, {});
  }

  /** What is known of each unit that had a stop or a failure within the last day. */
  shown(now: number): readonly UnitStops[] {
    for (const [key, { planned, failedAt }] of this.#units)
      if (now - Math.max(planned?.at ?? 0, failedAt ?? 0) > REMEMBERED_SECONDS) this.#units.delete(key);
    return [...this.#units.values()];
  }

  #kill({ id, signal }: ContainerEvent, record: ContainerRecord, at: number): void {
    if (signal === constants.signals.SIGKILL) {
      if (this.#asked.has(id)) this.#asked.set(id, at);
      else this.#killed.set(id, at);
      return;
    }
    if (signal !== constants.signals.SIGTERM && signal !== record.stopSignal) return;
    if (record.health === 'unhealthy') return;
    this.#asked.set(id, at);
    this.#planned(record, at);
  }

  #died({ id, exitCode = 0 }: ContainerEvent, record: ContainerRecord, at: number): Ending {
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    if (asked !== undefined && at - asked <= GRACE_SECONDS) {
      this.#planned(record, at);
      return { onPurpose: true };
    }
    // What ends without an error, and is not to run always, has done its work.
    if (exitCode === 0 && record.restartPolicy !== 'always' && record.restartPolicy !== 'unless-stopped') return undefined;
    this.#set(record, { failedAt: at });
    return { onPurpose: false };
  }

  #planned(record: ContainerRecord, at: number): void {
    const { successor: _, ...known } = this.#known(record);
    this.#put(record, { ...known, planned: { at, name: record.name } });
  }

  #started(record: ContainerRecord, at: number): void {
    const { planned, successor } = this.#known(record);
    if (planned !== undefined && successor === undefined) this.#set(record, { successor: { at, name: record.name, image: record.image } });
  }

  #forget(id: string): void {
    this.#asked.delete(id);
    this.#killed.delete(id);
  }

  #known(record: ContainerRecord): UnitStops {
    const unit = unitOf(record);
    return this.#units.get(keyOf(unit)) ?? { ...unit, hosts: [] };
  }

  #set(record: ContainerRecord, change: Partial<UnitStops>): void {
    this.#put(record, { ...this.#known(record), ...change });
  }

  #put(record: ContainerRecord, unit: UnitStops): void {
    const key = keyOf(unit);
    // The latest is last, so that the first is the one to drop.
    this.#units.delete(key);
    this.#units.set(key, { ...unit, hosts: [...new Set([...unit.hosts, ...record.hosts])] });
    const [oldest] = this.#units.keys();
    if (this.#units.size > MAX_UNITS && oldest !== undefined) this.#units.delete(oldest);
  }
}

function unitOf({ owner, name }: ContainerRecord): Unit {
  return { owner, name: owner.service === '' ? name : '' };
}

const keyOf = ({ owner, name }: Unit): string => JSON.stringify([owner.project, owner.service, name]);
