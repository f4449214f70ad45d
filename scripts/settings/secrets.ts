import { halfChannels } from './half-channels.ts';
import { appwriteProblems, APPWRITE_SECRET } from './appwrite.ts';
import { CHANNEL_SECRETS } from './channels.ts';
import { passwordFile, type DatabaseModule, type Instance } from './instances.ts';
import { error, type Problem } from '../base/problem.ts';
import type { Kind } from './kinds.ts';
import type { Settings } from './settings.ts';
import { TWILIO_SECRET, twilioProblems } from './twilio.ts';
import { vectorDatabases, type VectorDatabase } from '../modules/vector/databases.ts';

/** One secret: a value in `.env` is written to `secrets/<file>` by `up`; the file may also be put there by hand. */
export interface Secret {
  readonly file: string;
  /** The uid that reads the file in its container. */
  readonly uid: number;
  readonly shape: Kind<string>;
}

const GRAFANA_UID = 472;
const NOBODY_UID = 65_534;
const REDIS_EXPORTER_UID = 59_000;

const password: Kind<string> = (value) =>
  value.length >= 8 ? { value } : { wrong: 'is shorter than 8 characters', fix: 'Use a longer one, or leave it empty: `up` generates it.' };

/** Every secret that `.env` may hold. */
export const SECRETS: Readonly<Record<string, Secret>> = {
  GRAFANA_ADMIN_PASSWORD: { file: 'grafana_admin_password', uid: GRAFANA_UID, shape: password },
  ...Object.fromEntries(Object.entries(CHANNEL_SECRETS).map(([key, { file, shape }]) => [key, { file, shape, uid: NOBODY_UID }])),
  [APPWRITE_SECRET.key]: { file: APPWRITE_SECRET.file, shape: APPWRITE_SECRET.shape, uid: NOBODY_UID },
  [TWILIO_SECRET.key]: { file: TWILIO_SECRET.file, shape: TWILIO_SECRET.shape, uid: NOBODY_UID },
};
export type SecretKey = string;

/** The secrets of the history service that are set: files that it reads when it needs them. */
export function historySecrets(configured: ReadonlySet<SecretKey>): readonly string[] {
  return [APPWRITE_SECRET, TWILIO_SECRET].filter(({ key }) => configured.has(key)).map(({ file }) => file);
}

/** Files of receivers that are the user's own, as they stand there: Alertmanager must be able to read them. */
export function ownSecrets(
  names: readonly string[],
  existing: ReadonlyMap<string, string>,
  planned: readonly SecretFile[],
): readonly SecretFile[] {
  return names
    .filter((file) => !planned.some((other) => other.file === file))
    .flatMap((file) => {
      const content = existing.get(file);
      return content === undefined ? [] : [{ file, content, uid: NOBODY_UID }];
    });
}

/** Secrets that `up` generates when `.env` is created or the line is empty. */
export const GENERATED_SECRETS: readonly SecretKey[] = ['GRAFANA_ADMIN_PASSWORD'];

/** One file that must stand under `secrets/` for the stack to run. */
export interface SecretFile {
  readonly file: string;
  readonly content: string;
  readonly uid: number;
}

export interface SecretPlan {
  readonly files: readonly SecretFile[];
  /** Keys of `SECRETS` that have a value, in `.env` or as a file. */
  readonly configured: ReadonlySet<SecretKey>;
  readonly problems: readonly Problem[];
}

/**
 * Decides what stands in every secret file.
 *
 * @param existing text of the files under `secrets/`, by name
 */
export function planSecrets(settings: Settings, existing: ReadonlyMap<string, string>): SecretPlan {
  const problems: Problem[] = emptyFiles(existing);
  const files: SecretFile[] = [];
  const configured = new Set<SecretKey>();
  for (const [key, { file, uid, shape }] of Object.entries(SECRETS)) {
    const content = settings.secrets[key] ?? existing.get(file)?.trim();
    if (content === undefined || content === '') continue;
    const parsed = shape(content);
    if ('wrong' in parsed && settings.secrets[key] === undefined) problems.push(error(`secrets/${file}`, parsed.wrong, parsed.fix));
    files.push({ file, content, uid });
    configured.add(key);
  }
  problems.push(...appwriteProblems(settings.plain, configured.has(APPWRITE_SECRET.key)));
  problems.push(...twilioProblems(configured.has(TWILIO_SECRET.key), settings.plain.SMS_TO !== ''));
  problems.push(...halfChannels(configured, settings.channels));
  if (settings.plain.MODULES.includes('postgres')) {
    const { passwords, missing } = passwordsOf('postgres', settings.plain.POSTGRES_INSTANCES, existing);
    problems.push(...missing);
    files.push({
      file: 'postgres_exporter.yml',
      content: postgresAuthModules(settings.plain.POSTGRES_INSTANCES, passwords),
      uid: NOBODY_UID,
    });
  }
  if (settings.plain.MODULES.includes('vector')) {
    const databases = vectorDatabases(settings.plain.VECTOR_INSTANCES, settings.plain.POSTGRES_INSTANCES);
    const instances = [...new Set(databases.map(({ instance }) => instance))];
    const { passwords, missing } = passwordsOf('postgres', instances, existing);
    // Said once, where the module postgres needs them as well.
    problems.push(...missing.filter(({ place }) => !problems.some((other) => other.place === place)));
    files.push({ file: 'vector_exporter.json', content: vectorDatabaseList(databases, passwords), uid: NOBODY_UID });
  }
  if (settings.plain.MODULES.includes('redis')) {
    const { passwords } = passwordsOf('redis', settings.plain.REDIS_INSTANCES, existing);
    files.push({
      file: 'redis_exporter.json',
      content: redisPasswords(settings.plain.REDIS_INSTANCES, passwords),
      uid: REDIS_EXPORTER_UID,
    });
  }
  return { files, configured, problems };
}

function emptyFiles(existing: ReadonlyMap<string, string>): Problem[] {
  return [...existing]
    .filter(([, content]) => content.trim() === '')
    .map(([file]) => error(`secrets/${file}`, 'is empty', 'Write the secret into it, or remove the file.'));
}

function passwordsOf(module: DatabaseModule, instances: readonly Instance[], existing: ReadonlyMap<string, string>) {
  const passwords = new Map<string, string>();
  const missing: Problem[] = [];
  for (const { name, user } of instances) {
    const file = passwordFile(module, name);
    const content = existing.get(file);
    if (content !== undefined) passwords.set(name, content.replace(/\r?\n$/, ''));
    else
      missing.push(
        error(
          `secrets/${file}`,
          `is not there: the password of ${user} on ${name}`,
          `(umask 077; printf %s '<password>' > secrets/${file})`,
        ),
      );
  }
  return { passwords, missing };
}

/** The exporter's auth modules, one per instance (JSON is YAML; the exporter's `--config.file`). */
function postgresAuthModules(instances: readonly Instance[], passwords: ReadonlyMap<string, string>): string {
  const modules = instances.map(({ name, user }) => [
    name,
    { type: 'userpass', userpass: { username: user, password: passwords.get(name) ?? '' } },
  ]);
  return `${JSON.stringify({ auth_modules: Object.fromEntries(modules) }, null, 2)}\n`;
}

/** The vector exporter's databases, each with its password. */
function vectorDatabaseList(databases: readonly VectorDatabase[], passwords: ReadonlyMap<string, string>): string {
  const list = databases.map(({ target, url, instance: { name } }) => ({
    target,
    instance: name,
    url,
    password: passwords.get(name) ?? '',
  }));
  return `${JSON.stringify(list, null, 2)}\n`;
}

/** The exporter's password map: the target's address to its password (`REDIS_PASSWORD_FILE`). */
function redisPasswords(instances: readonly Instance[], passwords: ReadonlyMap<string, string>): string {
  return `${JSON.stringify(Object.fromEntries(instances.map(({ name, url }) => [url, passwords.get(name) ?? ''])), null, 2)}\n`;
}
