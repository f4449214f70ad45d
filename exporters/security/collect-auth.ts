import { gauge } from '../common/text.ts';
import { AuthReader } from './auth-events.ts';
import { orState, type Collected, type Collector, type Source } from './collected.ts';
import { followJournals, journalFolder, type JournalPositions } from './journal-follower.ts';
import { followLog } from './log-follower.ts';
import type { LogPosition } from './log-position.ts';
import type { State } from './state.ts';
import { parseLogLine, type LogLine } from './syslog-line.ts';
import { Tally } from './tally.ts';

/** Debian's and Ubuntu's log, and that of Red Hat's family. */
const LOGS = ['/var/log/auth.log', '/var/log/secure'];

/** systemd's journal, where it is kept over a restart. Debian has no other log since 12 unless rsyslog is installed. */
const JOURNAL = '/var/log/journal';

/** cron alone writes once an hour; a log without a line for two days belongs to a daemon that is gone. */
const SILENT_SECONDS = 2 * 86_400;

/** Failed and successful logins, from the log of sshd, sudo, su and login, or from the journal where there is no such log. */
export class AuthCollector implements Collector {
  readonly name = 'auth';
  readonly #host: string;
  #tally: Tally;
  #reader: AuthReader;
  #positions: Readonly<Record<string, LogPosition>>;
  #journals: JournalPositions | undefined;

  constructor(host: string, state: State) {
    this.#host = host;
    this.#tally = new Tally(state.counts, state.guessed);
    this.#reader = new AuthReader(state.connections);
    this.#positions = state.positions ?? {};
    this.#journals = state.journals;
  }

  get state(): State {
    return {
      counts: this.#tally.counts,
      guessed: this.#tally.guessed,
      connections: this.#reader.connections,
      positions: this.#positions,
      ...(this.#journals === undefined ? {} : { journals: this.#journals }),
    };
  }

  async collect(now: number): Promise<Collected> {
    const sources: Source[] = [];
    let changed: number | undefined;
    const look = async (path: string, follow: () => Promise<number>): Promise<void> => {
      const result = await orState(async () => this.#counted(follow));
      if ('state' in result) sources.push({ path, state: result.state });
      else {
        sources.push({ path, state: now - result.value > SILENT_SECONDS ? 'silent' : 'ok' });
        changed = Math.max(changed ?? 0, result.value);
      }
    };
    for (const path of LOGS) await look(path, async () => this.#followLog(path, now));
    // The same lines are in both: the journal is for hosts whose logs have nothing to read.
    if (sources.some(({ state }) => state === 'ok')) this.#journals = undefined;
    else await look(JOURNAL, async () => this.#followJournal(now));
    return {
      sources: sourcesOf(sources),
      families: [
        ...this.#tally.families(now),
        ...(changed === undefined
          ? []
          : [gauge('security_auth_log_written_timestamp_seconds', 'When the authentication log was written last.', changed)]),
      ],
    };
  }

  async #followLog(path: string, now: number): Promise<number> {
    const pass = await followLog(this.#host + path, this.#positions[path], (text) => this.#add(parseLogLine(text), now));
    if (pass.lost) this.#tally.lost();
    this.#positions = { ...this.#positions, [path]: pass.position };
    return pass.changed / 1000;
  }

  async #followJournal(now: number): Promise<number> {
    const folder = await journalFolder(this.#host + JOURNAL);
    const pass = await followJournals(folder, this.#journals, ({ MESSAGE, SYSLOG_IDENTIFIER, SYSLOG_PID, _PID }) =>
      this.#add({ program: SYSLOG_IDENTIFIER ?? '', pid: SYSLOG_PID ?? _PID ?? '', message: MESSAGE ?? '', times: 1 }, now),
    );
    if (pass.lost) this.#tally.lost();
    this.#journals = pass.positions;
    return pass.changed / 1000;
  }

  #add(line: LogLine | undefined, now: number): void {
    const event = line === undefined ? undefined : this.#reader.read(line);
    if (event !== undefined) this.#tally.add(event, now);
  }

  /** Runs a pass, which returns when the source was written last, seconds since 1970. */
  async #counted(follow: () => Promise<number>): Promise<number> {
    const before = this.#tally.copy();
    const connections = this.#reader.connections;
    try {
      return await follow();
    } catch (failure) {
      // A pass that broke off is read again from its beginning, so what it gave must not stay.
      this.#tally = before;
      this.#reader = new AuthReader(connections);
      throw failure;
    }
  }
}

/** One source is enough, so those that are fine are named; where none is, those that are wrong; where there is none, the first is missed. */
function sourcesOf(sources: readonly Source[]): readonly Source[] {
  const fine = sources.filter(({ state }) => state === 'ok');
  const there = sources.filter(({ state }) => state !== 'absent');
  if (fine.length > 0) return fine;
  return there.length > 0 ? there : sources.slice(0, 1);
}
