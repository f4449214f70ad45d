import { randomBytes } from 'node:crypto';
import { chmod, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { editEnvText, parseEnvFile, type EnvEntry } from '../base/env-file.ts';
import { inputFailure } from '../base/failure.ts';
import { errorsOf, warning, type Problem } from '../base/problem.ts';
import { GENERATED_SECRETS } from './secret-table.ts';
import { readSettings, type Settings } from './settings.ts';
import { modeOf, readIfThere } from '../base/files.ts';

const NAME = '.env';

export interface LoadedSettings {
  readonly settings: Settings;
  /** Problems that do not stop the command. */
  readonly warnings: readonly Problem[];
  /** The lines of `.env`, to show where a value comes from. */
  readonly entries: readonly EnvEntry[];
  /** True if this call created `.env`. */
  readonly created: boolean;
}

/**
 * Reads `.env`. Throws a `Failure` with all problems if one is an error.
 * A checkout without `.env` has the settings of `.env.example`.
 */
export async function loadSettings(root: string): Promise<LoadedSettings> {
  const text = (await readIfThere(join(root, NAME))) ?? (await exampleText(root));
  const file = parseEnvFile(text, NAME);
  const { settings, problems } = readSettings(file.entries, NAME);
  const all = [...file.problems, ...problems, ...(await modeProblems(root))];
  if (errorsOf(all).length > 0) throw inputFailure(all);
  return { settings, warnings: all, entries: file.entries, created: false };
}

/** The place of a setting, such as `.env:12`, for problems found later. */
export async function placesOf(root: string): Promise<(key: string) => string> {
  const { entries } = parseEnvFile((await readIfThere(join(root, NAME))) ?? '', NAME);
  return (key) => {
    const line = entries.find((entry) => entry.key === key)?.line;
    return line === undefined ? NAME : `${NAME}:${line}`;
  };
}

/**
 * The name of the Compose project, for commands that must work despite other mistakes in `.env`. Throws a `Failure` if that line itself is wrong
 * or ambiguous: a project that no one named must not be touched.
 */
export async function loadProjectName(root: string): Promise<string> {
  const text = (await readIfThere(join(root, NAME))) ?? (await exampleText(root));
  const file = parseEnvFile(text, NAME);
  const { settings, problems } = readSettings(file.entries, NAME);
  const line = file.entries.find(({ key }) => key === 'COMPOSE_PROJECT_NAME')?.line;
  const isAboutIt = ({ place, message }: Problem): boolean =>
    message.startsWith('COMPOSE_PROJECT_NAME') || (line !== undefined && place === `${NAME}:${line}`);
  // A misspelt key (COMPOSE_PROJECT_NAM) would select the default, which may be another stack.
  const isMeant = ({ fix = '' }: Problem): boolean => fix.includes('COMPOSE_PROJECT_NAME');
  const stopping = [
    ...errorsOf([...file.problems, ...problems]).filter((problem) => isAboutIt(problem) || isMeant(problem)),
    // One of the unreadable lines may be the missing one.
    ...(line === undefined ? errorsOf(file.problems) : []),
  ];
  if (stopping.length > 0) throw inputFailure(stopping);
  return settings.plain.COMPOSE_PROJECT_NAME;
}

/** Reads `.env`. Creates it from `.env.example` if it is missing, and generates empty secrets. */
export async function loadOrCreateSettings(root: string): Promise<LoadedSettings> {
  const present = await readIfThere(join(root, NAME));
  const text = present ?? (await exampleText(root));
  const missing = missingSecrets(text);
  if (present === undefined || missing.length > 0) {
    await writeEnv(root, editEnvText(text, Object.fromEntries(missing.map((key) => [key, generateSecret()]))));
  }
  return { ...(await loadSettings(root)), created: present === undefined };
}

/** Replaces `.env` atomically, readable by its owner only. */
export async function writeEnv(root: string, text: string): Promise<void> {
  const path = join(root, NAME);
  await writeFile(`${path}.new`, text, { mode: 0o600 });
  await chmod(`${path}.new`, 0o600);
  await rename(`${path}.new`, path);
}

/** 192 random bits as URL-safe text: no `$`, which Grafana's provisioning and Compose would expand. */
export function generateSecret(): string {
  return randomBytes(24).toString('base64url');
}

function missingSecrets(text: string): readonly string[] {
  const { entries } = parseEnvFile(text, NAME);
  return GENERATED_SECRETS.filter((key) => (entries.find((entry) => entry.key === key)?.value ?? '') === '');
}

async function exampleText(root: string): Promise<string> {
  const text = await readIfThere(join(root, '.env.example'));
  if (text === undefined) throw new Error('.env.example is missing from this checkout');
  return text;
}

async function modeProblems(root: string): Promise<readonly Problem[]> {
  const mode = await modeOf(join(root, NAME));
  return mode !== undefined && (mode & 0o077) !== 0
    ? [warning(NAME, `can be read by other users of this host (mode 0${mode.toString(8)})`, `chmod 600 ${NAME}`)]
    : [];
}
