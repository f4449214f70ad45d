/** Environment variables, as `process.env` holds them. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** Variables are missing or wrong; the message names each of them. */
export class EnvironmentError extends Error {}

/** Reads variables one by one. An empty variable counts as not set. */
export interface Reader {
  readonly text: (name: string, fallback: string) => string;
  /** A text of the given form. `form` ends the sentence "it must be …". */
  readonly matching: (name: string, fallback: string, pattern: RegExp, form: string) => string;
  readonly wholeNumber: (name: string, fallback: number, max: number) => number;
  /** Items between commas, without blanks around them; none where the variable is not set. */
  readonly list: (name: string) => readonly string[];
  /** Notes a mistake that the others do not find. */
  readonly wrong: (message: string) => void;
}

/** Reads a service's variables in one go. Throws one `EnvironmentError` for all that are wrong. */
export function readVariables<T>(variables: Variables, read: (reader: Reader) => T): T {
  const mistakes: string[] = [];
  const given = (name: string): string => variables[name] ?? '';
  const result = read({
    text: (name, fallback) => given(name) || fallback,
    matching: (name, fallback, pattern, form) => {
      const value = given(name) || fallback;
      if (!pattern.test(value)) mistakes.push(`${name} is ${value === '' ? 'empty' : `"${value}"`}; it must be ${form}`);
      return value;
    },
    wholeNumber: (name, fallback, max) => {
      const value = Number(given(name) || fallback);
      if (!Number.isInteger(value) || value < 1 || value > max)
        mistakes.push(`${name} is "${given(name)}"; it must be a whole number from 1 to ${max}`);
      return value;
    },
    list: (name) =>
      given(name)
        .split(',')
        .flatMap((item) => item.trim() || []),
    wrong: (message) => void mistakes.push(message),
  });
  if (mistakes.length > 0) throw new EnvironmentError(mistakes.join('; '));
  return result;
}
