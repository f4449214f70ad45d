import { SECRETS } from '../settings/secret-table.ts';
import type { SecretFile } from '../modules/parts.ts';
import type { Setting } from '../base/setting.ts';
import { CHANNELS, type ChannelEntry, type ChannelField } from '../alertmanager/channel-catalog.ts';
import { CHANNEL_SETTINGS } from '../settings/channels.ts';
import { editEnvText, parseEnvFile } from '../base/env-file.ts';
import { error, errorsOf, type Problem } from '../base/problem.ts';
import { linksNowhere } from '../settings/public-host.ts';
import { readSettings } from '../settings/settings.ts';
import { SETTINGS } from '../settings/table.ts';

/** The present state: the text of `.env`, and the texts of the files under `secrets/`, by name. */
export interface Present {
  readonly envText: string;
  readonly secretFiles: ReadonlyMap<string, string>;
}

/** Given values, by key of `.env`. Other settings stay unchanged. */
export type Answers = Readonly<Record<string, string>>;

/** One change for display: secrets are masked. */
interface ChannelChange {
  readonly place: string;
  readonly shown: string;
  readonly how: 'new' | 'replaced' | 'moved' | 'removed';
}

export interface ConfigurePlan {
  /** Lines of `.env`. A secret in `.env` moves to its file, because `.env` would win. */
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: readonly SecretFile[];
  /** Files under `secrets/` to remove. */
  readonly removed: readonly string[];
  readonly changes: readonly ChannelChange[];
  /** Names of the channels that were given values. */
  readonly channels: readonly string[];
  readonly problems: readonly Problem[];
  /** What should be set besides, although the plan can be carried out. */
  readonly warnings: readonly Problem[];
}

const PLAIN: Readonly<Record<string, Setting<unknown>>> = { ...SETTINGS, ...CHANNEL_SETTINGS };

export function isSecret(key: string): boolean {
  return key in SECRETS;
}

const fileOf = (key: string): string => SECRETS[key]?.file ?? '';
const fallbackOf = (key: string): string => PLAIN[key]?.fallback ?? '';

/** The effective value; empty if there is none. A secret in `.env` wins over its file. */
export function presentValue(key: string, { envText, secretFiles }: Present): string {
  const inEnv = parseEnvFile(envText, '.env').entries.find((entry) => entry.key === key)?.value ?? '';
  return inEnv !== '' || !isSecret(key) ? inEnv : (secretFiles.get(fileOf(key))?.trim() ?? '');
}

/** A channel is set up when everything that it needs has a value. */
export function isSetUp(channel: ChannelEntry, present: Present): boolean {
  return channel.fields.every((field) => !field.needed || presentValue(field.key, present) !== '');
}

/** What is wrong with a value, as a phrase that follows its name; undefined if nothing is. */
export function wrongValue(key: string, value: string): { readonly wrong: string; readonly fix?: string } | undefined {
  if (/[\r\n]/.test(value)) return { wrong: 'has a line break', fix: 'One line, without a line break.' };
  if (value === '') return undefined;
  if (!isSecret(key) && value.includes("'")) return { wrong: 'has a single quote, which .env cannot hold' };
  const answers = normalised({ [key]: value });
  for (const [part, text] of Object.entries(answers)) {
    const parsed = (SECRETS[part]?.shape ?? PLAIN[part]?.kind)?.(text) ?? { value: text };
    if ('wrong' in parsed) return { wrong: parsed.wrong, ...(parsed.fix === undefined ? {} : { fix: parsed.fix }) };
  }
  return undefined;
}

/** Values as the settings need them: splits a server and its port, adds the message template to a topic. */
function normalised(answers: Answers): Answers {
  const result: Record<string, string> = Object.fromEntries(Object.entries(answers).map(([key, value]) => [key, value.trim()]));
  const [, host, port] = /^([^:]+):(\d+)$/.exec(result['SMTP_HOST'] ?? '') ?? [];
  if (host !== undefined && port !== undefined) Object.assign(result, { SMTP_HOST: host, SMTP_PORT: port });
  const topic = result['NTFY_URL'] ?? '';
  if (URL.canParse(topic) && !/[?&](template|tpl)=/.test(topic))
    result['NTFY_URL'] = `${topic}${topic.includes('?') ? '&' : '?'}template=alertmanager`;
  return result;
}

/**
 * Decides what to write so that the channels have the given values. All other settings are kept.
 *
 * @param off names of channels to turn off: their secrets are removed
 */
export function planConfigure(given: Answers, off: readonly string[], present: Present): ConfigurePlan {
  const answers = normalised(given);
  const env: Record<string, string> = {};
  const secrets: SecretFile[] = [];
  const removed: string[] = [];
  const changes: ChannelChange[] = [];
  const problems: Problem[] = [];
  const touched = CHANNELS.filter(({ name, fields }) => !off.includes(name) && fields.some(({ key }) => key in given));
  const inEnv = new Map(parseEnvFile(present.envText, '.env').entries.map(({ key, value }) => [key, value]));

  const set = (key: string, value: string): void => {
    const before = presentValue(key, present);
    if (!isSecret(key)) {
      const text = value === '' ? fallbackOf(key) : value;
      if (text === before || (text === fallbackOf(key) && before === '')) return;
      env[key] = text;
      changes.push({ place: `.env ${key}`, shown: text, how: text === '' ? 'removed' : before === '' ? 'new' : 'replaced' });
      return;
    }
    const file = fileOf(key);
    const moves = (inEnv.get(key) ?? '') !== '';
    if (moves) env[key] = '';
    if (value === '') {
      if (present.secretFiles.has(file)) removed.push(file);
      if (before !== '') changes.push({ place: `secrets/${file}`, shown: '', how: 'removed' });
    } else if (value !== before || moves) {
      secrets.push({ file, content: value, uid: SECRETS[key]?.uid ?? 0 });
      changes.push({
        place: `secrets/${file}`,
        shown: masked(value),
        how: before === '' ? 'new' : value === before ? 'moved' : 'replaced',
      });
    }
  };

  for (const { name, fields } of CHANNELS.filter((channel) => off.includes(channel.name)))
    for (const { flag } of fields.filter(({ key }) => key in given))
      problems.push(error(`--${flag}`, `conflicts with --off ${name}`, 'Give one of the two.'));
  for (const name of off) for (const { key } of CHANNELS.find((channel) => channel.name === name)?.fields ?? []) set(key, '');
  for (const channel of touched) {
    for (const { key, flag } of channel.fields) {
      const value = answers[key];
      if (value === undefined) continue;
      const bad = wrongValue(key, value);
      if (bad === undefined) set(key, value);
      else problems.push(error(`--${flag}`, bad.wrong, bad.fix));
    }
    problems.push(...missing(channel, answers, present));
  }
  if (problems.length === 0) problems.push(...envProblems(editEnvText(present.envText, env)));
  const keys = touched.flatMap(({ fields }) => fields.map(({ key }) => key as string));
  const warnings = linksNowhere(presentValue('PUBLIC_HOST', present) || fallbackOf('PUBLIC_HOST'), (key) => keys.includes(key));
  return { env, secrets, removed, changes, channels: touched.map(({ name }) => name), problems, warnings };
}

/** The lines of `.env` that a plan changes, as they were. */
export function envBefore({ env }: ConfigurePlan, { envText }: Present): Readonly<Record<string, string>> {
  const before = new Map(parseEnvFile(envText, '.env').entries.map(({ key, value }) => [key, value]));
  return Object.fromEntries(Object.keys(env).map((key) => [key, before.get(key) ?? '']));
}

/** The reader of a secret's file. */
export function uidOf(file: string): number {
  return Object.values(SECRETS).find((secret) => secret.file === file)?.uid ?? 0;
}

function missing({ title, fields }: ChannelEntry, answers: Answers, present: Present): Problem[] {
  const valueOf = (key: string): string => answers[key] ?? presentValue(key, present);
  // A user without a password can never log in.
  const isNeeded = ({ key, needed }: ChannelField): boolean => needed || (key === 'SMTP_PASSWORD' && valueOf('SMTP_USER') !== '');
  return fields
    .filter((field) => isNeeded(field) && valueOf(field.key) === '')
    .map(({ ask, flag }) => error(title, `needs one more value: ${ask}`, `--${flag}`));
}

/** The problems of the new `.env`. */
function envProblems(text: string): readonly Problem[] {
  const file = parseEnvFile(text, '.env');
  return errorsOf([...file.problems, ...readSettings(file.entries, '.env').problems]);
}

/** A secret for display: an address by its host, anything else masked. */
export function masked(value: string): string {
  return URL.canParse(value) && /^https?:/.test(value) ? `${new URL(value).origin}/…` : '••••••••';
}
