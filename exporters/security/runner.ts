import type { ChangeLog } from '../common/log.ts';
import { gauge, renderText, type Family, type Sample } from '../common/text.ts';
import type { Collected, Collector } from './collected.ts';

/** What is known of one collector. */
interface Standing {
  readonly collected?: Collected;
  /** Seconds since 1970. */
  readonly succeededAt: number;
  readonly ok: boolean;
  readonly seconds: number;
}

/** Runs collectors one after the other and keeps what each found last: one that fails does not silence the others. */
export class Runner {
  readonly #collectors: readonly Collector[];
  readonly #log: ChangeLog;
  readonly #standings = new Map<string, Standing>();
  readonly #succeeded: Readonly<Record<string, number>>;

  /** @param succeeded when each collector last succeeded before this program began, seconds since 1970 */
  constructor(collectors: readonly Collector[], log: ChangeLog, succeeded: Readonly<Record<string, number>> = {}) {
    this.#collectors = collectors;
    this.#log = log;
    this.#succeeded = succeeded;
  }

  /** When each collector last succeeded, to be kept over a restart: else one that fails would look young after each. */
  get succeeded(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#standings].map(([name, { succeededAt }]) => [name, succeededAt]));
  }

  /** One round; `now` gives seconds since 1970. */
  async round(now: () => number): Promise<void> {
    for (const collector of this.#collectors) {
      const began = now();
      const before = this.#standings.get(collector.name);
      try {
        const collected = await collector.collect(began);
        this.#log.works(collector.name);
        this.#standings.set(collector.name, { collected, succeededAt: now(), ok: true, seconds: now() - began });
        // A source that is no longer one: were it not forgotten, it could not be wrong a second time.
        const paths = new Set(collected.sources.map(({ path }) => path));
        for (const { path } of before?.collected?.sources ?? []) if (!paths.has(path)) this.#log.works(`${collector.name} ${path}`);
        for (const { path, state } of collected.sources) {
          if (state === 'ok') this.#log.works(`${collector.name} ${path}`);
          else this.#log.failed(`${collector.name} ${path}`, state);
        }
      } catch (failure) {
        this.#log.failed(collector.name, failure instanceof Error ? failure.message : String(failure));
        // One that never succeeded is as old as its first attempt: without an age it could not be found stale.
        const succeededAt = before?.succeededAt ?? this.#succeeded[collector.name] ?? began;
        this.#standings.set(collector.name, { ...before, succeededAt, ok: false, seconds: now() - began });
      }
    }
  }

  /** Everything as Prometheus' text. */
  text(): string {
    const standings = [...this.#standings];
    const family = (name: string, help: string, pick: (standing: Standing) => number): Family =>
      gauge(
        name,
        help,
        standings.map(([collector, standing]): Sample => ({ labels: { collector }, value: pick(standing) })),
      );
    return renderText([
      ...standings.flatMap(([, { collected }]) => collected?.families ?? []),
      family('security_collector_success', 'Whether the last run of a collector succeeded.', ({ ok }) => (ok ? 1 : 0)),
      family(
        'security_collector_last_success_timestamp_seconds',
        'When a collector last succeeded; where it never has, when it was first tried.',
        ({ succeededAt }) => succeededAt,
      ),
      family('security_collector_duration_seconds', 'How long the last run of a collector took.', ({ seconds }) => seconds),
      gauge(
        'security_source_state',
        '1 for the state of a source: ok, absent, unreadable (no right to, or an unknown format) or silent (not written to for days).',
        standings.flatMap(([collector, { collected }]) =>
          (collected?.sources ?? []).map(({ path, state }) => ({ labels: { collector, source: path, state }, value: 1 })),
        ),
      ),
    ]);
  }
}
