/** Why something failed, as far as it decides what to do about it: the label `reason` of the error counters. */
export const REASONS = ['connection', 'authentication', 'permission', 'syntax', 'missing', 'write', 'timeout', 'result', 'other'] as const;
export type Reason = (typeof REASONS)[number];

/** A probe's own finding, where PostgreSQL itself found nothing wrong. */
export class ProbeError extends Error {
  readonly reason: Reason;

  constructor(reason: Reason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** SQLSTATEs and classes of them (two characters), the most exact first. */
const STATES: readonly (readonly [string, Reason])[] = [
  ['42601', 'syntax'],
  ['42501', 'permission'],
  ['25006', 'write'],
  ['57014', 'timeout'],
  ['55P03', 'timeout'],
  ['3D000', 'missing'],
  ['28', 'authentication'],
  // Parameters such as $1, which a query of its own has no values for.
  ['08P01', 'syntax'],
  ['08', 'connection'],
  // Too many connections, of the server or of the role.
  ['53300', 'connection'],
  // The server stops, or starts.
  ['57P', 'connection'],
  // Undefined table, column, function, type, schema.
  ['42P01', 'missing'],
  ['42703', 'missing'],
  ['42883', 'missing'],
  ['42704', 'missing'],
  ['3F000', 'missing'],
  // What else is wrong in a statement's text: types that do not fit, ambiguous names.
  ['42', 'syntax'],
];

/** Words of the driver and of the operating system, which have no SQLSTATE. */
const WORDS: readonly (readonly [RegExp, Reason])[] = [
  [/query read timeout/i, 'timeout'],
  [/password must be a string|no password|SASL/i, 'authentication'],
  [/^E[A-Z_]+$|terminated|timeout expired|timeout exceeded|ECONN|ENOTFOUND|EAI_AGAIN|getaddrinfo|SSL|certificate|socket/i, 'connection'],
];

/** How the driver says that it has none. */
const NO_PASSWORD = /password must be a(?: non-empty)? string/;

/** The reason and a sentence for people, from whatever was thrown. */
export function explain(failure: unknown): { readonly reason: Reason; readonly message: string } {
  if (failure instanceof ProbeError) return { reason: failure.reason, message: failure.message };
  const { code = '', message = '' } = (failure ?? {}) as { code?: string; message?: string };
  const text = message || code || String(failure);
  const reason =
    STATES.find(([state]) => code.length === 5 && code.startsWith(state))?.[1] ??
    WORDS.find(([pattern]) => pattern.test(code) || pattern.test(text))?.[1] ??
    'other';
  return { reason, message: NO_PASSWORD.test(text) ? 'the server asks for a password, and there is none for it' : text };
}
