import { gauge } from '../common/text.ts';
import { AuthReader } from './auth-events.ts';
import { orState, type Collected, type Collector, type Source } from './collected.ts';
import { followLog } from './log-follower.ts';
import type { LogPosition } from './log-position.ts';
import type { State } from './state.ts';
import { parseLogLine } from './syslog-line.ts';
import { Tally } from './tally.ts';

/** Debian's and Ubuntu's log, and that of Red Hat's family. */
const LOGS = ['/var/log/auth.log', '/var/log/secure'];

/** cron alone writes once an hour; a log without a line for two days belongs to a daemon that is gone. */
const SILENT_SECONDS = 2 * 86_400;

/** Failed and successful logins, from the log of sshd, sudo, su and login. */
export class AuthCollector implements Collector {
  readonly name = 'auth';
  readonly #host: string;
  #tally: Tally;
  #reader: AuthReader;
  #positions: Readonly<Record<string, LogPosition>>;

  constructor(host: string, state: State) {
    this.#host = host;
    this.#tally = new Tally(state.counts);
    this.#reader = new AuthReader(state.connections);
    this.#positions = state.positions ?? {};
  }

  get state(): State {
    return { counts: this.#tally.counts, connections: this.#reader.connections, positions: this.#positions };
  }

  async collect(now: number): Promise<Collected> {
    const sources: Source[] = [];
    let changed: number | undefined;
    for (const path of LOGS) {
      const result = await orState(async () => this.#follow(path, now));
      if ('state' in result) sources.push({ path, state: result.state });
      else {
        sources.push({ path, state: now - result.value > SILENT_SECONDS ? 'silent' : 'ok' });
        changed = Math.max(changed ?? 0, result.value);
      }
    }
    // One log is enough; where there is none, the first is the one that is missed.
    const there = sources.filter(({ state }) => state !== 'absent');
    return {
      sources: there.length > 0 ? there : sources.slice(0, 1),
      families: [
        ...this.#tally.families(now),
        ...(changed === undefined
          ? []
          : [gauge('security_auth_log_written_timestamp_seconds', 'When the authentication log was written last.', changed)]),
      ],
    };
  }

  /** Returns when the log was written last, seconds since 1970. */
  async #follow(path: string, now: number): Promise<number> {
    const before = this.#tally.copy();
    const connections = this.#reader.connections;
    try {
      const pass = await followLog(this.#host + path, this.#positions[path], (text) => {
        const line = parseLogLine(text);
        const event = line === undefined ? undefined : this.#reader.read(line);
        if (event !== undefined) this.#tally.add(event, now);
      });
      if (pass.lost) this.#tally.lost();
      this.#positions = { ...this.#positions, [path]: pass.position };
      return pass.changed / 1000;
    } catch (failure) {
      // A pass that broke off is read again from its beginning, so what it gave must not stay.
      this.#tally = before;
      this.#reader = new AuthReader(connections);
      throw failure;
    }
  }
}
