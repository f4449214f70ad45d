import { parseArgs, type ParseArgsConfig } from 'node:util';
import { closest } from 'fastest-levenshtein';
import { inputFailure } from './failure.ts';
import { error } from './problem.ts';

type Options = NonNullable<ParseArgsConfig['options']>;

/** One command's options and how it is called, for `--help`. */
export interface Usage<T extends Options> {
  readonly usage: string;
  readonly options: T;
  readonly positionals?: boolean;
}

/** `--help` was given; thrown instead of running the command. */
export class HelpAsked extends Error {
  override readonly name = 'HelpAsked';
}

/**
 * Parses the arguments of a command; `--help` and `-h` end it with its usage as {@link HelpAsked}. Unknown or incomplete options are the
 * caller's mistake (exit code 2), with the nearest known option.
 */
export function parseArguments<T extends Options>(args: readonly string[], spec: Usage<T>) {
  const asked = args.slice(0, args.includes('--') ? args.indexOf('--') : args.length).some((arg) => arg === '--help' || arg === '-h');
  if (asked && !('help' in spec.options)) throw new HelpAsked(`Usage: ${spec.usage}`);
  try {
    return parseArgs({ args: [...args], options: spec.options, allowPositionals: spec.positionals ?? false, strict: true });
  } catch (failure) {
    const text = failure instanceof Error ? failure.message : String(failure);
    const unknown = /Unknown option '(--?[^']+)'/.exec(text)?.[1];
    const near = unknown === undefined ? '' : `Did you mean --${closest(unknown.replace(/^-+/, ''), Object.keys(spec.options))}? `;
    throw inputFailure([error('arguments', text.split('. ')[0] ?? text, `${near}Usage: ${spec.usage}`)]);
  }
}
