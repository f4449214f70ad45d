export type Log = (entry: Readonly<Record<string, unknown>>) => void;

/** A line of JSON on stdout. */
export const logLine: Log = (entry) => void process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), ...entry })}\n`);

/** Tells the state of things when it changes, and not again at every look. */
export interface ChangeLog {
  /** Something is wrong: a line at the first time, and when the message becomes another one. */
  readonly failed: (subject: string, message: string, details?: Readonly<Record<string, unknown>>) => void;
  /** It works: a line where it was wrong before. */
  readonly works: (subject: string) => void;
}

export function changeLog(log: Log): ChangeLog {
  const wrong = new Map<string, string>();
  return {
    failed: (subject, message, details = {}) => {
      if (wrong.get(subject) === message) return;
      wrong.set(subject, message);
      log({ level: 'error', msg: `${subject}: ${message}`, ...details });
    },
    works: (subject) => {
      if (wrong.delete(subject)) log({ level: 'info', msg: `${subject}: works again` });
    },
  };
}
