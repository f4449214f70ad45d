import type { EnvEntry } from '../base/env-file.ts';
import { SECRETS } from './secret-table.ts';
import type { Settings } from './settings.ts';
import { modules } from '../modules/index.ts';
import { SETTINGS } from './table.ts';

export interface SettingInForce {
  readonly key: string;
  readonly value: string;
  /** `.env:12`, `secrets/slack_webhook_url`, or `default`. */
  readonly from: string;
}

/**
 * Every setting with its effective value. Secrets are masked, and so are credentials in addresses.
 *
 * @param secretFiles text of the files under `secrets/`, by name
 */
export function inForce(
  settings: Settings,
  entries: readonly EnvEntry[],
  secretFiles: ReadonlyMap<string, string>,
): readonly SettingInForce[] {
  const from = (key: string): string => {
    const entry = entries.find((candidate) => candidate.key === key && candidate.value !== '');
    return entry === undefined ? 'default' : `.env:${entry.line}`;
  };
  const textOf = (key: string, fallback: string): string =>
    entries.find((entry) => entry.key === key && entry.value !== '')?.value ?? fallback;
  return [
    ...Object.entries(SETTINGS).map(([key, { fallback }]) => ({ key, value: withoutUserinfo(textOf(key, fallback)), from: from(key) })),
    ...Object.entries(settings.channels).map(([key, value]) => ({ key, value: withoutUserinfo(value), from: from(key) })),
    ...Object.entries(SECRETS).map(([key, { file }]) => {
      if (settings.secrets[key] !== undefined) return { key, value: MASK, from: from(key) };
      const isFile = (secretFiles.get(file) ?? '').trim() !== '';
      return isFile ? { key, value: MASK, from: `secrets/${file}` } : { key, value: '', from: 'default' };
    }),
  ];
}

const MASK = '********';

/** The start of a server's address. */
const DATABASES = new RegExp(`^(${modules.flatMap(({ servers }) => servers?.schemes ?? []).join('|')}):`);

/**
 * Masks the part before the @ of a URL, `https://user:password@host`: for some services the user is a token.
 * Only a database's user without a password stays.
 */
function withoutUserinfo(text: string): string {
  return text.replaceAll(/(\w+:\/\/)([^/?#,\s]*)@/g, (whole, scheme: string, userinfo: string) =>
    DATABASES.test(scheme) && !userinfo.includes(':') ? whole : `${scheme}${MASK}@`,
  );
}
