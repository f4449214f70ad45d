import type { Kind } from '../base/kinds.ts';
import { APPWRITE_SECRET } from './appwrite.ts';
import { CHANNEL_SECRETS } from './channels.ts';
import { TWILIO_SECRET } from './twilio.ts';

/** One secret: a value in `.env` is written to `secrets/<file>` by `up`; the file may also be written by hand. */
export interface Secret {
  readonly file: string;
  /** The uid that reads the file in its container. */
  readonly uid: number;
  readonly shape: Kind<string>;
}

const GRAFANA_UID = 472;
/** The user of most images. */
export const NOBODY_UID = 65_534;

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

/** Secrets that `up` generates when `.env` is created or the line is empty. */
export const GENERATED_SECRETS: readonly SecretKey[] = ['GRAFANA_ADMIN_PASSWORD'];
