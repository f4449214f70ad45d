import type { AppwriteProject } from './appwrite/table.ts';
import type { TwilioAccount } from './twilio.ts';

/** What the service is told through its environment. */
export interface Environment {
  readonly port: number;
  readonly dataDir: string;
  readonly runbooksDir: string;
  readonly retentionDays: number;
  /** Where alerts are kept instead of the file; undefined where they are in the file. */
  readonly appwrite: (Omit<AppwriteProject, 'apiKey'> & { readonly keyFile: string }) | undefined;
  /** Where SMS go; undefined where none is set up. */
  readonly twilio: TwilioAccount | undefined;
}

/** Reads the environment; a list of what is wrong where something is. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): Environment | readonly string[] {
  const wrong: string[] = [];
  const wholeNumber = (key: string, fallback: number, max: number): number => {
    const text = env[key] ?? '';
    const value = text === '' ? fallback : Number(text);
    if (!Number.isInteger(value) || value < 1 || value > max) wrong.push(`${key} is "${text}"; it must be a whole number from 1 to ${max}`);
    return value;
  };
  const environment = {
    port: wholeNumber('PORT', 9095, 65_535),
    dataDir: env['DATA_DIR'] || '/data',
    runbooksDir: env['RUNBOOKS_DIR'] || '/runbooks',
    retentionDays: wholeNumber('HISTORY_RETENTION_DAYS', 365, 3650),
    appwrite: env['HISTORY_STORE'] === 'appwrite' ? appwriteOf(env, wrong) : undefined,
    twilio: twilioOf(env),
  };
  return wrong.length > 0 ? wrong : environment;
}

function appwriteOf(env: Readonly<Record<string, string | undefined>>, wrong: string[]): Environment['appwrite'] {
  const [endpoint = '', projectId = ''] = [env['APPWRITE_ENDPOINT'], env['APPWRITE_PROJECT_ID']];
  if (!/^https?:\/\//.test(endpoint))
    wrong.push(`APPWRITE_ENDPOINT is "${endpoint}"; it must be an address such as https://cloud.appwrite.io/v1`);
  if (projectId === '') wrong.push('APPWRITE_PROJECT_ID is empty');
  const keyFile = env['APPWRITE_API_KEY_FILE'] || '/run/secrets/appwrite_api_key';
  return { endpoint: endpoint.replace(/\/$/, ''), projectId, databaseId: env['APPWRITE_DATABASE_ID'] || 'pharos', keyFile };
}

function twilioOf(env: Readonly<Record<string, string | undefined>>): TwilioAccount | undefined {
  const [accountSid = '', from = '', to = ''] = [env['TWILIO_ACCOUNT_SID'], env['TWILIO_FROM'], env['SMS_TO']];
  const numbers = to.split(',').flatMap((number) => number.trim() || []);
  if (accountSid === '' || from === '' || numbers.length === 0) return undefined;
  return {
    url: env['TWILIO_URL'] || 'https://api.twilio.com',
    accountSid,
    tokenFile: env['TWILIO_AUTH_TOKEN_FILE'] || '/run/secrets/twilio_auth_token',
    from,
    to: numbers,
  };
}
