/** One line of a system log: which program wrote it, and what it says. */
export interface LogLine {
  readonly program: string;
  /** Process id; empty where the program gives none. */
  readonly pid: string;
  readonly message: string;
  /** How many times the line stands for: rsyslog folds equal lines into one. */
  readonly times: number;
}

/** `Nov 21 08:00:01 host sshd[123]: …`, or with the time as `2025-11-21T08:00:01.5+01:00` (rsyslog's default since Debian 12). */
const CLASSIC = /^(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\S+) \S+ ([^\s:[]+)(?:\[(\d+)\])?: (.*)$/;

/** RFC 5424: `<86>1 2025-11-21T08:00:01Z host sshd 123 - - …`, the structured data either `-` or in brackets. */
const RFC_5424 = /^<\d{1,3}>\d{1,2} \S+ \S+ (\S+) (\S+) \S+ (?:-|(?:\[(?:[^\]\\"]|\\.|"(?:[^"\\]|\\.)*")*\])+)(?: (?:\uFEFF)?(.*))?$/;

const REPEATED = /^message repeated (\d+) times: \[ (.*)\]$/;

/** Takes a line apart; undefined where it has none of the known forms. */
export function parseLogLine(line: string): LogLine | undefined {
  const found = RFC_5424.exec(line) ?? CLASSIC.exec(line);
  if (found === null) return undefined;
  const [, program = '', pid = '', message = ''] = found;
  const repeated = REPEATED.exec(message);
  return {
    // Some daemons give the whole path.
    program: program.slice(program.lastIndexOf('/') + 1),
    pid: pid === '-' ? '' : pid,
    message: repeated?.[2] ?? message,
    times: Number(repeated?.[1] ?? 1),
  };
}
