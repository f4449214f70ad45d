import { readVariables, type Variables } from '../common/environment.ts';
import type { Database } from './connection.ts';

/** The exporter's settings. */
export interface Environment {
  readonly port: number;
  /** The databases with their passwords; `up` writes it. */
  readonly databasesFile: string;
  readonly canariesFile: string;
  /** Seconds from one collection of statistics to the next. */
  readonly collectSeconds: number;
}

/** Reads the environment. Throws an `EnvironmentError` that names all that is wrong. */
export function readEnvironment(variables: Variables): Environment {
  return readVariables(variables, ({ text, wholeNumber }) => ({
    port: wholeNumber('PORT', 9188, 65_535),
    databasesFile: text('DATABASES_FILE', '/run/secrets/vector_exporter.json'),
    canariesFile: text('CANARIES_FILE', '/app/canaries.yml'),
    collectSeconds: wholeNumber('COLLECT_SECONDS', 15, 3600),
  }));
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** Reads the databases file; a sentence where it is not what `up` writes. Nothing of its content is repeated: it holds passwords. */
export function readDatabases(text: string): readonly Database[] | string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return 'is not JSON';
  }
  if (!Array.isArray(parsed)) return 'is not a list of databases';
  const databases: Database[] = [];
  for (const [index, entry] of parsed.entries()) {
    const { target, instance, url, password } = (entry ?? {}) as Record<string, unknown>;
    if (!isText(target) || !isText(instance) || !isText(url) || typeof password !== 'string' || !URL.canParse(url))
      return `entry ${index + 1} is not { target, instance, url, password }`;
    databases.push({ target, instance, url, password });
  }
  return databases;
}
