import type { LogLine } from './syslog-line.ts';

/** Why an SSH login failed. Fixed values: names and addresses of attackers never become labels. */
export const SSH_REASONS = ['password', 'publickey', 'keyboard_interactive', 'invalid_user', 'not_allowed', 'gave_up', 'other'] as const;
type SshReason = (typeof SSH_REASONS)[number];

/** Why sudo refused. */
export const SUDO_REASONS = ['wrong_password', 'password_required', 'not_in_sudoers', 'command_not_allowed'] as const;
type SudoReason = (typeof SUDO_REASONS)[number];

/** The method of a login. */
export const LOGIN_METHODS = ['password', 'publickey', 'keyboard_interactive', 'console', 'other'] as const;
type LoginMethod = (typeof LOGIN_METHODS)[number];

/** The event of a line in the authentication log. */
export type AuthEvent =
  | { readonly kind: 'ssh_failure'; readonly reason: SshReason; readonly user: string; readonly source: string; readonly times: number }
  | { readonly kind: 'login'; readonly method: LoginMethod; readonly root: boolean; readonly source: string; readonly times: number }
  | { readonly kind: 'sudo_failure'; readonly reason: SudoReason; readonly times: number }
  | { readonly kind: 'su_failure'; readonly times: number };

/** sshd itself, and the parts that it is made of since OpenSSH 9.8. */
const SSHD = new Set(['sshd', 'sshd-session', 'sshd-auth']);

const FAILED = /^Failed (\S+) for (invalid user )?(.*) from (\S+) port \d+/;
const INVALID = /^Invalid user (.*) from (\S+)(?: port \d+)?$/;
const NOT_ALLOWED = /^User (.*) from (\S+) not allowed because/;
const ROOT_REFUSED = /^ROOT LOGIN REFUSED FROM (\S+)/;
const TOO_MANY = /^error: maximum authentication attempts exceeded for (invalid user )?(.*) from (\S+) port \d+/;
const GAVE_UP =
  /^(?:Connection (?:closed|reset) by|Disconnected from|Received disconnect from) (authenticating|invalid) user (.*) (\S+) port \d+.*\[preauth\]$/;
const ACCEPTED = /^Accepted (\S+) for (.*) from (\S+) port \d+/;

/** Connections that are remembered, so that the lines of one attempt count once. */
const MAX_CONNECTIONS = 4096;

/**
 * Reads what lines mean. It remembers connections, because sshd writes several lines about one attempt: a guess of an unknown name is announced
 * ("Invalid user") and then fails ("Failed password for invalid user"); who only offers keys leaves no line but that of the end.
 */
export class AuthReader {
  /** By process: whether an announced attempt still waits for its failure. */
  readonly #announced = new Map<string, boolean>();

  read(line: LogLine): AuthEvent | undefined {
    if (SSHD.has(line.program)) return this.#ssh(line);
    if (line.program === 'sudo') return sudoEvent(line);
    if (line.program === 'su' && line.message.startsWith('FAILED SU ')) return { kind: 'su_failure', times: line.times };
    if (line.program === 'login' && line.message.startsWith('ROOT LOGIN '))
      return { kind: 'login', method: 'console', root: true, source: '', times: line.times };
    return undefined;
  }

  #ssh({ message, pid, times }: LogLine): AuthEvent | undefined {
    const failure = (reason: SshReason, user = '', source = '', count = times): AuthEvent => ({
      kind: 'ssh_failure',
      reason,
      user,
      source,
      times: count,
    });
    const accepted = ACCEPTED.exec(message);
    if (accepted !== null) {
      this.#announced.delete(pid);
      return { kind: 'login', method: methodOf(accepted[1]), root: accepted[2] === 'root', source: accepted[3] ?? '', times };
    }

    const failed = FAILED.exec(message);
    if (failed !== null) {
      const [, method, invalid, user, source] = failed;
      // The question which methods there are, not an attempt (RFC 4252, section 5.2).
      if (method === 'none') return undefined;
      const announced = this.#announced.get(pid) === true;
      this.#remember(pid, false);
      const count = announced ? times - 1 : times;
      return count === 0 ? undefined : failure(invalid === undefined ? failureOf(method) : 'invalid_user', user, source, count);
    }
    const invalid = INVALID.exec(message);
    if (invalid !== null) {
      this.#remember(pid, true);
      return failure('invalid_user', invalid[1], invalid[2]);
    }
    const refused = NOT_ALLOWED.exec(message);
    if (refused !== null) {
      this.#remember(pid, true);
      return failure('not_allowed', refused[1], refused[2]);
    }
    const root = ROOT_REFUSED.exec(message);
    if (root !== null) {
      this.#remember(pid, false);
      return failure('not_allowed', 'root', root[1]);
    }
    const counted = this.#announced.has(pid);
    const many = TOO_MANY.exec(message);
    if (many !== null) {
      this.#remember(pid, false);
      return counted ? undefined : failure(many[1] === undefined ? 'publickey' : 'invalid_user', many[2], many[3]);
    }
    const gone = GAVE_UP.exec(message);
    if (gone === null) return undefined;
    // The last line of a connection: its process number may soon be another's.
    this.#announced.delete(pid);
    return counted ? undefined : failure(gone[1] === 'invalid' ? 'invalid_user' : 'gave_up', gone[2], gone[3]);
  }

  #remember(pid: string, announced: boolean): void {
    if (pid === '') return;
    this.#announced.delete(pid);
    this.#announced.set(pid, announced);
    if (this.#announced.size <= MAX_CONNECTIONS) return;
    for (const oldest of this.#announced.keys()) {
      this.#announced.delete(oldest);
      break;
    }
  }

  /** What must be kept over a restart, oldest first. */
  get connections(): readonly (readonly [string, boolean])[] {
    return [...this.#announced];
  }

  constructor(connections: readonly (readonly [string, boolean])[] = []) {
    for (const [pid, announced] of connections) this.#remember(pid, announced);
  }
}

function failureOf(method: string | undefined): SshReason {
  const known = methodOf(method);
  return known === 'console' ? 'other' : known;
}

function methodOf(method = ''): LoginMethod {
  if (method === 'password' || method === 'publickey') return method;
  return method.startsWith('keyboard-interactive') ? 'keyboard_interactive' : 'other';
}

/** sudo's own line at the end of a refusal; PAM's lines before it are about the same. */
function sudoEvent({ message, times }: LogLine): AuthEvent | undefined {
  const [, , said = ''] = /^\s*(\S+) : (.*)$/.exec(message) ?? [];
  const attempts = /^(\d+) incorrect password attempts? ;/.exec(said);
  const failure = (reason: SudoReason, count = 1): AuthEvent => ({ kind: 'sudo_failure', reason, times: count * times });
  if (attempts !== null) return failure('wrong_password', Number(attempts[1]));
  if (/^(?:user NOT in sudoers|user NOT authorized on host) ;/.test(said)) return failure('not_in_sudoers');
  if (said.startsWith('command not allowed ;')) return failure('command_not_allowed');
  if (said.startsWith('a password is required ;')) return failure('password_required');
  return undefined;
}
