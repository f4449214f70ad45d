/** Where the instrumentation says what went wrong; a pino logger is one. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Lines of JSON on stdout, for services without a logger of their own. */
export const jsonLog: Log = {
  info: (fields, message) => write('info', fields, message),
  warn: (fields, message) => write('warn', fields, message),
  error: (fields, message) => write('error', fields, message),
};

function write(level: string, fields: object, message: string): void {
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), level, msg: message, ...fields })}\n`);
}

/** How often a fault that stays is said again: often enough to be found in an hour of log, too seldom to fill a disk. */
const REPEAT_MS = 60_000;

/** Says when something breaks, once a minute while it stays broken, and when it works again. */
export function createFaultLog(log: Log, now: () => number) {
  const faults = new Map<string, { readonly reason: string; readonly since: number; saidAt: number }>();
  return {
    /** `name` is what broke, `reason` one of a few words, `failure` what was thrown. */
    broken(name: string, reason: string, failure: unknown): void {
      const at = now();
      const known = faults.get(name);
      if (known !== undefined && known.reason === reason && at - known.saidAt < REPEAT_MS) return;
      const since = known?.since ?? at;
      faults.set(name, { reason, since, saidAt: at });
      log.error({ dependency: name, reason, error: redact(textOf(failure)), seconds: Math.round((at - since) / 1000) }, `${name} fails`);
    },
    works(name: string): void {
      const known = faults.get(name);
      if (known === undefined) return;
      faults.delete(name);
      log.info({ dependency: name, seconds: Math.round((now() - known.since) / 1000) }, `${name} works again`);
    },
  };
}

export type FaultLog = ReturnType<typeof createFaultLog>;

function textOf(failure: unknown): string {
  if (failure instanceof AggregateError && failure.message === '') return failure.errors.map(textOf).join('; ');
  return failure instanceof Error ? failure.message : String(failure);
}

/**
 * Takes logins out of URLs and key=value pairs: drivers quote the address that they were given. A password may hold @ and / itself, so a login
 * ends at the last @ of a word.
 */
export function redact(text: string): string {
  return text.replace(/\/\/\S*@/g, '//***@').replace(/(pass(?:word)?|pwd|secret|token|auth)(["']?\s*[=:]\s*)[^\s,;&]+/gi, '$1$2***');
}
