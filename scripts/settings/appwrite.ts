import { error, type Problem } from '../base/problem.ts';
import type { Kind } from '../base/kinds.ts';

/** The API key of the project in which the history may store its alerts. */
export const APPWRITE_SECRET = {
  key: 'APPWRITE_API_KEY',
  file: 'appwrite_api_key',
  shape: ((value) =>
    /^\S{16,}$/.test(value)
      ? { value }
      : { wrong: 'is not an API key', fix: 'Overview, Integrations, API keys of the project in the console.' }) as Kind<string>,
} as const;

/** An Appwrite ID: a project, a database. */
export const appwriteId: Kind<string> = (value) =>
  value === '' || /^[A-Za-z0-9][A-Za-z0-9._-]{0,35}$/.test(value)
    ? { value }
    : { wrong: `"${value}" is not an Appwrite ID`, fix: 'Letters, digits, point, hyphen and underscore; at most 36.' };

interface AppwriteSettings {
  readonly HISTORY_STORE: string;
  readonly APPWRITE_ENDPOINT: string | undefined;
  readonly APPWRITE_PROJECT_ID: string;
}

/** Missing settings when the history stores its alerts in Appwrite. */
export function appwriteProblems(settings: AppwriteSettings, key: boolean): readonly Problem[] {
  if (settings.HISTORY_STORE !== 'appwrite') return [];
  const missing = [
    ...(settings.APPWRITE_ENDPOINT === undefined ? ['APPWRITE_ENDPOINT'] : []),
    ...(settings.APPWRITE_PROJECT_ID === '' ? ['APPWRITE_PROJECT_ID'] : []),
    ...(key ? [] : [APPWRITE_SECRET.key]),
  ];
  return missing.map((name) => error(name, 'is empty, but HISTORY_STORE is appwrite', 'Set it, or HISTORY_STORE=sqlite.'));
}
