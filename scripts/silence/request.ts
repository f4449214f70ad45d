import { readableSpan, spanSeconds } from '../base/span.ts';
import { error, type Problem } from '../base/problem.ts';

/** What the command was given. */
export interface Given {
  readonly words: readonly string[];
  readonly for: string | undefined;
  readonly reason: string | undefined;
  readonly end: string | undefined;
  readonly yes: boolean;
}

/** What it is asked to do. */
export type Request =
  | { readonly kind: 'list' }
  | { readonly kind: 'end'; readonly which: string }
  | { readonly kind: 'create'; readonly word: string; readonly seconds: number; readonly reason: string };

const MINUTE = 60;
const WEEK = 604_800;
const YEAR = 31_536_000;

/** Reads a request, or names all that is wrong with it. */
export function requestOf(given: Given): { readonly request: Request } | { readonly problems: readonly Problem[] } {
  const { words, end, reason = '' } = given;
  const isNew = words.length > 0 || given.for !== undefined || given.reason !== undefined;
  if (end !== undefined)
    return isNew ? wrong('--end takes nothing else', 'npm run silence -- --end <id|name|all>') : { request: { kind: 'end', which: end } };
  if (!isNew) return { request: { kind: 'list' } };
  const problems: Problem[] = [];
  const [word = '', ...rest] = words;
  if (word === '') problems.push(error('arguments', 'say what to silence', 'A service, a server, an instance, an alert, or all.'));
  if (rest.length > 0)
    problems.push(error('arguments', `${rest.join(' ')} is too much: one name at a time`, 'Put a reason of several words in quotes.'));
  const seconds = spanSeconds(given.for ?? '');
  if (given.for === undefined) problems.push(error('arguments', '--for is missing', 'How long, such as --for 30m.'));
  else if (seconds === undefined)
    problems.push(error('arguments', `--for ${given.for} is not a span`, 'A number and a unit (m, h, d), such as 30m or 1h30m.'));
  else problems.push(...lengthProblems(given.for, seconds, given.yes));
  if (reason.trim() === '')
    problems.push(
      error('arguments', '--reason is missing', 'Whoever looks for the missing alert reads it: --reason "upgrade of the database".'),
    );
  if (problems.length > 0) return { problems };
  return { request: { kind: 'create', word, seconds: seconds ?? 0, reason: reason.trim() } };
}

function lengthProblems(text: string, seconds: number, yes: boolean): readonly Problem[] {
  if (seconds < MINUTE) return [error('arguments', `--for ${text} is shorter than a minute`, 'At least 1m.')];
  if (seconds > YEAR)
    return [error('arguments', `--for ${text} is longer than a year`, 'Remove the rule, or give the alert a severity of info.')];
  if (seconds > WEEK && !yes)
    return [
      error(
        'arguments',
        `--for ${text} is ${readableSpan(seconds)}: a silence of more than 7 days is usually forgotten`,
        'Add --yes if it is meant; for what comes again, alertmanager/windows.yml.',
      ),
    ];
  return [];
}

function wrong(message: string, fix: string): { readonly problems: readonly Problem[] } {
  return { problems: [error('arguments', message, fix)] };
}
