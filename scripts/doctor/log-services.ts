import { closest, distance } from 'fastest-levenshtein';
import { error, type Problem } from '../base/problem.ts';

/** Options of `docker compose logs` that take the next argument as their value. */
const WITH_VALUE: ReadonlySet<string> = new Set(['-n', '--tail', '--since', '--until', '--index']);

/** A problem for each named service that the stack does not have. `docker compose logs` ignores some of them and exits with 0. */
export function unknownServices(args: readonly string[], services: readonly string[]): readonly Problem[] {
  const named = args.filter((arg, index) => !arg.startsWith('-') && !WITH_VALUE.has(args[index - 1] ?? ''));
  return named
    .filter((name) => !services.includes(name))
    .map((name) => {
      const near = closest(name, [...services]);
      const fix = services.length > 0 && distance(name, near) <= 3 ? `Did you mean ${near}?` : `The stack has ${services.join(', ')}.`;
      return error('arguments', `"${name}" is not a service of the running configuration`, fix);
    });
}
