import type { StackNetwork } from '../base/subnet.ts';
import { type PlainSettings, SETTINGS } from './table.ts';
import type { EnvEntry } from '../base/env-file.ts';
import { error, warning, type Problem } from '../base/problem.ts';
import { settingRules } from './rules.ts';
import { SECRETS, type SecretKey } from './secret-table.ts';
import { CHANNEL_SETTINGS } from './channels.ts';
import type { Setting } from '../base/setting.ts';
import { closest, distance } from 'fastest-levenshtein';

/** All of `.env`, typed. Secrets are kept apart, so that printing the rest cannot leak one. */
export interface Settings {
  readonly plain: PlainSettings;
  /** Plain settings of the notification channels, by key; empty text where not set. */
  readonly channels: Readonly<Record<string, string>>;
  /** Secrets that `.env` itself holds; the others may be in files. */
  readonly secrets: Readonly<Partial<Record<SecretKey, string>>>;
}

export interface SettingsResult {
  readonly settings: Settings;
  /** Every problem, in the order of the lines. Use `settings` only if none is an error. */
  readonly problems: readonly Problem[];
}

const PLAIN_TABLE: Readonly<Record<string, Setting<unknown>>> = { ...SETTINGS, ...CHANNEL_SETTINGS };
const KNOWN: ReadonlySet<string> = new Set([...Object.keys(PLAIN_TABLE), ...Object.keys(SECRETS)]);

/** The closest known key to an unknown one; undefined if none is close. */
export function nearestKey(key: string): string | undefined {
  const near = closest(key.toUpperCase(), [...KNOWN]);
  return distance(key.toUpperCase(), near) <= Math.max(2, Math.floor(key.length / 3)) ? near : undefined;
}

/**
 * Turns the entries of `.env` into typed settings.
 *
 * @param name the file's name, for the places of problems
 */
export function readSettings(entries: readonly EnvEntry[], name: string): SettingsResult {
  const problems: Problem[] = entries.filter(({ key }) => !KNOWN.has(key)).map((entry) => unknownKey(entry, name));
  const at = (key: string): string => {
    const entry = entries.find((candidate) => candidate.key === key);
    return entry === undefined ? `${name} (${key} is missing)` : `${name}:${entry.line}`;
  };
  const textOf = (key: string, fallback: string): string => entries.find((entry) => entry.key === key)?.value ?? fallback;
  const values: Record<string, unknown> = {};
  for (const [key, { kind, fallback }] of Object.entries(PLAIN_TABLE)) {
    const given = textOf(key, fallback);
    // An empty line means the default, as `${KEY:-default}` does in Compose.
    const parsed = kind(given === '' ? fallback : given);
    if ('wrong' in parsed) problems.push(error(at(key), `${key}: ${parsed.wrong}`, parsed.fix));
    values[key] = 'wrong' in parsed ? valueOf(kind(fallback)) : parsed.value;
  }
  const secrets: Partial<Record<SecretKey, string>> = {};
  for (const [key, secret] of Object.entries(SECRETS)) {
    const given = textOf(key, '');
    if (given === '') continue;
    const parsed = secret.shape(given);
    if ('wrong' in parsed) problems.push(error(at(key), `${key} ${parsed.wrong}`, parsed.fix));
    secrets[key] = given;
  }
  const plain = Object.fromEntries(Object.keys(SETTINGS).map((key) => [key, values[key]])) as unknown as PlainSettings;
  const channels = Object.fromEntries(Object.keys(CHANNEL_SETTINGS).map((key) => [key, String(values[key] ?? '')]));
  const settings: Settings = { plain, channels, secrets };
  return { settings, problems: inLineOrder([...problems, ...settingRules(plain, channels, at)]) };
}

function unknownKey({ key, line }: EnvEntry, name: string): Problem {
  const near = nearestKey(key);
  return near === undefined
    ? warning(`${name}:${line}`, `${key} is not a setting of this stack`, 'Remove the line; .env.example lists every setting.')
    : error(`${name}:${line}`, `${key} is not a setting`, `Did you mean ${near}?`);
}

function valueOf<T>(parsed: { readonly value: T } | { readonly wrong: string }): T {
  if ('wrong' in parsed) throw new Error(`a default is not valid: ${parsed.wrong}`);
  return parsed.value;
}

function inLineOrder(problems: readonly Problem[]): readonly Problem[] {
  const lineOf = ({ place }: Problem): number => Number(/:(\d+)$/.exec(place)?.[1] ?? Number.MAX_SAFE_INTEGER);
  return [...problems].sort((a, b) => lineOf(a) - lineOf(b));
}

/** These say which files and projects Compose works on; they are given to it as arguments. */
const NOT_VARIABLES: ReadonlySet<string> = new Set(['COMPOSE_FILE']);

/** The variables of the checked-in Compose files: every setting that is a single value. Secrets are files and not among them. */
export function composeEnv(settings: PlainSettings, network: StackNetwork): Readonly<Record<string, string>> {
  const values = Object.entries(settings).filter(([key, value]) => typeof value !== 'object' && !NOT_VARIABLES.has(key));
  return { ...Object.fromEntries(values.map(([key, value]) => [key, String(value ?? '')])), STACK_GATEWAY: network.gateway };
}

/** The setting that holds a service's published port. */
export function portSetting(service: string): string {
  return `${service.toUpperCase().replaceAll('-', '_')}_PORT`;
}
