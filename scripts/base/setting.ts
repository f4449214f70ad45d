import type { Kind } from './kinds.ts';

/** One setting of `.env`: how its text is read, and the default for a missing or empty line. */
export interface Setting<T> {
  readonly kind: Kind<T>;
  readonly fallback: string;
}

/** Settings by their key. */
export type SettingsTable = Readonly<Record<string, Setting<unknown>>>;

/** The typed values of a table of settings. */
export type Values<S extends SettingsTable> = { readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never };

/** Declares a setting. */
export function setting<T>(kind: Kind<T>, fallback: string): Setting<T> {
  return { kind, fallback };
}
