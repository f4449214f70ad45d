/** Why a dependency failed, in words that are safe to show and few enough for a label. */
const REASONS = [
  'timeout',
  'refused',
  'unreachable',
  'closed',
  'authentication',
  'read_only',
  'out_of_memory',
  'too_many_connections',
  'starting',
  'error',
] as const;
export type Reason = (typeof REASONS)[number];

/** SQLSTATE codes of PostgreSQL, and system calls' error codes. */
const BY_CODE: Readonly<Record<string, Reason>> = {
  '28P01': 'authentication',
  '28000': 'authentication',
  '25006': 'read_only',
  '53200': 'out_of_memory',
  '53300': 'too_many_connections',
  '57014': 'timeout',
  '57P01': 'closed',
  '57P03': 'starting',
  ECONNREFUSED: 'refused',
  ECONNRESET: 'closed',
  EPIPE: 'closed',
  ENOTFOUND: 'unreachable',
  EAI_AGAIN: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ETIMEDOUT: 'timeout',
};

/** First words of Redis' errors, and texts of drivers whose errors carry no code. */
const BY_TEXT: readonly (readonly [RegExp, Reason])[] = [
  [/^(WRONGPASS|NOAUTH|NOPERM|ERR AUTH)\b|password must be a string|SASL/, 'authentication'],
  // MISCONF: Redis refuses writes because it could not save the last ones.
  [/^(READONLY|MISCONF|NOREPLICAS)\b/, 'read_only'],
  [/^OOM\b/, 'out_of_memory'],
  [/^(LOADING|MASTERDOWN)\b/, 'starting'],
  [/^ERR max number of clients/, 'too_many_connections'],
  [/time[- ]?out|timed out/i, 'timeout'],
  [/connection (is )?(closed|terminated|ended)|terminat|not writ(e)?able/i, 'closed'],
];

/** Sorts whatever was thrown into the few reasons. */
export function reasonOf(failure: unknown): Reason {
  const { code, message } = (failure ?? {}) as { code?: unknown; message?: unknown };
  const text = typeof message === 'string' ? message : String(failure);
  if (typeof code === 'string' && BY_CODE[code] !== undefined) return BY_CODE[code];
  return BY_TEXT.find(([pattern]) => pattern.test(text))?.[1] ?? 'error';
}
