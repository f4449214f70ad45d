/**
 * One problem as a value: problems are collected and shown together, never thrown one by one.
 *
 * - `place`: where it is, in the user's terms (`.env:12`, `prometheus/rules/node.yml:40`, `service postgres-exporter`).
 * - `message`: what is wrong, one sentence.
 * - `fix`: what to do about it; a command if there is one.
 * - `severity`: an `error` stops the command, a `warning` does not.
 */
export interface Problem {
  readonly severity: 'error' | 'warning';
  readonly place: string;
  readonly message: string;
  readonly fix?: string;
}

/** A problem that stops the command. */
export function error(place: string, message: string, fix?: string): Problem {
  return fix === undefined ? { severity: 'error', place, message } : { severity: 'error', place, message, fix };
}

/** A problem that is shown and does not stop the command. */
export function warning(place: string, message: string, fix?: string): Problem {
  return { ...error(place, message, fix), severity: 'warning' };
}

/** The problems that stop the command. */
export function errorsOf<T extends Problem>(problems: readonly T[]): readonly T[] {
  return problems.filter((problem) => problem.severity === 'error');
}
