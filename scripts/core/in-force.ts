import type { EnvEntry } from './env-file.ts';
import { SECRETS } from './secrets.ts';
import type { Settings } from './settings.ts';
import { SETTINGS } from './settings-table.ts';

export interface SettingInForce {
  readonly key: string;
  readonly value: string;
  /** `.env:12`, or `default`. */
  readonly from: string;
}

/** Every setting with the value that counts. A secret's value is never among them, only whether it is set. */
export function inForce(settings: Settings, entries: readonly EnvEntry[]): readonly SettingInForce[] {
  const from = (key: string): string => {
    const entry = entries.find((candidate) => candidate.key === key && candidate.value !== '');
    return entry === undefined ? 'default' : `.env:${entry.line}`;
  };
  const textOf = (key: string, fallback: string): string =>
    entries.find((entry) => entry.key === key && entry.value !== '')?.value ?? fallback;
  return [
    ...Object.entries(SETTINGS).map(([key, { fallback }]) => ({ key, value: textOf(key, fallback), from: from(key) })),
    ...Object.entries(settings.channels).map(([key, value]) => ({ key, value, from: from(key) })),
    ...Object.keys(SECRETS).map((key) => ({ key, value: settings.secrets[key] === undefined ? '' : '********', from: from(key) })),
  ];
}
