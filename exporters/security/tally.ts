import { counter, gauge, type Family, type Sample } from '../common/text.ts';
import { LOGIN_METHODS, SSH_REASONS, SUDO_REASONS, type AuthEvent } from './auth-events.ts';

/** Counts since the watch began, by `kind/value`. */
export type Counts = Readonly<Record<string, number>>;

/** How long failed logins are counted by source and user, seconds. */
const WINDOW_SECONDS = 3600;
/** Failed logins of that time that are kept apart; above it the oldest are forgotten, so that an attack cannot fill the memory. */
const MAX_RECENT = 10_000;
/** A person who forgot a password does not get it wrong this often within the hour; someone who guesses does before the right one. */
const GUESSES = 20;
/** How long a login by a guessed password is shown: until someone has surely seen it. */
const GUESSED_SECONDS = 86_400;
const MAX_GUESSED = 1000;

interface Recent {
  readonly at: number;
  readonly source: string;
  readonly user: string;
  readonly times: number;
}

/** Counts the events of the authentication log. */
export class Tally {
  readonly #counts: Record<string, number>;
  #recent: Recent[];
  #guessed: readonly number[];

  constructor(counts: Counts = {}, guessed: readonly number[] = [], recent: readonly Recent[] = []) {
    this.#counts = { ...counts };
    this.#guessed = guessed;
    this.#recent = [...recent];
  }

  /** As it is now, whatever is added to this one later. */
  copy(): Tally {
    return new Tally(this.#counts, this.#guessed, this.#recent);
  }

  /** When logins by a guessed password were seen. */
  get guessed(): readonly number[] {
    return this.#guessed;
  }

  get counts(): Counts {
    return { ...this.#counts };
  }

  /** Takes an event in, as of `now` (seconds since 1970). */
  add(event: AuthEvent, now: number): void {
    if (event.kind === 'ssh_failure') {
      this.#count(`ssh/${event.reason}`, event.times);
      const { source, user, times } = event;
      this.#recent.push({ at: now, source, user, times });
      if (this.#recent.length > 2 * MAX_RECENT) this.#recent = this.#recent.slice(-MAX_RECENT);
    } else if (event.kind === 'login') {
      this.#count(`${event.root ? 'root' : 'user'}/${event.method}`, event.times);
      if (this.#isGuessed(event, now)) this.#guessed = [...this.#guessed, now].slice(-MAX_GUESSED);
    } else if (event.kind === 'sudo_failure') this.#count(`sudo/${event.reason}`, event.times);
    else this.#count('su/failed', event.times);
  }

  /** A password from an address that had many wrong ones before. Keys cannot be guessed. */
  #isGuessed({ method, source }: AuthEvent & { readonly kind: 'login' }, now: number): boolean {
    if (source === '' || (method !== 'password' && method !== 'keyboard_interactive')) return false;
    const failures = this.#recent.filter((one) => one.source === source && now - one.at < WINDOW_SECONDS);
    return failures.reduce((sum, { times }) => sum + times, 0) >= GUESSES;
  }

  lost(): void {
    this.#count('lost/log', 1);
  }

  #count(key: string, times: number): void {
    this.#counts[key] = (this.#counts[key] ?? 0) + times;
  }

  /** Every series is there from the beginning, with 0: the first event is then an increase. */
  families(now: number): readonly Family[] {
    this.#recent = this.#recent.filter(({ at }) => now - at < WINDOW_SECONDS);
    this.#guessed = this.#guessed.filter((at) => now - at < GUESSED_SECONDS);
    const bySource = new Map<string, number>();
    for (const { source, times } of this.#recent) bySource.set(source, (bySource.get(source) ?? 0) + times);
    const by = (label: string, kind: string, values: readonly string[]): readonly Sample[] =>
      values.map((value) => ({ labels: { [label]: value }, value: this.#counts[`${kind}/${value}`] ?? 0 }));
    return [
      counter('security_ssh_failed_logins_total', 'Failed SSH logins by reason.', by('reason', 'ssh', SSH_REASONS)),
      gauge('security_ssh_failed_login_sources', 'Addresses from which SSH logins failed within the last hour.', bySource.size),
      gauge(
        'security_ssh_failed_login_users',
        'User names under which SSH logins failed within the last hour.',
        new Set(this.#recent.map(({ user }) => user)).size,
      ),
      gauge(
        'security_ssh_failed_logins_busiest_source',
        'Failed SSH logins within the last hour from the address with the most of them.',
        Math.max(0, ...bySource.values()),
      ),
      gauge(
        'security_ssh_guessed_logins',
        'SSH logins by password within the last day from an address with 20 failed ones in the hour before.',
        this.#guessed.length,
      ),
      counter('security_root_logins_total', 'Successful logins as root by method.', by('method', 'root', LOGIN_METHODS)),
      counter('security_user_logins_total', 'Successful logins as another user by method.', by('method', 'user', LOGIN_METHODS)),
      counter(
        'security_sudo_failures_total',
        'What sudo refused, by reason; every wrong password counts.',
        by('reason', 'sudo', SUDO_REASONS),
      ),
      counter('security_su_failures_total', 'Failed attempts to become another user with su.', this.#counts['su/failed'] ?? 0),
      counter('security_auth_log_gaps_total', 'Times that lines were rotated away before they were read.', this.#counts['lost/log'] ?? 0),
    ];
  }
}
