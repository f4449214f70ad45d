import { parse } from 'dotenv';
import { error, type Problem } from './problem.ts';

/** One `KEY=value` of an env file. `value` is unquoted; `line` counts from 1. */
export interface EnvEntry {
  readonly key: string;
  readonly value: string;
  readonly line: number;
}

export interface EnvFile {
  readonly entries: readonly EnvEntry[];
  readonly problems: readonly Problem[];
}

const ASSIGNMENT = /^(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$/;

/**
 * Reads the text of an env file and finds what Docker Compose and this program would read differently.
 * Compose expands `$` outside single quotes and cuts at ` #`; dotenv expands nothing and cuts at any `#`: such values must be in single quotes.
 *
 * @param name the file's name, as problems show it (`.env:3`)
 */
export function parseEnvFile(text: string, name: string): EnvFile {
  const problems: Problem[] = [];
  const entries: EnvEntry[] = [];
  if (text.includes('\r')) problems.push(error(name, 'has Windows line endings (CRLF)', `sed -i 's/\\r$//' ${name}`));
  text.split(/\r?\n/).forEach((raw, index) => {
    const line = index + 1;
    const trimmed = raw.trim();
    if (trimmed === '' || trimmed.startsWith('#')) return;
    const match = ASSIGNMENT.exec(trimmed);
    if (match === null) {
      problems.push(
        error(`${name}:${line}`, 'is not of the form KEY=value', 'Write KEY=value, or start the line with # to make it a comment.'),
      );
      return;
    }
    const [, key = '', value = ''] = match;
    problems.push(...valueProblems(`${name}:${line}`, key, value));
    entries.push({ key, value: parse(trimmed)[key] ?? '', line });
  });
  return { entries, problems: [...problems, ...duplicateProblems(entries, name)] };
}

function valueProblems(place: string, key: string, value: string): Problem[] {
  const quote = /^(['"])(.*)\1\s*(?:#.*)?$/.exec(value)?.[1];
  if (quote === "'") return [];
  if (/^['"]/.test(value) && quote === undefined) return [error(place, `${key} has a quote that is not closed`, `${key}='…' on one line`)];
  const literal = quote === undefined ? value.replace(/\s+#.*$/, '') : value;
  if (literal.includes('$')) return [error(place, `${key} has a $ outside single quotes, which Docker Compose would expand`, `${key}='…'`)];
  if (quote === undefined && literal.includes('#')) return [error(place, `${key} has an unquoted #, which starts a comment`, `${key}='…'`)];
  return [];
}

function duplicateProblems(entries: readonly EnvEntry[], name: string): Problem[] {
  const first = new Map<string, number>();
  return entries.flatMap(({ key, line }) => {
    const earlier = first.get(key);
    if (earlier === undefined) {
      first.set(key, line);
      return [];
    }
    return [error(`${name}:${line}`, `${key} is set a second time (first in line ${earlier})`, 'Keep one of the two lines.')];
  });
}

/** Whether a value can be written as one env line that Compose and dotenv read alike. */
export function isEnvValue(value: string): boolean {
  return !/['\n\r]/.test(value);
}

/** Writes a value as one env line that Compose and dotenv read alike. A value with a single quote or a line break cannot be written. */
export function envLine(key: string, value: string): string {
  if (!isEnvValue(value)) throw new RangeError(`${key}: an env value cannot hold a single quote or a line break`);
  return /^[A-Za-z0-9_./:,@%+=-]*$/.test(value) ? `${key}=${value}` : `${key}='${value}'`;
}

/** Sets keys in the text of an env file: replaces the line of the key, or appends one; all other lines stay unchanged. */
export function editEnvText(text: string, changes: Readonly<Record<string, string>>): string {
  const open = new Map(Object.entries(changes));
  const lines = text.split('\n').map((line) => {
    const key = line.startsWith('#') ? undefined : ASSIGNMENT.exec(line.trim())?.[1];
    const value = key === undefined ? undefined : open.get(key);
    if (key === undefined || value === undefined) return line;
    open.delete(key);
    return envLine(key, value);
  });
  if (open.size === 0) return lines.join('\n');
  const added = [...open].map(([key, value]) => envLine(key, value));
  return `${lines.join('\n').replace(/\n*$/, '\n')}${added.join('\n')}\n`;
}
