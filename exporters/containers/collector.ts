import { readFile } from 'node:fs/promises';
import pLimit from 'p-limit';
import type { Log } from '../common/log.ts';
import { repeat, sleep } from '../common/repeat.ts';
import { counter, gauge, type Family } from '../common/text.ts';
import { cadvisorFamilies } from './cadvisor-metrics.ts';
import type { ContainerStatistics, DiskUsageAnswer, EngineInfo, EngineVersion, InspectedContainer, ListedContainer } from './engine-api.ts';
import { EngineRefusal, type EngineClient } from './engine-client.ts';
import { eventsPath, lineSplitter, parseEvent } from './events.ts';
import { Inventory } from './inventory.ts';
import { containerFamilies, diskFamilies, engineFamilies, stopFamilies, tallyFamilies } from './state-metrics.ts';
import { deviceNames, usageOf, type Usage } from './statistics.ts';

/** Events report changes at once; the list finds missed ones and shows that the engine answers. Below the 15 s between two scrapes. */
const LIST_MS = 10_000;
/** Every sixth list, once a minute, all containers are inspected again, so that a lost event is corrected within a minute. */
const LISTS_PER_FULL_LOOK = 6;
/** As often as cAdvisor reads them, and as often as Prometheus asks. */
const STATISTICS_MS = 15_000;
/** Inspecting is work for the engine: an exporter must not slow it down. */
const INSPECT_AT_ONCE = 4;
/** Statistics are no work but a wait: engines up to 20.10 answer at their next reading, up to a second later, and all in one go. */
const MEASURE_AT_ONCE = 64;
/** The engine walks through all volumes for this, which takes seconds on large disks. */
const DISK_MS = 300_000;
const DISK_TIMEOUT_MS = 120_000;
/** Changes that come together (a `docker compose up`) are looked at together. */
const SETTLE_MS = 100;
/** Between two attempts to open the event stream. */
const RECONNECT_MS = 1000;
/** A reading that is older belongs to a container that no longer answers. */
const USAGE_SECONDS = 60;

interface CollectorOptions {
  readonly engine: EngineClient;
  readonly statistics: boolean;
  readonly log: Log;
}

/** Keeps what the engine says in memory, so that a scrape costs no request to it. */
export class Collector {
  readonly #options: CollectorOptions;
  readonly #inventory = new Inventory(BigInt(Date.now()) * 1_000_000n);
  readonly #usages = new Map<string, Usage>();
  readonly #toInspect = new Set<string>();
  readonly #errors = new Map<string, number>([['list', 0]]);
  #inspecting: Promise<void> | undefined;
  #up: boolean | undefined;
  #lists = 0;
  #connected = false;
  #connections = 0;
  #version: EngineVersion = {};
  #info: EngineInfo = {};
  #disk: readonly Family[] = [];
  #devices: ReadonlyMap<string, string> = new Map();

  constructor(options: CollectorOptions) {
    this.#options = options;
  }

  /** True once it is known whether the engine answers. */
  get ready(): boolean {
    return this.#up !== undefined;
  }

  /** Collects until the signal; resolves then. Throws nothing: whatever fails becomes a metric and is tried again. */
  async run(signal: AbortSignal): Promise<void> {
    this.#devices = deviceNames(await readFile('/proc/partitions', 'utf8').catch(() => ''));
    await Promise.all([
      this.#follow(signal),
      repeat(LIST_MS, signal, async () => this.#list()),
      ...(this.#options.statistics ? [repeat(STATISTICS_MS, signal, async () => this.#measure())] : []),
      repeat(DISK_MS, signal, async () => this.#measureDisk()),
    ]);
  }

  /** All metrics. Without an answer of the engine there are no containers: their state is unknown. */
  families(now = Date.now() / 1000): readonly Family[] {
    const up = this.#up === true;
    const live = this.#inventory.live();
    const running = live.filter(({ state }) => state === 'running' || state === 'paused');
    const usageOfRecord = (id: string): Usage | undefined => {
      const usage = this.#usages.get(id);
      return usage !== undefined && now - usage.at / 1000 < USAGE_SECONDS ? usage : undefined;
    };
    const context = { now, cgroupDriver: this.#info.CgroupDriver ?? '', devices: this.#devices };
    return [
      gauge('docker_engine_up', '1: the engine answers.', Number(up)),
      ...(up ? [...engineFamilies(this.#version, this.#info, live), ...this.#disk, ...containerFamilies(this.#inventory.shown(now))] : []),
      ...tallyFamilies(this.#inventory.tally.counts()),
      ...stopFamilies(this.#inventory.stops.shown(now)),
      ...(up && this.#options.statistics
        ? cadvisorFamilies(
            running.map((record) => ({ record, usage: usageOfRecord(record.id) })),
            context,
          )
        : []),
      ...this.#ownFamilies(),
    ];
  }

  #ownFamilies(): readonly Family[] {
    return [
      gauge('docker_event_stream_connected', '1: events of the engine are followed.', Number(this.#connected)),
      counter('docker_event_stream_connections_total', 'Times that the event stream was opened.', this.#connections),
      counter(
        'docker_engine_request_failures_total',
        'Requests to the engine that failed, by what was asked for.',
        [...this.#errors].map(([request, value]) => ({ labels: { request }, value })),
      ),
    ];
  }

  async #list(): Promise<void> {
    const { engine, log } = this.#options;
    try {
      const list = await engine.json<readonly ListedContainer[]>('/containers/json?all=1');
      const everything = this.#lists % LISTS_PER_FULL_LOOK === 0 || this.#up !== true;
      this.#lists += 1;
      const changed = this.#inventory.listed(list);
      if (everything) await this.#ask();
      for (const id of everything ? [...changed, ...list.map(({ Id }) => Id)] : changed) this.#toInspect.add(id);
      await this.#inspectAll();
      if (this.#up !== true) log({ level: 'info', msg: 'the engine answers', version: this.#version.Version, containers: list.length });
      this.#up = true;
    } catch (failure) {
      this.#failed('list', failure);
      if (this.#up !== false) log({ level: 'error', msg: 'the engine does not answer', error: String(failure) });
      this.#up = false;
      this.#lists = 0;
    }
  }

  async #ask(): Promise<void> {
    const { engine } = this.#options;
    [this.#version, this.#info] = await Promise.all([engine.json<EngineVersion>('/version'), engine.json<EngineInfo>('/info')]);
  }

  /** Inspects every changed container. One pass at a time; it includes changes that arrive meanwhile. */
  #inspectAll(): Promise<void> {
    this.#inspecting ??= (async () => {
      while (this.#toInspect.size > 0) {
        const ids = [...this.#toInspect];
        this.#toInspect.clear();
        await pLimit(INSPECT_AT_ONCE).map(ids, async (id) => this.#inspect(id));
      }
    })().finally(() => {
      this.#inspecting = undefined;
    });
    return this.#inspecting;
  }

  async #inspect(id: string): Promise<void> {
    try {
      this.#inventory.inspected(await this.#options.engine.json<InspectedContainer>(`/containers/${id}/json`));
    } catch (failure) {
      if (failure instanceof EngineRefusal && failure.status === 404) this.#inventory.gone(id, Date.now() / 1000);
      else this.#failed('inspect', failure);
    }
  }

  /** Follows the events. The stream ends now and then (the proxy cuts one that is silent); the next one begins a little before. */
  async #follow(signal: AbortSignal): Promise<void> {
    const { engine } = this.#options;
    const isStopped = (): boolean => signal.aborted;
    while (!isStopped()) {
      try {
        const onLine = (line: string): void => this.#happened(line);
        const opened = (): void => {
          this.#connected = true;
          this.#connections += 1;
        };
        await engine.stream(eventsPath(this.#inventory.since), opened, lineSplitter(onLine), signal);
      } catch (failure) {
        if (!isStopped()) this.#failed('events', failure);
      }
      this.#connected = false;
      await sleep(RECONNECT_MS, signal);
    }
  }

  #happened(line: string): void {
    const event = parseEvent(line);
    const id = event === undefined ? undefined : this.#inventory.event(event);
    if (id === undefined) return;
    const waiting = this.#toInspect.size > 0;
    this.#toInspect.add(id);
    if (!waiting) setTimeout(() => void this.#inspectAll(), SETTLE_MS).unref();
  }

  async #measure(): Promise<void> {
    // Without the list there is nothing to measure yet; at the start both run at once.
    if (this.#up === undefined) await this.#list();
    if (this.#up === false) return;
    const running = new Set(
      this.#inventory
        .live()
        .filter(({ state }) => state === 'running' || state === 'paused')
        .map(({ id }) => id),
    );
    for (const id of this.#usages.keys()) if (!running.has(id)) this.#usages.delete(id);
    await pLimit(MEASURE_AT_ONCE).map(running, async (id) => this.#measureOne(id));
  }

  async #measureOne(id: string): Promise<void> {
    try {
      // Without one-shot the engine waits for a second reading, to compute a percentage that is unused here.
      const answer = await this.#options.engine.json<ContainerStatistics>(`/containers/${id}/stats?stream=false&one-shot=true`);
      const usage = usageOf(answer);
      if (usage === undefined) this.#usages.delete(id);
      else this.#usages.set(id, usage);
    } catch (failure) {
      if (!(failure instanceof EngineRefusal && failure.status === 404)) this.#failed('statistics', failure);
    }
  }

  async #measureDisk(): Promise<void> {
    try {
      this.#disk = diskFamilies(await this.#options.engine.json<DiskUsageAnswer>('/system/df', DISK_TIMEOUT_MS), Date.now() / 1000);
    } catch (failure) {
      this.#failed('disk', failure);
    }
  }

  #failed(request: string, failure: unknown): void {
    const count = (this.#errors.get(request) ?? 0) + 1;
    this.#errors.set(request, count);
    // The first of a kind is worth a line; an engine that stays away would fill the log.
    if (count === 1 && request !== 'list')
      this.#options.log({ level: 'warn', msg: `a request for ${request} failed`, error: String(failure) });
  }
}
