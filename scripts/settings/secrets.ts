import { error, type Problem } from '../base/problem.ts';
import { modules } from '../modules/index.ts';
import type { SecretFile } from '../modules/parts.ts';
import { APPWRITE_SECRET, appwriteProblems } from './appwrite.ts';
import { halfChannels } from './half-channels.ts';
import { linksNowhere } from './public-host.ts';
import { NOBODY_UID, SECRETS, type SecretKey } from './secret-table.ts';
import type { Settings } from './settings.ts';
import { TWILIO_SECRET, twilioProblems } from './twilio.ts';

/** The secrets of the history service that are set: files that it reads on demand. */
export function historySecrets(configured: ReadonlySet<SecretKey>): readonly string[] {
  return [APPWRITE_SECRET, TWILIO_SECRET].filter(({ key }) => configured.has(key)).map(({ file }) => file);
}

/** Files of the user's own receivers, unchanged: Alertmanager must be able to read them. */
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

export interface SecretPlan {
  readonly files: readonly SecretFile[];
  /** Keys of `SECRETS` that have a value, in `.env` or as a file. */
  readonly configured: ReadonlySet<SecretKey>;
  readonly problems: readonly Problem[];
}

/**
 * Decides the content of every secret file.
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
  problems.push(...linksNowhere(settings.plain.PUBLIC_HOST, (key) => configured.has(key) || (settings.channels[key] ?? '') !== ''));
  for (const module of modules.filter(({ name }) => settings.plain.MODULES.includes(name))) {
    const own = module.secrets?.(settings.plain, existing);
    if (own === undefined) continue;
    files.push(...own.files);
    // Once, where two modules need the same password.
    problems.push(...own.problems.filter(({ place }) => !problems.some((other) => other.place === place)));
  }
  return { files, configured, problems };
}

function emptyFiles(existing: ReadonlyMap<string, string>): Problem[] {
  return [...existing]
    .filter(([, content]) => content.trim() === '')
    .map(([file]) => error(`secrets/${file}`, 'is empty', 'Write the secret into it, or remove the file.'));
}
