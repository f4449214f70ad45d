export type Entry = Readonly<Record<string, unknown>>;
export type Log = (entry: Entry) => void;

/** Writes a line of JSON on stdout. The level is `info` unless the entry says otherwise. */
export const log: Log = (entry) =>
  void process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), level: 'info', ...entry })}\n`);

/** Logs the state of things when it changes, and not again at every look. */
export interface ChangeLog {
  /** Something is wrong: a line at the first time, and when the message becomes another one. */
  readonly failed: (subject: string, message: string, details?: Entry) => void;
  /** It works: a line where it was wrong before. */
  readonly works: (subject: string) => void;
}

export function changeLog(to: Log): ChangeLog {
  const wrong = new Map<string, string>();
  return {
    failed: (subject, message, details = {}) => {
      if (wrong.get(subject) === message) return;
      wrong.set(subject, message);
      to({ level: 'error', msg: `${subject}: ${message}`, ...details });
    },
    works: (subject) => {
      if (wrong.delete(subject)) to({ msg: `${subject}: works again` });
    },
  };
}
